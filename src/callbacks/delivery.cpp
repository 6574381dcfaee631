#include "callbacks/delivery.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "callbacks/hook_delivery.hpp"
#include "callbacks/jwt.hpp"

namespace plenary::callbacks {
namespace {

constexpr std::int64_t kAnalyticsTokenSeconds = 86'400;
constexpr int kMaxEndRedirects = 5;  // as a node does (spec bbb-api 6.1)
// As Scalelite waits (spec scalelite 8.7, 1.11.9): a receiver that does its work before it answers would get it again and again.
constexpr std::chrono::seconds kPostTimeout{60};

http::OutsideCall Post(const records::Callback& callback, std::string content_type, std::string body) {
  http::OutsideCall call;
  call.method = "POST";
  call.url = callback.url;
  call.headers = {{"Content-Type", std::move(content_type)}};
  call.body = std::move(body);
  call.timeout = kPostTimeout;
  return call;
}

}  // namespace

http::OutsideCall CallFor(const records::Callback& callback, const Signing& signing) {
  switch (callback.kind) {
    case records::CallbackKind::kRecordingReady: {
      const std::string_view header = signing.ready_algorithm == DigestAlgorithm::kSha512 ? R"({"alg":"HS512"})" : R"({"alg":"HS256"})";
      return Post(callback, "application/x-www-form-urlencoded",
                  "signed_parameters=" + SignJwt(header, callback.payload, signing.secret, signing.ready_algorithm));
    }
    case records::CallbackKind::kAnalytics: {
      http::OutsideCall call = Post(callback, "application/json", callback.payload);
      const std::string claims = R"({"exp":)" + std::to_string(signing.now_ms / 1000 + kAnalyticsTokenSeconds) + "}";
      const std::string token = SignJwt(R"({"typ":"JWT","alg":"HS512"})", claims, signing.secret, DigestAlgorithm::kSha512);
      call.headers.emplace_back("Authorization", "Bearer " + token);
      call.headers.emplace_back("User-Agent", "BigBlueButton Analytics Callback");
      return call;
    }
    case records::CallbackKind::kHook: return HookCall(callback, signing.secret, signing.domain);
    case records::CallbackKind::kMeetingEnded: break;
  }
  http::OutsideCall call;
  call.url = callback.url;
  call.headers = {{"User-Agent", "Mozilla"}};
  call.max_redirects = kMaxEndRedirects;
  return call;
}

DigestAlgorithm ReadyAlgorithm(const std::vector<DigestAlgorithm>& listed) {
  const auto lists = [&](DigestAlgorithm algorithm) { return std::find(listed.begin(), listed.end(), algorithm) != listed.end(); };
  return lists(DigestAlgorithm::kSha512) && !lists(DigestAlgorithm::kSha256) ? DigestAlgorithm::kSha512 : DigestAlgorithm::kSha256;
}

bool AsksForNextSecret(records::CallbackKind kind, int status) {
  switch (kind) {
    case records::CallbackKind::kRecordingReady:
    case records::CallbackKind::kAnalytics: return !IsSettledBy(kind, status);  // spec scalelite 8.7
    case records::CallbackKind::kHook: return status == 401;
    case records::CallbackKind::kMeetingEnded: break;  // unsigned
  }
  return false;
}

bool IsSettledBy(records::CallbackKind kind, int status) {
  if (status >= 200 && status < 300) return true;
  if (status == 410) return true;  // the receiver says that it is gone for good
  if (status == 404) return kind == records::CallbackKind::kRecordingReady;  // spec scalelite 8.7
  return status == 401 && kind == records::CallbackKind::kHook;              // spec bbb-api 6.5
}

}  // namespace plenary::callbacks
