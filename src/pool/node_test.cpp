#include "pool/node.hpp"

#include <gtest/gtest.h>

namespace plenary::pool {
namespace {

TEST(Node, StateNamesGoBothWays) {
  for (const AdminState state : {AdminState::kEnabled, AdminState::kCordoned, AdminState::kDisabled}) {
    EXPECT_EQ(ParseAdminState(AdminStateName(state)), state);
  }
  EXPECT_EQ(AdminStateName(AdminState::kUnset), "disabled");
  EXPECT_FALSE(ParseAdminState("Enabled"));
}

TEST(Node, WithoutAStateItIsDisabled) {
  EXPECT_TRUE(Node{}.disabled());
  EXPECT_FALSE(Node{}.enabled());
}

TEST(Node, Ids) {
  EXPECT_TRUE(IsValidNodeId("bbb-1.example_A"));
  EXPECT_FALSE(IsValidNodeId(""));
  EXPECT_FALSE(IsValidNodeId("a b"));
  EXPECT_FALSE(IsValidNodeId("a/b"));
  EXPECT_FALSE(IsValidNodeId("ä"));
}

}  // namespace
}  // namespace plenary::pool
