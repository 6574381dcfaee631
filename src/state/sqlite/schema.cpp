#include "state/sqlite/schema.hpp"

#include <array>
#include <string>

namespace plenary::state::sqlite {
namespace {

/// Step i takes a file of version i to version i + 1. What has been released is never changed.
constexpr std::array<const char*, kSchemaVersion> kSteps{R"sql(
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
)sql",
                                                         R"sql(
ALTER TABLE nodes ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE meetings ADD COLUMN scoped_id TEXT NOT NULL DEFAULT '';
ALTER TABLE pending_ends ADD COLUMN tenant_id TEXT NOT NULL DEFAULT '';
CREATE TABLE meeting_ends (
  id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, meeting_id TEXT NOT NULL, internal_id TEXT NOT NULL
) STRICT;
CREATE TABLE tenants (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, secrets TEXT NOT NULL, enabled INTEGER NOT NULL, checksum_algorithms TEXT NOT NULL,
  lrs_endpoint TEXT NOT NULL, lrs_username TEXT NOT NULL, lrs_password TEXT NOT NULL, kc_token_url TEXT NOT NULL, kc_client_id TEXT NOT NULL,
  kc_client_secret TEXT NOT NULL, kc_username TEXT NOT NULL, kc_password TEXT NOT NULL,
  max_meetings INTEGER NOT NULL, max_participants INTEGER NOT NULL, max_creates_per_second INTEGER NOT NULL,
  max_calls_per_second INTEGER NOT NULL,
  presentation_url TEXT NOT NULL, logo_url TEXT NOT NULL, style_url TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL, revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE tenant_settings (
  tenant_id TEXT NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL, param TEXT NOT NULL, value TEXT NOT NULL, overrides INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE retired_secrets (
  tenant_id TEXT NOT NULL, position INTEGER NOT NULL, secret TEXT NOT NULL, until_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, scope TEXT NOT NULL, tenant_id TEXT NOT NULL, node_id TEXT NOT NULL, digest TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql"};

constexpr int kApplicationId = 0x506c6e79;  // "Plny"

}  // namespace

bool IsOurs(SQLite::Database& database) { return database.execAndGet("PRAGMA application_id").getInt() == kApplicationId; }

void Migrate(SQLite::Database& database, int version) {
  if (version == kSchemaVersion) return;
  database.exec("BEGIN IMMEDIATE");
  for (int step = version; step < kSchemaVersion; ++step) database.exec(kSteps[static_cast<std::size_t>(step)]);
  database.exec("PRAGMA application_id=" + std::to_string(kApplicationId));
  database.exec("PRAGMA user_version=" + std::to_string(kSchemaVersion));
  database.exec("COMMIT");
}

}  // namespace plenary::state::sqlite
