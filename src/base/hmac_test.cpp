#include "base/hmac.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plenary {
namespace {

std::string HmacHex(DigestAlgorithm algorithm, std::string_view key, std::string_view data) { return HexOf(Hmac(algorithm, key, data)); }

TEST(Hmac, MatchesRfc2202AndRfc4231) {
  EXPECT_EQ(HmacHex(DigestAlgorithm::kSha1, "Jefe", "what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(HmacHex(DigestAlgorithm::kSha256, "Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HmacHex(DigestAlgorithm::kSha384, "Jefe", "what do ya want for nothing?"),
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649");
  EXPECT_EQ(HmacHex(DigestAlgorithm::kSha512, "Jefe", "what do ya want for nothing?"),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  // A key longer than the block is hashed first.
  EXPECT_EQ(HmacHex(DigestAlgorithm::kSha256, std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(HmacHex(DigestAlgorithm::kSha256, "", ""), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

// What BigBlueButton sends with the secret "s3cr3t-Salt" (spec bbb-api 6.3, 6.4).
TEST(Hmac, SignsTheTokensOfBigBlueButton) {
  const std::string ready = Base64UrlOf(R"({"alg":"HS256"})") + "." + Base64UrlOf(R"({"meeting_id":"m1","record_id":"abc-1"})");
  EXPECT_EQ(ready + "." + Base64UrlOf(Hmac(DigestAlgorithm::kSha256, "s3cr3t-Salt", ready)),
            "eyJhbGciOiJIUzI1NiJ9.eyJtZWV0aW5nX2lkIjoibTEiLCJyZWNvcmRfaWQiOiJhYmMtMSJ9.5WoM0MkZgxvhaUp-dKBMbfzP4hSF4P1xcKpB48aSbZg");
  const std::string analytics = Base64UrlOf(R"({"alg":"HS512"})") + "." + Base64UrlOf(R"({"exp":1700000000})");
  EXPECT_EQ(analytics + "." + Base64UrlOf(Hmac(DigestAlgorithm::kSha512, "s3cr3t-Salt", analytics)),
            "eyJhbGciOiJIUzUxMiJ9.eyJleHAiOjE3MDAwMDAwMDB9."
            "Fenzd7GWMQhn5hpbDfMlYiYM9vH3G78qpDLuZsTz9Shf_8rsO0lHsTqXAQlIfbbXaxXWDRCPZqldXKUw0srTJg");
}

TEST(Base64, MatchesRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},        {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) EXPECT_EQ(Base64Of(plain), encoded);
  EXPECT_EQ(Base64Of("\xfb\xff"), "+/8=");
  EXPECT_EQ(Base64UrlOf("\xfb\xff"), "-_8");
}

TEST(Base64Url, RefusesEverySecondSpelling) {
  std::string out;
  EXPECT_TRUE(DecodeBase64Url("", out));
  EXPECT_EQ(out, "");
  EXPECT_TRUE(DecodeBase64Url("-_8", out));
  EXPECT_EQ(out, "\xfb\xff");
  for (const char* bad : {"A", "AAAAA", "Zg==", "Zh", "Zm9=", "Zm-", "+/8", "Zm 9v", "Zm9v\n", "\xc3\xa4", "Z.g"}) {
    EXPECT_FALSE(DecodeBase64Url(bad, out)) << bad;
  }
  EXPECT_FALSE(DecodeBase64Url(std::string_view("Zm9v\0", 5), out));
}

RC_GTEST_PROP(Base64Url, RoundTripsEveryText, (const std::string& bytes)) {
  std::string decoded;
  RC_ASSERT(DecodeBase64Url(Base64UrlOf(bytes), decoded));
  RC_ASSERT(decoded == bytes);
}

TEST(HexOf, WritesEveryByte) { EXPECT_EQ(HexOf(std::string_view("\x00\x7f\xff", 3)), "007fff"); }

TEST(EqualConstantTime, ComparesBytes) {
  EXPECT_TRUE(EqualConstantTime("", ""));
  EXPECT_TRUE(EqualConstantTime(std::string_view("a\0b", 3), std::string_view("a\0b", 3)));
  EXPECT_FALSE(EqualConstantTime(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
  EXPECT_FALSE(EqualConstantTime("a", "A"));
  EXPECT_FALSE(EqualConstantTime("a", "ab"));
}

}  // namespace
}  // namespace plenary
