// A meeting as the pool knows it: the claim of a meetingID for a node, and what came of it. Plain values, immutable once published.
#pragma once

#include <cstdint>
#include <string>

namespace plenary::pool {

enum class MeetingPhase : std::uint8_t {
  kClaimed,  // the node is being asked to create it (or: we stopped while it was; "in doubt" after a restart)
  kSettled,  // the node has it
};

struct Meeting {
  std::string meeting_id;        // the client's
  std::string tenant_id;         // "" = none
  std::string scoped_id;         // what the node calls it, when another tenant's meeting holds the plain ID; else ""
  std::string node_id;
  std::uint64_t claim_id = 0;    // changes with every new claim of the ID; guards against late writes
  MeetingPhase phase = MeetingPhase::kClaimed;
  std::string moderator_pw;      // the client's, or the one that was generated
  std::string attendee_pw;
  std::string voice_bridge;
  std::string name;
  std::string internal_id;       // "" until settled
  std::int64_t create_time_ms = 0;  // the node's, 0 until settled
  std::int64_t claimed_at_ms = 0;   // ours
  std::int64_t touched_at_ms = 0;   // last proof that it exists; with DEFAULT_MEETING_TTL its end
  bool adopted = false;          // found on a node, not created through us: never ended by ourselves

  /// The meetingID as its node knows it.
  const std::string& node_meeting_id() const { return scoped_id.empty() ? meeting_id : scoped_id; }
};

/// Why a copy of a meeting on a node shall be ended when that node can be asked.
enum class EndReason : std::uint8_t {
  kOrphan,      // a create whose reply never came may have made it
  kSuperseded,  // the meeting was claimed anew elsewhere
  kRequested,   // a client's end could not be delivered
};

/// Ends only what is ours: carried out when the node lists the meeting with `internal_id` (if known) or `moderator_pw`, and the
/// listed internal ID is not that of the current claim.
struct PendingEnd {
  std::int64_t id = 0;           // row
  std::string node_id, tenant_id;
  std::string meeting_id;        // as the node knows it
  std::string moderator_pw, internal_id;
  EndReason reason = EndReason::kOrphan;
  std::int64_t created_at_ms = 0;
};

/// A meeting is over, and whoever asked for it has yet to be told.
struct MeetingEnd {
  std::string tenant_id, meeting_id;  // the client's
  std::string internal_id;
  std::int64_t id = 0;                // row
};

}  // namespace plenary::pool
