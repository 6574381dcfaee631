#include "state/sqlite/state_file.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

namespace plenary::state::sqlite {
namespace {

constexpr int kApplicationId = 0x506c6e79;  // "Plny"

constexpr const char* kSchema = R"sql(
CREATE TABLE nodes (
  id TEXT PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, tag TEXT NOT NULL, load_multiplier REAL NOT NULL, state INTEGER NOT NULL,
  checksum_algorithm INTEGER, bbb_version TEXT NOT NULL, online INTEGER NOT NULL, polled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE meetings (
  meeting_id TEXT NOT NULL, tenant_id TEXT NOT NULL, node_id TEXT NOT NULL, claim_id INTEGER NOT NULL, phase INTEGER NOT NULL,
  moderator_pw TEXT NOT NULL, attendee_pw TEXT NOT NULL, voice_bridge TEXT NOT NULL, name TEXT NOT NULL, internal_id TEXT NOT NULL,
  create_time_ms INTEGER NOT NULL, claimed_at_ms INTEGER NOT NULL, touched_at_ms INTEGER NOT NULL, adopted INTEGER NOT NULL,
  PRIMARY KEY (meeting_id, tenant_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE pending_ends (
  id INTEGER PRIMARY KEY, node_id TEXT NOT NULL, meeting_id TEXT NOT NULL, moderator_pw TEXT NOT NULL, internal_id TEXT NOT NULL,
  reason INTEGER NOT NULL, created_at_ms INTEGER NOT NULL
) STRICT;
)sql";

tl::unexpected<Error> Damaged(const std::string& path, const std::string& what) {
  return Fail(ErrorCode::kCorrupt, path + " is damaged (" + what + "). It was left as it is. Restore it from a backup, or move it away " +
                                       "with its -wal file and add the servers again: running meetings are found on them.");
}

/// SQLite would create the file with the umask's permissions; -wal and -shm take over those of the file.
Status CreateIfMissing(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return Fail(ErrorCode::kIo, "can't open " + path + ": " + std::strerror(errno));
  const bool private_now = ::fchmod(file, 0600) == 0;
  ::close(file);
  if (!private_now) return Fail(ErrorCode::kPermission, "can't make " + path + " private: " + std::strerror(errno));
  return {};
}

std::string Text(SQLite::Statement& row, int index) { return row.getColumn(index).getString(); }

std::int64_t Number(SQLite::Statement& row, int index) { return row.getColumn(index).getInt64(); }

void ReadNodes(SQLite::Database& database, SavedRows& rows) {
  SQLite::Statement row(database,
                        "SELECT id, url, secret, tag, load_multiplier, state, checksum_algorithm, bbb_version, online, polled FROM nodes");
  while (row.executeStep()) {
    pool::Node node;
    node.id = Text(row, 0);
    node.url = Text(row, 1);
    node.secret = Text(row, 2);
    node.tag = Text(row, 3);
    node.load_multiplier = row.getColumn(4).getDouble();
    node.state = static_cast<pool::AdminState>(Number(row, 5));
    if (!row.getColumn(6).isNull()) node.checksum_algorithm = static_cast<DigestAlgorithm>(Number(row, 6));
    node.bbb_version = Text(row, 7);
    node.online = Number(row, 8) != 0;
    node.polled = Number(row, 9) != 0;
    rows.nodes.push_back(std::move(node));
  }
}

void ReadMeetings(SQLite::Database& database, SavedRows& rows) {
  SQLite::Statement row(database,
                        "SELECT meeting_id, tenant_id, node_id, claim_id, phase, moderator_pw, attendee_pw, voice_bridge, name, "
                        "internal_id, create_time_ms, claimed_at_ms, touched_at_ms, adopted FROM meetings");
  while (row.executeStep()) {
    pool::Meeting meeting;
    meeting.meeting_id = Text(row, 0);
    meeting.tenant_id = Text(row, 1);
    meeting.node_id = Text(row, 2);
    meeting.claim_id = static_cast<std::uint64_t>(Number(row, 3));
    meeting.phase = Number(row, 4) == 0 ? pool::MeetingPhase::kClaimed : pool::MeetingPhase::kSettled;
    meeting.moderator_pw = Text(row, 5);
    meeting.attendee_pw = Text(row, 6);
    meeting.voice_bridge = Text(row, 7);
    meeting.name = Text(row, 8);
    meeting.internal_id = Text(row, 9);
    meeting.create_time_ms = Number(row, 10);
    meeting.claimed_at_ms = Number(row, 11);
    meeting.touched_at_ms = Number(row, 12);
    meeting.adopted = Number(row, 13) != 0;
    rows.meetings.push_back(std::move(meeting));
  }
}

void ReadEnds(SQLite::Database& database, SavedRows& rows) {
  SQLite::Statement row(database,
                        "SELECT id, node_id, meeting_id, moderator_pw, internal_id, reason, created_at_ms FROM pending_ends ORDER BY id");
  while (row.executeStep()) {
    pool::PendingEnd end;
    end.id = Number(row, 0);
    end.node_id = Text(row, 1);
    end.meeting_id = Text(row, 2);
    end.moderator_pw = Text(row, 3);
    end.internal_id = Text(row, 4);
    end.reason = static_cast<pool::EndReason>(Number(row, 5));
    end.created_at_ms = Number(row, 6);
    rows.ends.push_back(std::move(end));
  }
}

/// "" when the file is ours and whole, or new.
std::string WhatIsWrong(SQLite::Database& database) {
  const std::string check = database.execAndGet("PRAGMA quick_check(1)").getString();
  if (check != "ok") return check;
  const int application = database.execAndGet("PRAGMA application_id").getInt();
  const bool empty = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
  return empty || application == kApplicationId ? "" : "it is a database of another program";
}

void Prepare(SQLite::Database& database, int version) {
  database.exec("PRAGMA journal_mode=WAL");
  database.exec("PRAGMA synchronous=FULL");
  database.exec("PRAGMA wal_autocheckpoint=0");  // the journal does it when it is idle
  database.exec("PRAGMA cache_size=-2000");
  if (version != 0) return;
  database.exec("BEGIN IMMEDIATE");
  database.exec(kSchema);
  database.exec("PRAGMA application_id=" + std::to_string(kApplicationId));
  database.exec("PRAGMA user_version=" + std::to_string(kSchemaVersion));
  database.exec("COMMIT");
}

}  // namespace

Result<std::unique_ptr<SQLite::Database>> OpenStateFile(const std::string& path, SavedRows& rows) {
  if (Status created = CreateIfMissing(path); !created) return tl::unexpected<Error>(std::move(created.error()));
  try {
    auto database = std::make_unique<SQLite::Database>(path, SQLite::OPEN_READWRITE, 2000);
    // Until the file has proved to be ours, closing must not move its WAL into it.
    sqlite3_db_config(database->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (const std::string wrong = WhatIsWrong(*database); !wrong.empty()) return Damaged(path, wrong);
    const int version = database->execAndGet("PRAGMA user_version").getInt();
    if (version > kSchemaVersion) {
      return Fail(ErrorCode::kCorrupt,
                  path + " was written by a newer version of Plenary (format " + std::to_string(version) + ", this one knows " +
                      std::to_string(kSchemaVersion) + "). It was left as it is. Start that version, or restore a backup.");
    }
    sqlite3_db_config(database->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    Prepare(*database, version);
    ReadNodes(*database, rows);
    ReadMeetings(*database, rows);
    ReadEnds(*database, rows);
    return database;
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() == SQLITE_CORRUPT || error.getErrorCode() == SQLITE_NOTADB) return Damaged(path, error.what());
    return Fail(ErrorCode::kIo, "can't read " + path + ": " + error.what());
  }
}

}  // namespace plenary::state::sqlite
