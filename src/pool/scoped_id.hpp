// What nodes call a meeting whose meetingID is in use by another tenant's: "<meetingID>~<tenant ID>" (design: one name space of meeting IDs on
// the nodes). Pure.
#pragma once

#include <string>
#include <string_view>

namespace plenary::pool {

/// Somebody may have chosen the scoped form of another's meetingID as his own; then the next variant is tried.
inline constexpr int kScopeVariants = 8;
inline constexpr int kMaxScopedLength = 256;  // code points

/// `variant` from 1 to kScopeVariants; those behind the first one end in "~2", "~3", … What would be longer than kMaxScopedLength is "plenary-"
/// and its SHA-256.
std::string ScopedMeetingId(std::string_view meeting_id, std::string_view tenant_id, int variant);

/// Whether `node_meeting_id` is one of the forms of this meeting.
bool IsScopedMeetingId(std::string_view node_meeting_id, std::string_view meeting_id, std::string_view tenant_id);

}  // namespace plenary::pool
