#include "records/schema.hpp"

namespace plenary::records {
namespace {

constexpr const char* kSchema[] = {
    "CREATE TABLE IF NOT EXISTS plenary_callback_urls (meeting_id TEXT NOT NULL, tenant_id TEXT NOT NULL, scoped_id TEXT NOT NULL, "
    "analytics_url TEXT, recording_ready_url TEXT, meeting_ended_url TEXT, PRIMARY KEY (meeting_id, tenant_id))",
    "CREATE INDEX IF NOT EXISTS plenary_callback_urls_scoped_id ON plenary_callback_urls (scoped_id) WHERE scoped_id <> ''",

    // AUTOINCREMENT: the ID of a callback that was dropped must never be another's, or the sender would report on the wrong one. The payload
    // stands last, so that the other columns are read without it.
    "CREATE TABLE IF NOT EXISTS plenary_callbacks (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, tenant_id TEXT NOT NULL, "
    "meeting_id TEXT NOT NULL, url TEXT NOT NULL, host TEXT NOT NULL, order_key TEXT NOT NULL, dedupe_key TEXT NOT NULL, state TEXT NOT NULL, "
    "created_at_ms BIGINT NOT NULL, next_attempt_ms BIGINT NOT NULL, finished_at_ms BIGINT NOT NULL, attempts INTEGER NOT NULL, "
    "last_status INTEGER NOT NULL, last_error TEXT NOT NULL, payload TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS plenary_callbacks_due ON plenary_callbacks (next_attempt_ms, id) WHERE state = 'pending'",
    "CREATE INDEX IF NOT EXISTS plenary_callbacks_order ON plenary_callbacks (order_key, id) WHERE state = 'pending'",
    "CREATE INDEX IF NOT EXISTS plenary_callbacks_lanes ON plenary_callbacks (tenant_id, host, next_attempt_ms, id) WHERE state = 'pending'",
    "CREATE INDEX IF NOT EXISTS plenary_callbacks_dedupe ON plenary_callbacks (dedupe_key) WHERE dedupe_key <> ''",
    "CREATE INDEX IF NOT EXISTS plenary_callbacks_delivered ON plenary_callbacks (finished_at_ms) WHERE state = 'delivered'",
    "CREATE INDEX IF NOT EXISTS plenary_callbacks_dead ON plenary_callbacks (finished_at_ms) WHERE state = 'dead'",

    "CREATE TABLE IF NOT EXISTS plenary_usage (month TEXT NOT NULL, tenant_id TEXT NOT NULL, meetings BIGINT NOT NULL, "
    "peak_participants BIGINT NOT NULL, participant_minutes DOUBLE PRECISION NOT NULL, PRIMARY KEY (month, tenant_id))",

    "CREATE TABLE IF NOT EXISTS plenary_hooks (id TEXT NOT NULL PRIMARY KEY, tenant_id TEXT NOT NULL, callback_url TEXT NOT NULL, "
    "meeting_id TEXT, event_ids TEXT, raw INTEGER NOT NULL, created_at_ms BIGINT NOT NULL, UNIQUE (tenant_id, callback_url))",
};

}  // namespace

std::span<const char* const> Schema() { return kSchema; }

}  // namespace plenary::records
