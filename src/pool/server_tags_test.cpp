#include "pool/server_tags.hpp"

#include <gtest/gtest.h>

namespace plenary::pool {
namespace {

TEST(TagWish, BlankAsksForUntagged) {
  for (const char* text : {"", "  ", "!", " !"}) {
    const TagWish wish = ParseTagWish(text);
    EXPECT_TRUE(wish.tags.empty()) << text;
    EXPECT_FALSE(wish.required) << text;
  }
}

TEST(TagWish, ListsAndInsisting) {
  const TagWish wish = ParseTagWish("gpu;big!");
  EXPECT_TRUE(wish.required);
  EXPECT_EQ(wish.text, "gpu;big");
  EXPECT_TRUE(wish.Matches("gpu"));
  EXPECT_TRUE(wish.Matches("big"));
  EXPECT_FALSE(wish.Matches("GPU"));
  EXPECT_FALSE(wish.Matches(""));
  EXPECT_FALSE(ParseTagWish("gpu").required);
}

TEST(TagWish, NoneStandsForUntagged) {
  EXPECT_TRUE(ParseTagWish("x;none").Matches(""));
  EXPECT_TRUE(ParseTagWish("none!").Matches(""));
  EXPECT_FALSE(ParseTagWish("none!").Matches("x"));
}

}  // namespace
}  // namespace plenary::pool
