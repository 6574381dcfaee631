// What must still be told to front-ends: a durable queue in `records.db`. At least once, in order per meeting and receiver, never again after
// a success. Payloads are kept unsigned; the sender signs with the secrets of the moment. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "records/database.hpp"

namespace plenary::records {

enum class CallbackKind : std::uint8_t { kRecordingReady, kAnalytics, kMeetingEnded, kHook };
std::string_view CallbackKindName(CallbackKind kind);  // "recording-ready", "analytics", "meeting-ended", "hook"

enum class CallbackState : std::uint8_t { kPending, kDelivered, kDead };
std::string_view CallbackStateName(CallbackState state);  // "pending", "delivered", "dead"

struct Callback {
  std::int64_t id = 0;
  CallbackKind kind = CallbackKind::kMeetingEnded;
  std::string tenant_id, meeting_id;  // the client's
  std::string url;
  std::string host;        // whom the URL calls, with the port; "?" when it is no HTTP URL
  std::string payload;     // kind's own: JSON, claims, an event; unsigned
  std::string order_key;   // within one key strictly in the order of enqueueing
  std::string dedupe_key;  // "" = never the same as another
  CallbackState state = CallbackState::kPending;
  std::int64_t created_at_ms = 0, next_attempt_ms = 0, finished_at_ms = 0;
  int attempts = 0;
  int last_status = 0;     // HTTP, 0 = none
  std::string last_error;  // for the operator; no secrets
};

struct CallbackFilter {
  std::optional<CallbackState> state;       // nothing: pending and dead
  std::optional<std::string> tenant_id;
  std::int64_t after_id = 0;
  std::size_t limit = 100;
};

struct CallbackCounts {
  std::int64_t pending = 0, dead = 0;
};

/// What is pending of one tenant for one receiver. Who sends chooses among lanes, so that a long one keeps nobody else waiting.
struct CallbackLane {
  std::string tenant_id, host;
  std::int64_t next_attempt_ms = 0;  // the earliest in it
};

class Outbox {
 public:
  Outbox(Database& database, const Clock& clock);
  ~Outbox();

  /// Durable when `done(true)` or `done(false)`: false = the same (dedupe_key) is pending already, or was delivered less than `quiet` ago.
  /// `done` on the database's thread; at once with kTooLarge (limits.hpp). kLimit: too many of this tenant are pending. kIo. ID, host, state,
  /// times, attempts and results of `callback` are set here.
  void Enqueue(Callback callback, std::chrono::milliseconds quiet, std::function<void(const Result<bool>&)> done);
  /// Called when something may have become due; on any thread, must not block or call this class. When it was replaced (by an empty one), it is
  /// not called any more.
  void OnNews(std::function<void()> news);

  /// The lanes with something whose time has come. The cost grows with the number of lanes, not with what waits in them. Blocks, as all below.
  Result<std::vector<CallbackLane>> DueLanes(std::int64_t now_ms);
  /// What comes next in a lane: of those whose time has come and which are the first of their order_key the one that waits longest, but none of
  /// `except`. Nothing when there is none.
  Result<std::optional<Callback>> NextIn(const CallbackLane& lane, std::int64_t now_ms, const std::vector<std::int64_t>& except);
  /// When the next one becomes due; nothing when none is pending.
  Result<std::optional<std::int64_t>> NextDue();
  // What came of an attempt; durable when they return. Nothing happens to one that was dropped meanwhile. A delivered one keeps no payload.
  Status Delivered(std::int64_t id, int status);
  Status Failed(std::int64_t id, int status, std::string error, std::int64_t next_attempt_ms);
  Status Dead(std::int64_t id, int status, std::string error);

  /// Sorted by ID, without payloads.
  Result<std::vector<Callback>> List(const CallbackFilter& filter);
  Result<CallbackCounts> Counts();
  /// Pending and dead ones (`all`, or those of `ids`; of this tenant) become due at once; how many. A dead one begins to count its attempts anew.
  Result<std::int64_t> Retry(const std::vector<std::int64_t>& ids, const std::optional<std::string>& tenant_id, bool all);
  /// Removes pending and dead ones, chosen as above; how many.
  Result<std::int64_t> Drop(const std::vector<std::int64_t>& ids, const std::optional<std::string>& tenant_id, bool all);
  /// Removes those that were delivered more than a week ago or are dead for 90 days.
  Status Purge(std::int64_t now_ms);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenary::records
