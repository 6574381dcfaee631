#include "callbacks/jwt.hpp"

#include <gtest/gtest.h>

#include "base/hmac.hpp"

namespace plenary::callbacks {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;
const std::vector<std::string> kSecrets{"other", "s3cr3t-Salt"};
constexpr auto kHs256 = DigestAlgorithm::kSha256;
constexpr auto kHs512 = DigestAlgorithm::kSha512;

std::string Signed(std::string_view payload, std::string_view header = R"({"alg":"HS256"})") {
  return SignJwt(header, payload, "s3cr3t-Salt", kHs256);
}

ErrorCode CodeOf(const Result<boost::json::object>& result) { return result ? ErrorCode::kConflict : result.error().code; }
ErrorCode Verify(std::string_view token) { return CodeOf(VerifyJwt(token, kSecrets, {kHs256}, kNow)); }

TEST(SignJwt, Vectors) {
  EXPECT_EQ(Signed(R"({"meeting_id":"m1","record_id":"abc-1"})"),  // spec bbb-api 6.3
            "eyJhbGciOiJIUzI1NiJ9.eyJtZWV0aW5nX2lkIjoibTEiLCJyZWNvcmRfaWQiOiJhYmMtMSJ9.5WoM0MkZgxvhaUp-dKBMbfzP4hSF4P1xcKpB48aSbZg");
  EXPECT_EQ(SignJwt(R"({"alg":"HS512"})", R"({"exp":1700000000})", "s3cr3t-Salt", kHs512),  // spec bbb-api 6.4
            "eyJhbGciOiJIUzUxMiJ9.eyJleHAiOjE3MDAwMDAwMDB9.Fenzd7GWMQhn5hpbDfMlYiYM9vH3G78qpDLuZsTz9Shf_8rsO0lHsTqXAQlIfbbXaxXWDRCPZqldXKUw0srTJg");
  EXPECT_EQ(SignJwt(R"({"alg":"HS256"})", R"({"meeting_id":"room-f","record_id":"d838dbe4ed9081ef691a9375f9e681fa60a591a9-1700000000123"})",
                    "lbsecret", kHs256),  // spec scalelite 8.7
            "eyJhbGciOiJIUzI1NiJ9.eyJtZWV0aW5nX2lkIjoicm9vbS1mIiwicmVjb3JkX2lkIjoiZDgzOGRiZTRlZDkwODFlZjY5MWE5Mzc1ZjllNjgxZmE2MGE1OTFhOS0xNzAwMDAw"
            "MDAwMTIzIn0.-8SSEjfMt0zEiau_6OLovdEnAOuxwnazlc76pca3H0k");
}

TEST(VerifyJwt, ClaimsOfAGoodToken) {
  const auto claims = VerifyJwt(Signed(R"({"meeting_id":"m1","exp":1700000001,"nbf":1700000000})"), kSecrets, {kHs256}, kNow);
  ASSERT_TRUE(claims.has_value()) << claims.error().detail;
  EXPECT_EQ(claims->at("meeting_id").as_string(), "m1");
  EXPECT_TRUE(VerifyJwt(SignJwt(R"({"typ":"JWT","alg":"HS512"})", "{}", "other", kHs512), kSecrets, {kHs256, kHs512}, kNow).has_value());
}

TEST(VerifyJwt, OnlyTheSecretsAndAlgorithmsThatAreAccepted) {
  EXPECT_EQ(CodeOf(VerifyJwt(Signed("{}"), {"other"}, {kHs256}, kNow)), ErrorCode::kPermission);
  EXPECT_EQ(CodeOf(VerifyJwt(Signed("{}"), {}, {kHs256}, kNow)), ErrorCode::kPermission);
  EXPECT_EQ(CodeOf(VerifyJwt(Signed("{}"), kSecrets, {kHs512}, kNow)), ErrorCode::kPermission);
  EXPECT_EQ(CodeOf(VerifyJwt(SignJwt(R"({"alg":"HS256"})", "{}", "", kHs256), {""}, {kHs256}, kNow)), ErrorCode::kPermission);
  EXPECT_EQ(Verify(Signed("{}", R"({"alg":"none"})")), ErrorCode::kPermission);
  EXPECT_EQ(Verify(Signed("{}", R"({"alg":"hs256"})")), ErrorCode::kPermission);
  EXPECT_EQ(Verify(Signed("{}", R"({"alg":"HS384"})")), ErrorCode::kPermission);
  EXPECT_EQ(Verify(Signed("{}", R"({"alg":1})")), ErrorCode::kPermission);
  EXPECT_EQ(Verify(Signed("{}", "{}")), ErrorCode::kPermission);
  EXPECT_EQ(Verify(Signed("{}", R"({"alg":"HS256","crit":["x"]})")), ErrorCode::kPermission);
  const std::string none = Base64UrlOf(R"({"alg":"none"})") + "." + Base64UrlOf("{}") + ".";
  EXPECT_EQ(Verify(none), ErrorCode::kPermission);
}

TEST(VerifyJwt, EachChangedCharacterIsSeen) {
  const std::string good = Signed(R"({"a":1})");
  ASSERT_EQ(Verify(good), ErrorCode::kConflict);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(Verify(bad), ErrorCode::kConflict) << i;
  }
}

TEST(VerifyJwt, Times) {
  EXPECT_EQ(Verify(Signed(R"({"exp":1700000000})")), ErrorCode::kPermission);
  EXPECT_EQ(Verify(Signed(R"({"exp":1700000000.5})")), ErrorCode::kConflict);
  EXPECT_EQ(Verify(Signed(R"({"exp":-1})")), ErrorCode::kPermission);
  EXPECT_EQ(Verify(Signed(R"({"nbf":1700000001})")), ErrorCode::kPermission);
  for (const char* broken : {R"({"exp":"1700000001"})", R"({"exp":null})", R"({"nbf":[]})", R"({"exp":true})"}) {
    EXPECT_EQ(Verify(Signed(broken)), ErrorCode::kInvalidArgument) << broken;
  }
}

TEST(VerifyJwt, Malformed) {
  for (const char* token : {"", ".", "..", "a.b", "a.b.c"}) EXPECT_EQ(Verify(token), ErrorCode::kInvalidArgument) << token;
  for (const std::string& token : {Signed("[]"), Signed("nonsense"), Signed("{}") + ".x", Signed("{}") + "=", " " + Signed("{}"),
                                   Base64UrlOf("[]") + ".e30.x", std::string(kMaxJwtBytes + 1, 'a'), Signed(std::string(1'000, '['))}) {
    EXPECT_EQ(Verify(token), ErrorCode::kInvalidArgument) << token;
  }
}

}  // namespace
}  // namespace plenary::callbacks
