#include "state/sqlite/row_writer.hpp"

#include <string>

namespace plenary::state::sqlite {
namespace {

/// Runs the statement and makes it ready for the next time, whatever happens.
void Run(SQLite::Statement& statement) {
  try {
    statement.exec();
  } catch (...) {
    statement.tryReset();
    throw;
  }
  statement.reset();
}

}  // namespace

RowWriter::RowWriter(SQLite::Database& database)
    : put_node_(database, "INSERT OR REPLACE INTO nodes (id, url, secret, tag, load_multiplier, state, checksum_algorithm, bbb_version, "
                          "online, polled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      put_meeting_(database, "INSERT OR REPLACE INTO meetings (meeting_id, tenant_id, node_id, claim_id, phase, moderator_pw, attendee_pw, "
                             "voice_bridge, name, internal_id, create_time_ms, claimed_at_ms, touched_at_ms, adopted) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      put_end_(database, "INSERT OR REPLACE INTO pending_ends (id, node_id, meeting_id, moderator_pw, internal_id, reason, created_at_ms) "
                         "VALUES (?, ?, ?, ?, ?, ?, ?)"),
      drop_node_(database, "DELETE FROM nodes WHERE id = ?"),
      drop_meetings_of_node_(database, "DELETE FROM meetings WHERE node_id = ?"),
      drop_ends_of_node_(database, "DELETE FROM pending_ends WHERE node_id = ?"),
      drop_meeting_(database, "DELETE FROM meetings WHERE meeting_id = ? AND tenant_id = ?"),
      drop_end_(database, "DELETE FROM pending_ends WHERE id = ?") {}

void RowWriter::Write(const Row& row) {
  if (const auto* put_node = std::get_if<PutNode>(&row)) return Put(put_node->node->node);
  if (const auto* put_meeting = std::get_if<PutMeeting>(&row)) return Put(*put_meeting->meeting);
  if (const auto* put_end = std::get_if<PutEnd>(&row)) return Put(put_end->end);
  if (const auto* drop_node = std::get_if<DropNode>(&row)) return Drop(drop_node->id);
  if (const auto* drop_meeting = std::get_if<DropMeeting>(&row)) return Drop(*drop_meeting->meeting);
  drop_end_.bind(1, std::get<DropEnd>(row).id);
  Run(drop_end_);
}

void RowWriter::Put(const pool::Node& node) {
  put_node_.bind(1, node.id);
  put_node_.bind(2, node.url);
  put_node_.bind(3, node.secret);
  put_node_.bind(4, node.tag);
  put_node_.bind(5, node.load_multiplier);
  put_node_.bind(6, static_cast<int>(node.state));
  if (node.checksum_algorithm) {
    put_node_.bind(7, static_cast<int>(*node.checksum_algorithm));
  } else {
    put_node_.bind(7);
  }
  put_node_.bind(8, node.bbb_version);
  put_node_.bind(9, node.online ? 1 : 0);
  put_node_.bind(10, node.polled ? 1 : 0);
  Run(put_node_);
}

void RowWriter::Put(const pool::Meeting& meeting) {
  put_meeting_.bindNoCopy(1, meeting.meeting_id);
  put_meeting_.bindNoCopy(2, meeting.tenant_id);
  put_meeting_.bindNoCopy(3, meeting.node_id);
  put_meeting_.bind(4, static_cast<std::int64_t>(meeting.claim_id));
  put_meeting_.bind(5, meeting.phase == pool::MeetingPhase::kClaimed ? 0 : 1);
  put_meeting_.bindNoCopy(6, meeting.moderator_pw);
  put_meeting_.bindNoCopy(7, meeting.attendee_pw);
  put_meeting_.bindNoCopy(8, meeting.voice_bridge);
  put_meeting_.bindNoCopy(9, meeting.name);
  put_meeting_.bindNoCopy(10, meeting.internal_id);
  put_meeting_.bind(11, meeting.create_time_ms);
  put_meeting_.bind(12, meeting.claimed_at_ms);
  put_meeting_.bind(13, meeting.touched_at_ms);
  put_meeting_.bind(14, meeting.adopted ? 1 : 0);
  Run(put_meeting_);
}

void RowWriter::Put(const pool::PendingEnd& end) {
  put_end_.bind(1, end.id);
  put_end_.bind(2, end.node_id);
  put_end_.bind(3, end.meeting_id);
  put_end_.bind(4, end.moderator_pw);
  put_end_.bind(5, end.internal_id);
  put_end_.bind(6, static_cast<int>(end.reason));
  put_end_.bind(7, end.created_at_ms);
  Run(put_end_);
}

void RowWriter::Drop(const std::string& node_id) {
  for (SQLite::Statement* statement : {&drop_node_, &drop_meetings_of_node_, &drop_ends_of_node_}) {
    statement->bind(1, node_id);
    Run(*statement);
  }
}

void RowWriter::Drop(const pool::Meeting& meeting) {
  drop_meeting_.bind(1, meeting.meeting_id);
  drop_meeting_.bind(2, meeting.tenant_id);
  Run(drop_meeting_);
}

}  // namespace plenary::state::sqlite
