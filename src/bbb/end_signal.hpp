// Our own meetingEndedURL: a node calls it when a meeting is over (spec bbb-api 6.2). It names the claim and carries a MAC, so that nobody
// can make us look at meetings at will; it proves nothing else. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plenary::bbb {

inline constexpr std::string_view kEndSignalPath = "/bigbluebutton/api/callbacks/meeting-ended";

struct EndSignal {
  std::string tenant_id, meeting_id;
  std::uint64_t claim_id = 0;
};

/// kEndSignalPath with its query.
std::string EndSignalTarget(std::string_view key, const EndSignal& signal);
/// Nothing when the MAC is missing or wrong.
std::optional<EndSignal> ReadEndSignal(std::string_view key, std::string_view raw_query);

}  // namespace plenary::bbb
