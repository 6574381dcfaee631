#include "base/encoding.hpp"

#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plenary {
namespace {

std::string Encoded(std::string_view text) {
  std::string out;
  AppendFormEncoded(out, text);
  return out;
}

std::optional<std::string> Decoded(std::string_view text) {
  std::string out = "kept";
  if (!AppendFormDecoded(out, text)) {
    EXPECT_EQ(out, "kept");
    return std::nullopt;
  }
  return out.substr(4);
}

TEST(FormEncoding, WritesAsRubyDoes) {
  EXPECT_EQ(Encoded("aZ09*-._"), "aZ09*-._");
  EXPECT_EQ(Encoded("a b"), "a+b");
  EXPECT_EQ(Encoded("~!'()+&=/?#%"), "%7E%21%27%28%29%2B%26%3D%2F%3F%23%25");
  EXPECT_EQ(Encoded("\xc3\xbc\n"), "%C3%BC%0A");
  EXPECT_EQ(Encoded(std::string_view("\0", 1)), "%00");
}

TEST(FormEncoding, DecodesEitherCaseAndPlus) {
  EXPECT_EQ(Decoded("a+b%20c%c3%BC"), "a b c\xc3\xbc");
  EXPECT_EQ(Decoded(""), "");
  EXPECT_EQ(Decoded("%00"), std::string(1, '\0'));
  for (const char* bad : {"%", "a%", "%4", "%zz", "%4g", "%g4", "a%%41", "%+1"}) EXPECT_FALSE(Decoded(bad)) << bad;
}

RC_GTEST_PROP(FormEncoding, RoundTripsEveryText, (const std::string& text)) {
  std::string decoded;
  RC_ASSERT(AppendFormDecoded(decoded, Encoded(text)));
  RC_ASSERT(decoded == text);
}

TEST(IsValidUtf8, AcceptsExactlyRfc3629) {
  for (const char* good : {"", "plain ascii of more than eight", "\xc3\xa4", "12345678\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf"}) {
    EXPECT_TRUE(IsValidUtf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff", "12345678\xe2\x82", "\xe2\x28\xa1", "\xf0\x9f\x98", "abcdefg\xc3"}) {
    EXPECT_FALSE(IsValidUtf8(bad));
  }
  EXPECT_TRUE(IsValidUtf8(std::string_view("a\0b", 3)));
}

TEST(CodePoints, RoundTripThroughUtf8) {
  for (const char32_t c : {0x0, 0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x1F600, 0x10FFFF}) {
    std::string text;
    AppendUtf8(text, c);
    EXPECT_TRUE(IsValidUtf8(text));
    text += "x";
    std::string_view rest = text;
    EXPECT_EQ(TakeCodePoint(rest), c);
    EXPECT_EQ(rest, "x");
  }
  std::string euro;
  AppendUtf8(euro, 0x20AC);
  EXPECT_EQ(euro, "\xe2\x82\xac");
  std::string_view bad = "\xe2\x82";
  EXPECT_FALSE(TakeCodePoint(bad));
  EXPECT_EQ(bad.size(), 2u);
}

TEST(HexByte, ReadsTwoDigits) {
  EXPECT_EQ(HexByte('0', 'f'), 15);
  EXPECT_EQ(HexByte('F', '0'), 240);
  EXPECT_EQ(HexByte('g', '0'), -1);
  EXPECT_EQ(HexByte('0', '\xff'), -1);
}

TEST(ParseInt, WantsTheWholeText) {
  EXPECT_EQ(ParseInt("42"), 42);
  EXPECT_EQ(ParseInt("-7"), -7);
  EXPECT_EQ(ParseInt("+7"), 7);
  EXPECT_EQ(ParseInt("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  for (const char* bad : {"", "+", "-", "+-1", "--1", " 1", "1 ", "1.0", "0x1", "9223372036854775808"}) EXPECT_FALSE(ParseInt(bad)) << bad;
}

TEST(LeadingInt, ReadsAsRubysToI) {
  EXPECT_EQ(LeadingInt("12abc"), 12);
  EXPECT_EQ(LeadingInt(" \t-3.9"), -3);
  EXPECT_EQ(LeadingInt("+5"), 5);
  EXPECT_EQ(LeadingInt("1_000"), 1000);
  EXPECT_EQ(LeadingInt("1__0"), 1);
  EXPECT_EQ(LeadingInt("_1"), 0);
  EXPECT_EQ(LeadingInt("abc"), 0);
  EXPECT_EQ(LeadingInt(""), 0);
  EXPECT_EQ(LeadingInt("- 1"), 0);
  EXPECT_EQ(LeadingInt("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(LeadingInt("9223372036854775808"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(LeadingInt("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(LeadingInt("-99999999999999999999999"), std::numeric_limits<std::int64_t>::min());
}

RC_GTEST_PROP(LeadingInt, ReadsEveryInteger, (std::int64_t value)) {
  RC_ASSERT(LeadingInt(std::to_string(value) + "x") == value);
  RC_ASSERT(ParseInt(std::to_string(value)) == value);
}

TEST(ParseDouble, WantsAFiniteNumber) {
  EXPECT_EQ(ParseDouble("2.5"), 2.5);
  EXPECT_EQ(ParseDouble("+1"), 1.0);
  EXPECT_EQ(ParseDouble("-.5"), -0.5);
  EXPECT_EQ(ParseDouble("1e3"), 1000.0);
  for (const char* bad : {"", "nan", "inf", "-inf", "1e999", "1,5", "1.5x", " 1", "0x10", "+-1"}) EXPECT_FALSE(ParseDouble(bad)) << bad;
}

TEST(RubyFloat, WritesAsRubyDoes) {
  EXPECT_EQ(RubyFloat(1), "1.0");
  EXPECT_EQ(RubyFloat(0), "0.0");
  EXPECT_EQ(RubyFloat(2.5), "2.5");
  EXPECT_EQ(RubyFloat(-15), "-15.0");
  EXPECT_EQ(RubyFloat(0.1), "0.1");
  EXPECT_EQ(RubyFloat(0.0001), "0.0001");
  EXPECT_EQ(RubyFloat(0.00001), "1.0e-05");
  EXPECT_EQ(RubyFloat(1234567890123456.0), "1234567890123456.0");
  EXPECT_EQ(RubyFloat(1e15), "1000000000000000.0");
  EXPECT_EQ(RubyFloat(1e16), "1.0e+16");
}

TEST(Text, LowerCaseAndTrimAreAsciiOnly) {
  EXPECT_EQ(ToLowerAscii("ABz\xc3\x84"), "abz\xc3\x84");
  EXPECT_TRUE(EqualsIgnoreCase("Content-TYPE", "content-type"));
  EXPECT_FALSE(EqualsIgnoreCase("a", "ab"));
  EXPECT_FALSE(EqualsIgnoreCase("@", "`"));
  EXPECT_EQ(TrimBlanks(" \t a b\r\n"), "a b");
  EXPECT_EQ(TrimBlanks(" \v\f "), "");
}

TEST(Fnv1a, IsTheStandardOne) {
  EXPECT_EQ(Fnv1a(""), 0xcbf29ce484222325ull);
  EXPECT_EQ(Fnv1a("a"), 0xaf63dc4c8601ec8cull);
}

}  // namespace
}  // namespace plenary
