#include "admin/arguments.hpp"

#include <gtest/gtest.h>

namespace plenary::admin {
namespace {

TEST(Arguments, TypesAreChecked) {
  const boost::json::object arguments{{"text", "a"}, {"number", 2.5}, {"whole", 3}, {"flag", true}, {"list", {"a", "b"}}, {"null", nullptr}};
  EXPECT_EQ(*RequiredText(arguments, "text"), "a");
  EXPECT_EQ(RequiredText(arguments, "number").error().detail, "The argument number must be a text.");
  EXPECT_EQ(RequiredText(arguments, "missing").error().detail, "The argument missing is missing.");
  EXPECT_FALSE(TextArgument(arguments, "null")->has_value());
  EXPECT_EQ(**NumberArgument(arguments, "number"), 2.5);
  EXPECT_EQ(**NumberArgument(arguments, "whole"), 3.0);
  EXPECT_FALSE(NumberArgument(arguments, "text"));
  EXPECT_TRUE(*FlagArgument(arguments, "flag"));
  EXPECT_FALSE(*FlagArgument(arguments, "missing"));
  EXPECT_FALSE(FlagArgument(arguments, "text"));
  EXPECT_EQ(TextListArgument(arguments, "list")->size(), 2u);
  EXPECT_FALSE(TextListArgument(arguments, "text"));
}

TEST(Arguments, WholeNumbersFlagsAndObjects) {
  const boost::json::object arguments{{"three", 3},   {"also_three", 3.0},   {"half", 0.5}, {"text", "3"}, {"no", false},
                                      {"ids", {1, 2}}, {"mixed", {1, "2"}}, {"empty", boost::json::array()},   {"object", boost::json::object{{"a", 1}}}};
  EXPECT_EQ(**IntegerArgument(arguments, "three", 0, 3), 3);
  EXPECT_EQ(**IntegerArgument(arguments, "also_three", 0, 3), 3);
  EXPECT_FALSE(IntegerArgument(arguments, "missing", 0, 3)->has_value());
  EXPECT_EQ(IntegerArgument(arguments, "three", 4, 9).error().detail, "The argument three must be a whole number from 4 to 9.");
  EXPECT_FALSE(IntegerArgument(arguments, "half", 0, 3));
  EXPECT_FALSE(IntegerArgument(arguments, "text", 0, 3));
  EXPECT_EQ(*OptionalFlagArgument(arguments, "no"), std::optional<bool>(false));
  EXPECT_EQ(*OptionalFlagArgument(arguments, "missing"), std::nullopt);
  EXPECT_EQ(IntegerListArgument(arguments, "ids")->size(), 2u);
  EXPECT_FALSE(IntegerListArgument(arguments, "mixed"));
  EXPECT_TRUE(OptionalTextListArgument(arguments, "empty")->has_value());
  EXPECT_FALSE(OptionalTextListArgument(arguments, "missing")->has_value());
  EXPECT_EQ((*ObjectArgument(arguments, "object"))->size(), 1u);
  EXPECT_EQ(*ObjectArgument(arguments, "missing"), nullptr);
  EXPECT_FALSE(ObjectArgument(arguments, "ids"));
}

}  // namespace
}  // namespace plenary::admin
