#include "bbb/end_signal.hpp"

#include <initializer_list>

#include "base/encoding.hpp"
#include "base/hmac.hpp"
#include "bbb/params.hpp"

namespace plenary::bbb {
namespace {

/// Lengths in front, so that no two have the same text.
std::string Mac(std::string_view key, std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text.append(std::to_string(part.size())).append(":").append(part);
  return HexOf(Hmac(DigestAlgorithm::kSha256, key, text));
}

std::string Mac(std::string_view key, const EndSignal& signal) {
  return Mac(key, {"meeting-ended", signal.tenant_id, signal.meeting_id, std::to_string(signal.claim_id)});
}

std::string Mac(std::string_view key, const EndCallback& callback) {
  return Mac(key, {"end-callback", callback.tenant_id, callback.meeting_id, callback.url});
}

}  // namespace

std::string EndSignalTarget(std::string_view key, const EndSignal& signal) {
  std::string target(kEndSignalPath);
  target += "?tenant=";
  AppendFormEncoded(target, signal.tenant_id);
  target += "&meeting=";
  AppendFormEncoded(target, signal.meeting_id);
  target += "&claim=" + std::to_string(signal.claim_id) + "&mac=" + Mac(key, signal);
  return target;
}

std::optional<EndSignal> ReadEndSignal(std::string_view key, std::string_view raw_query) {
  Params params;
  if (!params.AddQuery(raw_query)) return std::nullopt;
  const auto claim = ParseInt(params.Get("claim"));
  if (!claim || *claim < 0) return std::nullopt;
  EndSignal signal;
  signal.tenant_id = params.Get("tenant");
  signal.meeting_id = params.Get("meeting");
  signal.claim_id = static_cast<std::uint64_t>(*claim);
  if (!EqualHexConstantTime(params.Get("mac"), Mac(key, signal))) return std::nullopt;
  return signal;
}

std::string EndCallbackTarget(std::string_view key, const EndCallback& callback) {
  std::string target(kEndCallbackPath);
  target += "?tenant=";
  AppendFormEncoded(target, callback.tenant_id);
  target += "&meeting=";
  AppendFormEncoded(target, callback.meeting_id);
  target += "&url=";
  AppendFormEncoded(target, callback.url);
  return target + "&mac=" + Mac(key, callback);
}

std::optional<EndCallback> ReadEndCallback(std::string_view key, std::string_view raw_query) {
  Params params;
  if (!params.AddQuery(raw_query)) return std::nullopt;
  EndCallback callback;
  callback.tenant_id = params.Get("tenant");
  callback.meeting_id = params.Get("meeting");
  callback.url = params.Get("url");
  if (!EqualHexConstantTime(params.Get("mac"), Mac(key, callback))) return std::nullopt;
  callback.url += callback.url.find('?') == std::string::npos ? '?' : '&';
  callback.url += params.Get("recordingmarks") == "true" ? "recordingmarks=true" : "recordingmarks=false";
  callback.url += "&meetingID=";
  AppendFormEncoded(callback.url, callback.meeting_id);
  return callback;
}

}  // namespace plenary::bbb
