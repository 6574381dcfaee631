#include "pool/api_token.hpp"

#include <gtest/gtest.h>

namespace plenary::pool {
namespace {

TEST(TokenScope, NamesGoBothWays) {
  for (const TokenScope scope : {TokenScope::kAdmin, TokenScope::kReadOnly, TokenScope::kTenant, TokenScope::kNode}) {
    EXPECT_EQ(ParseTokenScope(TokenScopeName(scope)), scope);
  }
  EXPECT_EQ(TokenScopeName(TokenScope::kAdmin), "admin");
  EXPECT_EQ(TokenScopeName(TokenScope::kReadOnly), "read-only");
  EXPECT_EQ(TokenScopeName(TokenScope::kTenant), "tenant");
  EXPECT_EQ(TokenScopeName(TokenScope::kNode), "node");
}

TEST(TokenScope, OtherNamesAreNone) {
  EXPECT_EQ(ParseTokenScope(""), std::nullopt);
  EXPECT_EQ(ParseTokenScope("Admin"), std::nullopt);
  EXPECT_EQ(ParseTokenScope("readonly"), std::nullopt);
}

}  // namespace
}  // namespace plenary::pool
