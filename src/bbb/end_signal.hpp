// What a node calls when a meeting is over. Our own meetingEndedURL (spec bbb-api 6.2) names the claim; it carries a MAC, so that nobody can make us
// look at meetings at will, and proves nothing else. And in the place of a front-end's endCallbackUrl (6.1), for meetings that their node knows
// under another ID than the front-end, an address of ours that holds it. Pure.
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

inline constexpr std::string_view kEndCallbackPath = "/bigbluebutton/api/callbacks/end-callback";

struct EndCallback {
  std::string tenant_id, meeting_id;  // the client's
  std::string url;                    // the front-end's
};

/// kEndCallbackPath with its query, to which nodes append their own.
std::string EndCallbackTarget(std::string_view key, const EndCallback& callback);
/// Nothing when the MAC is missing or wrong. The front-end's URL with what the node tells, under the front-end's meetingID.
std::optional<EndCallback> ReadEndCallback(std::string_view key, std::string_view raw_query);

}  // namespace plenary::bbb
