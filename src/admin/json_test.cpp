#include "admin/json.hpp"

#include <limits>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace plenary::admin {
namespace {

std::string Written(const boost::json::value& value) {
  std::string out;
  AppendJson(out, value);
  return out;
}

TEST(Json, FloatingNumbersAreWrittenAsScaleliteDoes) {
  EXPECT_EQ(Written(boost::json::object{{"load", 15.0}, {"count", 15}, {"half", 0.5}}), R"({"load":15.0,"count":15,"half":0.5})");
  EXPECT_EQ(Written(std::numeric_limits<double>::infinity()), "null");
}

TEST(Json, WhatIsWrittenIsReadAgain) {
  const char* text = R"({"a":[1,[],{}],"b":{"c":null,"d":true},"e":"quote \" line \n \u0001 ü"})";
  const auto parsed = ParseJson(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(boost::json::parse(Written(*parsed)), *parsed);
}

TEST(Json, RefusesWhatIsMalformedOrTooDeep) {
  for (const char* text : {"", "{", "nonsense", "{}{}", "{\"a\":\"\xff\"}", "{'a':1}"}) EXPECT_FALSE(ParseJson(text)) << text;
  EXPECT_TRUE(ParseJson(std::string(kMaxJsonDepth, '[') + std::string(kMaxJsonDepth, ']')));
  EXPECT_FALSE(ParseJson(std::string(kMaxJsonDepth + 1, '[') + std::string(kMaxJsonDepth + 1, ']')));
}

TEST(Json, TextOfAnyValue) {
  const boost::json::object object{{"text", "a"}, {"number", 5}, {"flag", true}, {"none", nullptr}, {"list", {1}}};
  EXPECT_EQ(TextOf(object, "text"), "a");
  EXPECT_EQ(TextOf(object, "number"), "5");
  EXPECT_EQ(TextOf(object, "flag"), "true");
  for (const char* name : {"none", "list", "missing"}) EXPECT_EQ(TextOf(object, name), "") << name;
}

}  // namespace
}  // namespace plenary::admin
