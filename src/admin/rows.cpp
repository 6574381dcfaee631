#include "admin/rows.hpp"

namespace plenary::admin {

boost::json::object ServerRow(const state::StateStore& store, const state::NodeView& view) {
  const pool::Node& node = view.node;
  const state::NodeLoad load = store.LoadOf(node.id);
  boost::json::object row;
  row["id"] = node.id;
  row["url"] = node.url;
  row["secret"] = node.secret;
  row["tag"] = node.tag;
  row["state"] = pool::AdminStateName(node.state);
  row["state_set"] = node.state != pool::AdminState::kUnset;
  row["online"] = node.online;
  row["load"] = load.load ? boost::json::value(*load.load) : boost::json::value(nullptr);
  row["reserved_seats"] = load.reserved_seats;
  row["load_multiplier"] = node.load_multiplier;
  row["bbb_version"] = node.bbb_version;
  row["checksum_algorithm"] = node.checksum_algorithm ? DigestName(*node.checksum_algorithm) : std::string_view();
  const auto number = [&](std::int64_t value) { return node.polled ? boost::json::value(value) : boost::json::value(nullptr); };
  row["meetings"] = number(node.stats.meetings);
  row["users"] = number(node.stats.users);
  row["largest_meeting"] = number(node.stats.largest_meeting);
  row["videos"] = number(node.stats.videos);
  row["claims"] = load.meetings;
  row["last_poll_ms"] = node.last_poll_ok_ms;
  row["last_error"] = node.last_error;
  return row;
}

boost::json::object MeetingRow(const state::StateStore& store, const pool::Meeting& meeting) {
  const state::NodePtr node = store.Nodes()->Find(meeting.node_id);
  boost::json::object row;
  row["meeting_id"] = meeting.meeting_id;
  row["tenant_id"] = meeting.tenant_id;
  row["server_id"] = meeting.node_id;
  row["server_url"] = node ? node->node.url : std::string();
  row["phase"] = meeting.phase == pool::MeetingPhase::kSettled ? "settled" : "claimed";
  row["name"] = meeting.name;
  row["internal_id"] = meeting.internal_id;
  row["create_time_ms"] = meeting.create_time_ms;
  row["voice_bridge"] = meeting.voice_bridge;
  row["adopted"] = meeting.adopted;
  row["claimed_at_ms"] = meeting.claimed_at_ms;
  return row;
}

}  // namespace plenary::admin
