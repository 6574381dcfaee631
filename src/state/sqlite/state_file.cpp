#include "state/sqlite/state_file.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

#include "state/sqlite/schema.hpp"

namespace plenary::state::sqlite {
namespace {

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

/// What RowWriter joined: parts that hold no ':'.
std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(':', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

void ReadNodes(SQLite::Database& database, SavedRows& rows) {
  SQLite::Statement row(database,
                        "SELECT id, url, secret, tag, load_multiplier, state, checksum_algorithm, bbb_version, online, polled, revision FROM nodes");
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
    node.revision = static_cast<std::uint64_t>(Number(row, 10));
    rows.nodes.push_back(std::move(node));
  }
}

void ReadMeetings(SQLite::Database& database, SavedRows& rows) {
  SQLite::Statement row(database,
                        "SELECT meeting_id, tenant_id, node_id, claim_id, phase, moderator_pw, attendee_pw, voice_bridge, name, "
                        "internal_id, create_time_ms, claimed_at_ms, touched_at_ms, adopted, scoped_id FROM meetings");
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
    meeting.scoped_id = Text(row, 14);
    rows.meetings.push_back(std::move(meeting));
  }
}

void ReadEnds(SQLite::Database& database, SavedRows& rows) {
  SQLite::Statement row(database,
                        "SELECT id, node_id, meeting_id, moderator_pw, internal_id, reason, created_at_ms, tenant_id FROM pending_ends ORDER BY id");
  while (row.executeStep()) {
    pool::PendingEnd end;
    end.id = Number(row, 0);
    end.node_id = Text(row, 1);
    end.meeting_id = Text(row, 2);
    end.moderator_pw = Text(row, 3);
    end.internal_id = Text(row, 4);
    end.reason = static_cast<pool::EndReason>(Number(row, 5));
    end.created_at_ms = Number(row, 6);
    end.tenant_id = Text(row, 7);
    rows.ends.push_back(std::move(end));
  }
}

void ReadMeetingEnds(SQLite::Database& database, SavedRows& rows) {
  SQLite::Statement row(database, "SELECT id, tenant_id, meeting_id, internal_id FROM meeting_ends ORDER BY id");
  while (row.executeStep()) {
    rows.meeting_ends.push_back({.tenant_id = Text(row, 1), .meeting_id = Text(row, 2), .internal_id = Text(row, 3), .id = Number(row, 0)});
  }
}

void ReadSettings(SQLite::Database& database, pool::Tenant& tenant) {
  SQLite::Statement row(database, "SELECT id, param, value, overrides FROM tenant_settings WHERE tenant_id = ? ORDER BY position");
  row.bind(1, tenant.id);
  while (row.executeStep()) tenant.settings.push_back({Text(row, 0), Text(row, 1), Text(row, 2), Number(row, 3) != 0});
}

void ReadRetiredSecrets(SQLite::Database& database, pool::Tenant& tenant) {
  SQLite::Statement row(database, "SELECT secret, until_ms FROM retired_secrets WHERE tenant_id = ? ORDER BY position");
  row.bind(1, tenant.id);
  while (row.executeStep()) tenant.retired_secrets.push_back({Text(row, 0), Number(row, 1)});
}

void ReadTenants(SQLite::Database& database, SavedRows& rows) {
  SQLite::Statement row(database,
                        "SELECT id, name, secrets, enabled, checksum_algorithms, lrs_endpoint, lrs_username, lrs_password, kc_token_url, "
                        "kc_client_id, kc_client_secret, kc_username, kc_password, max_meetings, max_participants, max_creates_per_second, "
                        "max_calls_per_second, presentation_url, logo_url, style_url, revision, created_at_ms FROM tenants");
  while (row.executeStep()) {
    pool::Tenant tenant;
    tenant.id = Text(row, 0);
    tenant.name = Text(row, 1);
    tenant.secrets = Split(Text(row, 2));
    tenant.enabled = Number(row, 3) != 0;
    for (const std::string& name : Split(Text(row, 4))) {
      if (const auto algorithm = ParseDigestName(name)) tenant.checksum_algorithms.push_back(*algorithm);
    }
    tenant.lrs = {.endpoint = Text(row, 5),
                  .username = Text(row, 6),
                  .password = Text(row, 7),
                  .kc_token_url = Text(row, 8),
                  .kc_client_id = Text(row, 9),
                  .kc_client_secret = Text(row, 10),
                  .kc_username = Text(row, 11),
                  .kc_password = Text(row, 12)};
    tenant.limits = {.meetings = Number(row, 13),
                     .participants = Number(row, 14),
                     .creates_per_second = Number(row, 15),
                     .calls_per_second = Number(row, 16)};
    tenant.presentation_url = Text(row, 17);
    tenant.logo_url = Text(row, 18);
    tenant.style_url = Text(row, 19);
    tenant.revision = static_cast<std::uint64_t>(Number(row, 20));
    tenant.created_at_ms = Number(row, 21);
    ReadSettings(database, tenant);
    ReadRetiredSecrets(database, tenant);
    rows.tenants.push_back(std::move(tenant));
  }
}

void ReadTokens(SQLite::Database& database, SavedRows& rows) {
  SQLite::Statement row(database, "SELECT id, name, scope, tenant_id, node_id, digest, created_at_ms, expires_at_ms FROM api_tokens");
  while (row.executeStep()) {
    const auto scope = pool::ParseTokenScope(Text(row, 2));
    if (!scope) continue;  // it can't be told what it may do
    rows.tokens.push_back({.id = Text(row, 0),
                           .name = Text(row, 1),
                           .scope = *scope,
                           .tenant_id = Text(row, 3),
                           .node_id = Text(row, 4),
                           .digest = Text(row, 5),
                           .created_at_ms = Number(row, 6),
                           .expires_at_ms = Number(row, 7)});
  }
}

/// "" when the file is ours and whole, or new.
std::string WhatIsWrong(SQLite::Database& database) {
  const std::string check = database.execAndGet("PRAGMA quick_check(1)").getString();
  if (check != "ok") return check;
  const bool empty = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
  return empty || IsOurs(database) ? "" : "it is a database of another program";
}

void Prepare(SQLite::Database& database, int version) {
  database.exec("PRAGMA journal_mode=WAL");
  database.exec("PRAGMA synchronous=FULL");
  database.exec("PRAGMA wal_autocheckpoint=0");  // the journal does it when it is idle
  database.exec("PRAGMA cache_size=-2000");
  Migrate(database, version);
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
    ReadMeetingEnds(*database, rows);
    ReadTenants(*database, rows);
    ReadTokens(*database, rows);
    return database;
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() == SQLITE_CORRUPT || error.getErrorCode() == SQLITE_NOTADB) return Damaged(path, error.what());
    return Fail(ErrorCode::kIo, "can't read " + path + ": " + error.what());
  }
}

}  // namespace plenary::state::sqlite
