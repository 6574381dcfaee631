#include "callbacks/json_members.hpp"

#include <gtest/gtest.h>

namespace plenary::callbacks {
namespace {

TEST(JsonMembers, AsTheyAreWritten) {
  const std::string text = "\r\n{ \"a\" : 1.50e+2 ,\"b\":\"x\\\"}\\\\\" , \"c\":[1,{\"a\":\"]\"}, [ ]],"
                           "\"d\":{\"e\":{}},\"\\u0066\":null,\"a\":true\t} \n";
  const auto members = JsonMembers(text);
  ASSERT_TRUE(members.has_value());
  ASSERT_EQ(members->size(), 6u);
  const std::pair<const char*, const char*> expected[] = {{"a", "1.50e+2"}, {"b", R"("x\"}\\")"}, {"c", R"([1,{"a":"]"}, [ ]])"},
                                                          {"d", R"({"e":{}})"}, {"f", "null"}, {"a", "true"}};
  for (std::size_t i = 0; i < members->size(); ++i) {
    EXPECT_EQ((*members)[i].name, expected[i].first);
    EXPECT_EQ((*members)[i].value, expected[i].second);
  }
  EXPECT_EQ((*members)[4].raw_name, R"("\u0066")");
}

TEST(JsonMembers, EmptyObject) {
  const auto members = JsonMembers(" {} ");
  ASSERT_TRUE(members.has_value());
  EXPECT_TRUE(members->empty());
}

TEST(JsonMembers, NothingElse) {
  for (const char* text : {"", "[]", "1", "{", "{\"a\":}", "{\"a\":1,}", "{} x", "{\"a\":\"\xff\"}"}) {
    EXPECT_FALSE(JsonMembers(text).has_value()) << text;
  }
  EXPECT_FALSE(JsonMembers("{\"a\":" + std::string(1'000, '[')).has_value());
}

}  // namespace
}  // namespace plenary::callbacks
