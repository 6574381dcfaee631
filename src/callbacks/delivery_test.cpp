#include "callbacks/delivery.hpp"

#include <gtest/gtest.h>

#include "callbacks/jwt.hpp"

namespace plenary::callbacks {
namespace {

using records::CallbackKind;
constexpr Signing kSigning{.secret = "s3cr3t-Salt", .domain = "lb.example", .now_ms = 1'700'000'000'999};

records::Callback Of(CallbackKind kind, std::string payload) {
  records::Callback callback;
  callback.kind = kind;
  callback.url = "https://front.example/cb?x=1";
  callback.payload = std::move(payload);
  return callback;
}

std::string Field(const http::OutsideCall& call, std::string_view name) {
  for (const auto& [key, value] : call.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(CallFor, RecordingReady) {
  const http::OutsideCall call = CallFor(Of(CallbackKind::kRecordingReady, R"({"meeting_id":"m1","record_id":"abc-1"})"), kSigning);
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, "https://front.example/cb?x=1");
  EXPECT_EQ(Field(call, "Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(call.max_redirects, 0);
  EXPECT_EQ(call.body,  // the vector of spec bbb-api 6.3
            "signed_parameters=eyJhbGciOiJIUzI1NiJ9.eyJtZWV0aW5nX2lkIjoibTEiLCJyZWNvcmRfaWQiOiJhYmMtMSJ9."
            "5WoM0MkZgxvhaUp-dKBMbfzP4hSF4P1xcKpB48aSbZg");
}

TEST(CallFor, RecordingReadyWithSha512) {
  Signing signing = kSigning;
  signing.ready_algorithm = DigestAlgorithm::kSha512;
  const http::OutsideCall call = CallFor(Of(CallbackKind::kRecordingReady, "{}"), signing);
  EXPECT_TRUE(call.body.starts_with("signed_parameters=eyJhbGciOiJIUzUxMiJ9."));  // {"alg":"HS512"}
  EXPECT_TRUE(VerifyJwt(call.body.substr(call.body.find('=') + 1), {"s3cr3t-Salt"}, {DigestAlgorithm::kSha512}, 0).has_value());
}

TEST(CallFor, Analytics) {
  const http::OutsideCall call = CallFor(Of(CallbackKind::kAnalytics, R"({"meeting_id":"m1"})"), kSigning);
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.body, R"({"meeting_id":"m1"})");
  EXPECT_EQ(Field(call, "Content-Type"), "application/json");
  EXPECT_EQ(Field(call, "User-Agent"), "BigBlueButton Analytics Callback");
  const std::string bearer = Field(call, "Authorization");
  EXPECT_TRUE(bearer.starts_with("Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9."));  // {"typ":"JWT","alg":"HS512"}
  const auto claims = VerifyJwt(bearer.substr(7), {"s3cr3t-Salt"}, {DigestAlgorithm::kSha512}, 1'700'000'000);
  ASSERT_TRUE(claims.has_value());
  EXPECT_EQ(claims->at("exp").as_int64(), 1'700'086'400);
}

TEST(CallFor, MeetingEnded) {
  const http::OutsideCall call = CallFor(Of(CallbackKind::kMeetingEnded, ""), kSigning);
  EXPECT_EQ(call.method, "GET");
  EXPECT_EQ(call.url, "https://front.example/cb?x=1");
  EXPECT_EQ(call.max_redirects, 5);
  EXPECT_EQ(Field(call, "User-Agent"), "Mozilla");
}

TEST(CallFor, Hook) {
  const http::OutsideCall call = CallFor(Of(CallbackKind::kHook, "{}"), kSigning);
  EXPECT_TRUE(call.url.starts_with("https://front.example/cb?x=1&checksum=")) << call.url;
  EXPECT_TRUE(call.body.starts_with("domain=lb.example&event=")) << call.body;
}

TEST(ReadyAlgorithm, FollowsScalelite) {  // spec scalelite 8.7
  using enum DigestAlgorithm;
  EXPECT_EQ(ReadyAlgorithm({kSha1, kSha256, kSha512}), kSha256);
  EXPECT_EQ(ReadyAlgorithm({kSha1, kSha512}), kSha512);
  EXPECT_EQ(ReadyAlgorithm({kSha1}), kSha256);
  EXPECT_EQ(ReadyAlgorithm({}), kSha256);
}

TEST(AsksForNextSecret, StatusByKind) {
  for (const CallbackKind kind : {CallbackKind::kRecordingReady, CallbackKind::kAnalytics}) {
    for (const int refused : {302, 400, 401, 403, 500}) EXPECT_TRUE(AsksForNextSecret(kind, refused)) << refused;
  }
  EXPECT_TRUE(AsksForNextSecret(CallbackKind::kHook, 401));
  for (const int other : {302, 403, 404, 500}) EXPECT_FALSE(AsksForNextSecret(CallbackKind::kHook, other)) << other;
  for (const CallbackKind kind : {CallbackKind::kRecordingReady, CallbackKind::kAnalytics, CallbackKind::kHook}) {
    for (const int settled : {200, 204, 410}) EXPECT_FALSE(AsksForNextSecret(kind, settled)) << settled;
  }
  for (const int status : {200, 401, 500}) EXPECT_FALSE(AsksForNextSecret(CallbackKind::kMeetingEnded, status)) << status;
}

TEST(IsSettledBy, StatusByKind) {
  for (const CallbackKind kind : {CallbackKind::kRecordingReady, CallbackKind::kAnalytics, CallbackKind::kMeetingEnded, CallbackKind::kHook}) {
    for (const int settled : {200, 202, 204, 410}) EXPECT_TRUE(IsSettledBy(kind, settled)) << settled;
    for (const int open : {302, 400, 403, 500, 503}) EXPECT_FALSE(IsSettledBy(kind, open)) << open;
    EXPECT_EQ(IsSettledBy(kind, 404), kind == CallbackKind::kRecordingReady);
    EXPECT_EQ(IsSettledBy(kind, 401), kind == CallbackKind::kHook);
  }
}

}  // namespace
}  // namespace plenary::callbacks
