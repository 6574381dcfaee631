// A meeting that its node knows under another ID (two tenants, one meetingID) is shown under the caller's own. Pure.
#pragma once

#include <string>
#include <string_view>

namespace plenary::bbb {

/// create sends the client's ID of a scoped meeting in this parameter, so that the meeting is known again after a loss of the store.
inline constexpr std::string_view kScopedIdParam = "meta_plenary-meeting-id";

/// A well-formed reply about one meeting, or one <meeting> element, with `client_id` where its meetingID is `node_id`, and without the metadata
/// that create added. Everything else stays byte for byte.
std::string WithClientMeetingId(std::string_view document, std::string_view node_id, std::string_view client_id);

}  // namespace plenary::bbb
