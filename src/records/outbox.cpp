#include "records/outbox.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include <soci/soci.h>

#include "base/url.hpp"
#include "records/limits.hpp"
#include "records/listener.hpp"
#include "records/query.hpp"

namespace plenary::records {
namespace {

constexpr std::array<std::string_view, 4> kKinds{"recording-ready", "analytics", "meeting-ended", "hook"};
constexpr std::array<std::string_view, 3> kStates{"pending", "delivered", "dead"};

constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;
constexpr std::int64_t kKeepDeliveredMs = 7 * kDayMs;
constexpr std::int64_t kKeepDeadMs = 90 * kDayMs;
constexpr auto kFullFor = std::chrono::seconds(1);  // a tenant that is at its limit is counted again

template <class Enum, std::size_t kSize>
Enum ByName(const std::array<std::string_view, kSize>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw soci::soci_error("a callback has the unknown kind or state \"" + name + "\"");
  return static_cast<Enum>(found - names.begin());
}

/// The callbacks that the rest of a query selects. Their payloads are up to 5 MiB each and read only when wanted.
template <class... Values>
std::vector<Callback> Select(soci::session& sql, bool with_payload, const std::string& rest, const Values&... values) {
  std::vector<Callback> callbacks;
  Callback callback;
  std::string kind, state;
  long long id = 0, created_at_ms = 0, next_attempt_ms = 0, finished_at_ms = 0;
  soci::statement select(sql);
  (select.exchange(soci::use(values)), ...);
  select.exchange(soci::into(id));
  select.exchange(soci::into(kind));
  select.exchange(soci::into(callback.tenant_id));
  select.exchange(soci::into(callback.meeting_id));
  select.exchange(soci::into(callback.url));
  select.exchange(soci::into(callback.host));
  select.exchange(soci::into(callback.order_key));
  select.exchange(soci::into(callback.dedupe_key));
  select.exchange(soci::into(state));
  select.exchange(soci::into(created_at_ms));
  select.exchange(soci::into(next_attempt_ms));
  select.exchange(soci::into(finished_at_ms));
  select.exchange(soci::into(callback.attempts));
  select.exchange(soci::into(callback.last_status));
  select.exchange(soci::into(callback.last_error));
  select.exchange(soci::into(callback.payload));
  select.alloc();
  select.prepare("SELECT id, kind, tenant_id, meeting_id, url, host, order_key, dedupe_key, state, created_at_ms, next_attempt_ms, "
                 "finished_at_ms, attempts, last_status, last_error, " +
                 std::string(with_payload ? "payload" : "''") + " FROM plenary_callbacks " + rest);
  select.define_and_bind();
  select.execute();
  while (select.fetch()) {
    callback.id = id;
    callback.kind = ByName<CallbackKind>(kKinds, kind);
    callback.state = ByName<CallbackState>(kStates, state);
    callback.created_at_ms = created_at_ms;
    callback.next_attempt_ms = next_attempt_ms;
    callback.finished_at_ms = finished_at_ms;
    callbacks.push_back(callback);
  }
  return callbacks;
}

/// No earlier one of the same order_key is pending.
constexpr std::string_view kIsFirst =
    "NOT EXISTS (SELECT 1 FROM plenary_callbacks AS earlier WHERE earlier.state = 'pending' AND "
    "earlier.order_key = plenary_callbacks.order_key AND earlier.id < plenary_callbacks.id)";

bool IsKnown(soci::session& sql, const std::string& dedupe_key, long long delivered_after_ms) {
  int known = 0;
  sql << "SELECT COUNT(*) FROM plenary_callbacks WHERE dedupe_key = :key AND dedupe_key <> '' AND "
         "(state = 'pending' OR (state = 'delivered' AND finished_at_ms > :after))",
      soci::use(dedupe_key), soci::use(delivered_after_ms), soci::into(known);
  return known > 0;
}

/// One that has to wait for a callback in its backoff is not looked at before that one is due: Due and NextDue would go through all that
/// pile up behind a receiver which does not answer.
long long FirstAttemptMs(soci::session& sql, const std::string& order_key, long long now_ms) {
  long long first_of_key_ms = 0;
  sql << "SELECT next_attempt_ms FROM plenary_callbacks WHERE state = 'pending' AND order_key = :key ORDER BY id LIMIT 1",
      soci::use(order_key), soci::into(first_of_key_ms);
  return std::max(now_ms, first_of_key_ms);
}

std::string HostOf(const std::string& url) {
  const Result<Endpoint> endpoint = ParseEndpoint(url);
  return endpoint ? endpoint->host_header : std::string("?");
}

void Insert(soci::session& sql, const Callback& callback, long long now_ms) {
  const std::string kind(CallbackKindName(callback.kind)), host = HostOf(callback.url);
  const long long next_attempt_ms = FirstAttemptMs(sql, callback.order_key, now_ms);
  sql << "INSERT INTO plenary_callbacks (kind, tenant_id, meeting_id, url, host, order_key, dedupe_key, state, created_at_ms, next_attempt_ms, "
         "finished_at_ms, attempts, last_status, last_error, payload) VALUES (:kind, :tenant, :meeting, :url, :host, :order_key, :dedupe_key, "
         "'pending', :created, :next, 0, 0, 0, '', :payload)",
      soci::use(kind), soci::use(callback.tenant_id), soci::use(callback.meeting_id), soci::use(callback.url), soci::use(host),
      soci::use(callback.order_key), soci::use(callback.dedupe_key), soci::use(now_ms), soci::use(next_attempt_ms), soci::use(callback.payload);
}

/// Carries out `change` (a statement without its condition) on pending and dead ones: all or those with these IDs, of one tenant when given.
/// How many there were.
std::int64_t ChangeUndelivered(soci::session& sql, const std::string& change, const std::vector<std::int64_t>& ids,
                               const std::optional<std::string>& tenant_id, bool all) {
  long long id = 0;
  soci::statement statement(sql);
  if (tenant_id) statement.exchange(soci::use(*tenant_id));
  if (!all) statement.exchange(soci::use(id));
  statement.alloc();
  statement.prepare(change + " WHERE state <> 'delivered'" + (tenant_id ? " AND tenant_id = :tenant" : "") + (all ? "" : " AND id = :id"));
  statement.define_and_bind();
  if (all) {
    statement.execute(true);
    return statement.get_affected_rows();
  }
  std::int64_t changed = 0;
  for (const std::int64_t each : ids) {
    id = each;
    statement.execute(true);
    changed += statement.get_affected_rows();
  }
  return changed;
}

}  // namespace

std::string_view CallbackKindName(CallbackKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view CallbackStateName(CallbackState state) { return kStates[static_cast<std::size_t>(state)]; }

struct Outbox::Impl {
  Impl(Database& db, const Clock& its_clock) : database(db), clock(its_clock) {}
  ~Impl() { database.Flush(); }  // what is under way calls back here

  /// On the writer's thread. Counting up to the limit takes milliseconds, so it is done once per as many as there is room for.
  bool TakeRoom(soci::session& sql, const std::string& tenant_id) {
    Room& room = rooms[tenant_id];
    if (room.left == 0 && clock.Steady() >= room.full_until) {
      long long pending = 0;
      sql << "SELECT COUNT(*) FROM plenary_callbacks WHERE state = 'pending' AND tenant_id = :tenant", soci::use(tenant_id), soci::into(pending);
      room.left = std::max<std::int64_t>(0, kMaxPendingCallbacksPerTenant - pending);
      if (room.left == 0) room.full_until = clock.Steady() + kFullFor;
    }
    if (room.left == 0) return false;
    --room.left;
    return true;
  }

  Result<bool> Enqueue(soci::session& sql, const Callback& callback, std::chrono::milliseconds quiet) {
    const std::int64_t now_ms = ToMs(clock.Now());
    if (IsKnown(sql, callback.dedupe_key, now_ms - quiet.count())) return false;
    if (!TakeRoom(sql, callback.tenant_id)) {
      return Fail(ErrorCode::kLimit, std::to_string(kMaxPendingCallbacksPerTenant) + " callbacks are waiting already");
    }
    Insert(sql, callback, now_ms);
    return true;
  }

  /// Ends a pending one; the next of its order_key may go.
  Status Finish(CallbackState state, std::int64_t id, int status, std::string error) {
    const Status written = database.WriteAndWait([=, this](soci::session& sql) {
      const std::string name(CallbackStateName(state));
      const long long now_ms = ToMs(clock.Now()), row = id;
      sql << "UPDATE plenary_callbacks SET state = :state, attempts = attempts + 1, last_status = :status, last_error = :error, "
             "finished_at_ms = :now WHERE id = :id AND state = 'pending'",
          soci::use(name), soci::use(status), soci::use(error), soci::use(now_ms), soci::use(row);
      if (state == CallbackState::kDelivered) sql << "UPDATE plenary_callbacks SET payload = '' WHERE id = :id", soci::use(row);
    });
    if (written) news.Tell();
    return written;
  }

  Result<std::int64_t> Change(const std::string& change, const std::vector<std::int64_t>& ids, const std::optional<std::string>& tenant_id,
                              bool all) {
    std::int64_t changed = 0;
    const Status written = database.WriteAndWait([&](soci::session& sql) {
      changed = ChangeUndelivered(sql, change, ids, tenant_id, all);
      rooms.clear();
    });
    if (!written) return tl::unexpected<Error>(written.error());
    if (changed > 0) news.Tell();
    return changed;
  }

  struct Room {
    std::int64_t left = 0;  // so many more are certainly within the limit
    SteadyTime full_until{};
  };

  Database& database;
  const Clock& clock;
  Listener news;
  std::unordered_map<std::string, Room> rooms;  // by tenant; the writer's thread's own
};

Outbox::Outbox(Database& database, const Clock& clock) : impl_(std::make_unique<Impl>(database, clock)) {}
Outbox::~Outbox() = default;

void Outbox::Enqueue(Callback callback, std::chrono::milliseconds quiet, std::function<void(const Result<bool>&)> done) {
  if (callback.url.size() > kMaxUrlBytes) return done(Fail(ErrorCode::kTooLarge, "the URL of a callback is longer than 8 KiB"));
  if (callback.payload.size() > kMaxPayloadBytes) return done(Fail(ErrorCode::kTooLarge, "a callback is bigger than 5 MiB"));
  Impl* const impl = impl_.get();
  WriteValue(
      impl->database,
      [impl, callback = std::move(callback), quiet](soci::session& sql) { return impl->Enqueue(sql, callback, quiet); },
      [impl, done = std::move(done)](const Result<bool>& added) {
        if (added && *added) impl->news.Tell();
        done(added);
      });
}

void Outbox::OnNews(std::function<void()> news) { impl_->news.Set(std::move(news)); }

Result<std::vector<CallbackLane>> Outbox::DueLanes(std::int64_t now_ms) {
  return ReadValue(impl_->database, [now_ms](soci::session& sql) {
    // From the first of each lane to the next lane in plenary_callbacks_lanes: hosts are never empty, so nothing is before the first step.
    std::vector<CallbackLane> lanes;
    std::string after_tenant, after_host, tenant_id, host;
    long long next_attempt_ms = 0;
    soci::statement step = (sql.prepare << "SELECT tenant_id, host, next_attempt_ms FROM plenary_callbacks WHERE state = 'pending' AND "
                                           "(tenant_id, host) > (:tenant, :host) ORDER BY tenant_id, host, next_attempt_ms LIMIT 1",
                            soci::use(after_tenant), soci::use(after_host), soci::into(tenant_id), soci::into(host), soci::into(next_attempt_ms));
    while (step.execute(true)) {
      after_tenant = tenant_id;
      after_host = host;
      if (next_attempt_ms <= now_ms) lanes.push_back({tenant_id, host, next_attempt_ms});
    }
    return lanes;
  });
}

Result<std::optional<Callback>> Outbox::NextIn(const CallbackLane& lane, std::int64_t now_ms, const std::vector<std::int64_t>& except) {
  return ReadValue(impl_->database, [&, now = static_cast<long long>(now_ms)](soci::session& sql) -> std::optional<Callback> {
    std::string others;
    for (const std::int64_t id : except) others += (others.empty() ? "" : ", ") + std::to_string(id);
    std::vector<Callback> found =
        Select(sql, true, "WHERE state = 'pending' AND tenant_id = :tenant AND host = :host AND next_attempt_ms <= :now AND id NOT IN (" + others +
                              ") AND " + std::string(kIsFirst) + " ORDER BY next_attempt_ms, id LIMIT 1",
               lane.tenant_id, lane.host, now);
    return found.empty() ? std::nullopt : std::optional<Callback>(std::move(found.front()));
  });
}

Result<std::optional<std::int64_t>> Outbox::NextDue() {
  return ReadValue(impl_->database, [](soci::session& sql) -> std::optional<std::int64_t> {
    long long next_ms = 0;
    sql << "SELECT next_attempt_ms FROM plenary_callbacks WHERE state = 'pending' AND " + std::string(kIsFirst) +
               " ORDER BY next_attempt_ms, id LIMIT 1",
        soci::into(next_ms);
    return sql.got_data() ? std::optional<std::int64_t>(next_ms) : std::nullopt;
  });
}

Status Outbox::Delivered(std::int64_t id, int status) { return impl_->Finish(CallbackState::kDelivered, id, status, ""); }

Status Outbox::Failed(std::int64_t id, int status, std::string error, std::int64_t next_attempt_ms) {
  return impl_->database.WriteAndWait([row = static_cast<long long>(id), status, error = std::move(error),
                                       next = static_cast<long long>(next_attempt_ms)](soci::session& sql) {
    sql << "UPDATE plenary_callbacks SET attempts = attempts + 1, last_status = :status, last_error = :error, next_attempt_ms = :next "
           "WHERE id = :id AND state = 'pending'",
        soci::use(status), soci::use(error), soci::use(next), soci::use(row);
    // Those that wait for it, as in FirstAttemptMs.
    sql << "UPDATE plenary_callbacks SET next_attempt_ms = :next WHERE state = 'pending' AND order_key = "
           "(SELECT order_key FROM plenary_callbacks WHERE id = :id AND state = 'pending') AND id > :first AND next_attempt_ms < :soonest",
        soci::use(next), soci::use(row), soci::use(row), soci::use(next);
  });
}

Status Outbox::Dead(std::int64_t id, int status, std::string error) {
  return impl_->Finish(CallbackState::kDead, id, status, std::move(error));
}

Result<std::vector<Callback>> Outbox::List(const CallbackFilter& filter) {
  return ReadValue(impl_->database, [&filter](soci::session& sql) {
    const long long after = filter.after_id, limit = static_cast<long long>(filter.limit);
    const std::string states = filter.state ? "state = '" + std::string(CallbackStateName(*filter.state)) + "'" : "state <> 'delivered'";
    const std::string begin = "WHERE id > :after AND " + states, end = " ORDER BY id LIMIT :limit";
    if (!filter.tenant_id) return Select(sql, false, begin + end, after, limit);
    return Select(sql, false, begin + " AND tenant_id = :tenant" + end, after, *filter.tenant_id, limit);
  });
}

Result<CallbackCounts> Outbox::Counts() {
  return ReadValue(impl_->database, [](soci::session& sql) {
    long long pending = 0, dead = 0;
    sql << "SELECT COUNT(*) FROM plenary_callbacks WHERE state = 'pending'", soci::into(pending);
    sql << "SELECT COUNT(*) FROM plenary_callbacks WHERE state = 'dead'", soci::into(dead);
    return CallbackCounts{pending, dead};
  });
}

Result<std::int64_t> Outbox::Retry(const std::vector<std::int64_t>& ids, const std::optional<std::string>& tenant_id, bool all) {
  // A dead one gets all its attempts again.
  const std::string now = std::to_string(ToMs(impl_->clock.Now()));
  return impl_->Change("UPDATE plenary_callbacks SET attempts = CASE WHEN state = 'dead' THEN 0 ELSE attempts END, finished_at_ms = 0, "
                       "next_attempt_ms = " + now + ", state = 'pending'",
                       ids, tenant_id, all);
}

Result<std::int64_t> Outbox::Drop(const std::vector<std::int64_t>& ids, const std::optional<std::string>& tenant_id, bool all) {
  return impl_->Change("DELETE FROM plenary_callbacks", ids, tenant_id, all);
}

Status Outbox::Purge(std::int64_t now_ms) {
  return impl_->database.WriteAndWait([now_ms](soci::session& sql) {
    const long long delivered_before = now_ms - kKeepDeliveredMs, dead_before = now_ms - kKeepDeadMs;
    sql << "DELETE FROM plenary_callbacks WHERE state = 'delivered' AND finished_at_ms < :before", soci::use(delivered_before);
    sql << "DELETE FROM plenary_callbacks WHERE state = 'dead' AND finished_at_ms < :before", soci::use(dead_before);
  });
}

}  // namespace plenary::records
