#include "pool/scoped_id.hpp"

#include <algorithm>

#include "base/digest.hpp"

namespace plenary::pool {
namespace {

std::ptrdiff_t CodePoints(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

}  // namespace

std::string ScopedMeetingId(std::string_view meeting_id, std::string_view tenant_id, int variant) {
  std::string id(meeting_id);
  id += '~';
  id += tenant_id;
  if (variant > 1) id += '~' + std::to_string(variant);
  if (CodePoints(id) <= kMaxScopedLength) return id;
  return "plenary-" + std::string(Digest(DigestAlgorithm::kSha256, {id}).view());
}

bool IsScopedMeetingId(std::string_view node_meeting_id, std::string_view meeting_id, std::string_view tenant_id) {
  for (int variant = 1; variant <= kScopeVariants; ++variant) {
    if (node_meeting_id == ScopedMeetingId(meeting_id, tenant_id, variant)) return true;
  }
  return false;
}

}  // namespace plenary::pool
