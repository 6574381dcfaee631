#include "bbb/end_signal.hpp"

#include "base/encoding.hpp"
#include "base/hmac.hpp"
#include "bbb/params.hpp"

namespace plenary::bbb {
namespace {

/// Lengths in front, so that no two signals have the same text.
std::string Mac(std::string_view key, const EndSignal& signal) {
  std::string text = "meeting-ended\n" + std::to_string(signal.tenant_id.size()) + ":" + signal.tenant_id;
  text += std::to_string(signal.meeting_id.size()) + ":" + signal.meeting_id + std::to_string(signal.claim_id);
  return HexOf(Hmac(DigestAlgorithm::kSha256, key, text));
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

}  // namespace plenary::bbb
