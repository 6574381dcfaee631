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

}  // namespace
}  // namespace plenary::admin
