#include "cli/output.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plenary::cli {
namespace {

TEST(Printable, ControlCharactersBecomeQuestionMarks) {
  EXPECT_EQ(Printable("a\x1b[2J\nb\x7f"), "a?[2J?b?");
  EXPECT_EQ(Printable("Größe – 漢字"), "Größe – 漢字");
  EXPECT_EQ(Printable("a\xC2\x9B"
                      "31mb"),
            "a?31mb")
      << "C1 controls, too";
}

RC_GTEST_PROP(PrintableProperty, NothingBelowBlankIsLeft, (const std::string& text)) {
  for (const char c : Printable(text)) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
}

TEST(Output, Numbers) {
  EXPECT_EQ(ShortNumber(std::nullopt), "–");
  EXPECT_EQ(ShortNumber(0.0), "0");
  EXPECT_EQ(ShortNumber(15.0), "15");
  EXPECT_EQ(ShortNumber(2.5), "2.5");
  EXPECT_EQ(Count(1, "meeting", "meetings"), "1 meeting");
  EXPECT_EQ(Count(0, "meeting", "meetings"), "0 meetings");
}

TEST(Output, Times) {
  EXPECT_EQ(Ago(1000, 1500), "just now");
  EXPECT_EQ(Ago(5000, 1000), "just now") << "a clock that went back";
  EXPECT_EQ(Ago(0, 45'000), "45 s ago");
  EXPECT_EQ(Ago(0, 180'000), "3 min ago");
  EXPECT_EQ(Duration(7'200'000), "2 h");
  EXPECT_EQ(Duration(5 * 86'400'000ll), "5 d");
}

TEST(Output, MembersOfTheWrongKindAreEmpty) {
  const boost::json::object object = {{"text", 5},   {"number", "x"},      {"flag", 1},   {"items", "x"},
                                      {"member", 1}, {"nothing", nullptr}, {"big", 1e300}};
  EXPECT_EQ(Text(object, "text"), "");
  EXPECT_EQ(Text(object, "missing"), "");
  EXPECT_EQ(Number(object, "number"), std::nullopt);
  EXPECT_EQ(Number(object, "nothing"), std::nullopt);
  EXPECT_EQ(Integer(object, "number"), 0);
  EXPECT_EQ(Integer(object, "big"), 9'000'000'000'000'000);
  EXPECT_FALSE(Flag(object, "flag"));
  EXPECT_TRUE(Items(object, "items").empty());
  EXPECT_TRUE(Member(object, "member").empty());
  EXPECT_TRUE(Member(object, "missing").empty());
}

}  // namespace
}  // namespace plenary::cli
