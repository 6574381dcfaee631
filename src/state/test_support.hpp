// What the unit tests of this folder share: a clock that stands still, repeatable randomness, a journal that fails when told to, and a
// pool of nodes around a LiveState.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "state/live_state.hpp"

namespace plenary::state::testing {

inline constexpr std::int64_t kStart = 1'700'000'000'000;
inline constexpr std::int64_t kSecond = 1000;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;

class TestClock final : public Clock {
 public:
  WallTime Now() const override { return FromMs(now_ms.load()); }
  SteadyTime Steady() const override { return SteadyTime(std::chrono::milliseconds(now_ms.load())); }
  std::atomic<std::int64_t> now_ms{kStart};
};

class TestRandom final : public Random {
 public:
  std::uint64_t Next() override {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_ = 1;
};

class TestHistory final : public pool::HistorySink {
 public:
  void Record(pool::Decision decision) override {
    const std::lock_guard lock(mutex);
    decisions.push_back(std::move(decision));
  }
  void Record(pool::RoomHistory room) override {
    const std::lock_guard lock(mutex);
    rooms.push_back(std::move(room));
  }
  std::mutex mutex;
  std::vector<pool::Decision> decisions;
  std::vector<pool::RoomHistory> rooms;
};

/// Holds changes until Run, which writes them in order or lets them fail.
class TestJournal final : public Journal {
 public:
  void Append(std::vector<Change> changes) override {
    for (Change& change : changes) queue.push_back(std::move(change));
  }
  void Flush() override {}
  /// Also what comes of the first ones. The rows that were written are appended to `written`.
  void Run() {
    while (!queue.empty()) {
      Change change = std::move(queue.front());
      queue.pop_front();
      if (!fail) written.insert(written.end(), change.rows.begin(), change.rows.end());
      if (change.done) change.done(fail ? Status(plenary::Fail(ErrorCode::kIo, "disk full")) : Status());
    }
  }
  template <class T>
  std::size_t Count() const {
    const auto is_one = [](const Row& row) { return std::holds_alternative<T>(row); };
    return static_cast<std::size_t>(std::count_if(written.begin(), written.end(), is_one));
  }
  std::deque<Change> queue;
  std::vector<Row> written;
  bool fail = false;
};

/// Where a `done` leaves its result.
template <class T>
using Slot = std::shared_ptr<std::optional<Result<T>>>;
template <class T>
std::pair<Slot<T>, StateStore::Done<T>> MakeSlot() {
  auto slot = std::make_shared<std::optional<Result<T>>>();
  return {slot, [slot](Result<T> result) {
            if (slot->has_value()) std::abort();  // `done` was called twice
            slot->emplace(std::move(result));
          }};
}

inline bbb::NodeMeeting Listed(std::string meeting_id, std::string internal_id, std::int64_t participants = 0,
                               std::int64_t create_time_ms = kStart) {
  bbb::NodeMeeting meeting;
  meeting.internal_id = std::move(internal_id);
  meeting.moderator_pw = "mp-" + meeting_id;
  meeting.attendee_pw = "ap-" + meeting_id;
  meeting.meeting_id = std::move(meeting_id);
  meeting.create_time_ms = create_time_ms;
  meeting.participants = participants;
  for (std::int64_t i = 0; i < participants; ++i) meeting.attendee_ids.push_back(static_cast<std::uint64_t>(i));
  meeting.raw = "<meeting/>";
  return meeting;
}

/// A tenant with the name of its ID.
inline pool::Tenant MakeTenant(const std::string& id, pool::TenantLimits limits = {}) {
  pool::Tenant tenant;
  tenant.id = id;
  tenant.name = id;
  tenant.secrets = {"secret-" + id};
  tenant.limits = limits;
  return tenant;
}

inline pool::ApiToken MakeToken(const std::string& id, pool::TokenScope scope, const std::string& tenant_id = {}, const std::string& node_id = {}) {
  pool::ApiToken token{.id = id, .name = "for " + id, .scope = scope, .tenant_id = tenant_id, .node_id = node_id};
  token.digest = Digest(DigestAlgorithm::kSha256, {id}).view();
  return token;
}

class Pool {
 public:
  explicit Pool(StateOptions options = {}) {
    auto owned = std::make_unique<TestJournal>();
    journal = owned.get();
    state = std::make_unique<LiveState>(std::move(owned), options, clock, random, &history);
  }

  /// An enabled node that is online.
  void AddNode(const std::string& id, double multiplier = 1.0, const std::string& tag = "") {
    pool::Node node{.id = id, .url = "http://" + id + ".test/bigbluebutton/api", .secret = "s", .tag = tag, .load_multiplier = multiplier};
    node.state = pool::AdminState::kEnabled;
    state->AddNode(std::move(node), [](const auto&) {});
    journal->Run();
    Poll(id, {});
  }
  void SetState(const std::string& id, pool::AdminState admin_state) {
    pool::NodePatch patch;
    patch.state = admin_state;
    state->UpdateNode(id, patch, [](const auto&) {});
    journal->Run();
  }
  /// A poll that was answered at once.
  PollOutcome Poll(const std::string& id, std::vector<bbb::NodeMeeting> meetings, std::int64_t started_ago_ms = 0) {
    auto [slot, done] = MakeSlot<PollOutcome>();
    const std::int64_t now_ms = clock.now_ms;
    state->ApplyPoll({.node_id = id, .started_at_ms = now_ms - started_ago_ms, .now_ms = now_ms, .meetings = std::move(meetings)}, done);
    journal->Run();
    return **slot ? ***slot : PollOutcome();
  }
  PollOutcome FailPoll(const std::string& id) {
    auto [slot, done] = MakeSlot<PollOutcome>();
    state->ApplyPollFailure(id, "no answer", clock.now_ms, done);
    journal->Run();
    return ***slot;
  }
  /// Not written until the journal runs.
  Slot<ClaimResult> StartClaim(ClaimRequest request) {
    auto [slot, done] = MakeSlot<ClaimResult>();
    state->Claim(std::move(request), done);
    return slot;
  }
  Result<ClaimResult> Claim(const std::string& meeting_id, const std::string& tenant_id = {}) {
    auto slot = StartClaim({.meeting_id = meeting_id, .tenant_id = tenant_id, .moderator_pw = "mp-" + meeting_id});
    journal->Run();
    return **slot;
  }
  MeetingPtr Create(const std::string& meeting_id, const std::string& tenant_id = {}) {
    const Result<ClaimResult> claim = Claim(meeting_id, tenant_id);
    if (!claim) return nullptr;
    state->Settle(claim->meeting, {.internal_id = "int-" + meeting_id, .create_time_ms = clock.now_ms});
    journal->Run();
    return state->FindMeeting(tenant_id, meeting_id);
  }
  Result<TenantPtr> AddTenant(pool::Tenant tenant) {
    auto [slot, done] = MakeSlot<TenantPtr>();
    state->AddTenant(std::move(tenant), done);
    journal->Run();
    return **slot;
  }
  Result<TenantPtr> UpdateTenant(const std::string& id, StateStore::TenantChange change, std::optional<std::uint64_t> if_revision = {}) {
    auto [slot, done] = MakeSlot<TenantPtr>();
    state->UpdateTenant(id, std::move(change), if_revision, done);
    journal->Run();
    return **slot;
  }
  Status RemoveTenant(const std::string& id) {
    auto [slot, done] = MakeSlot<void>();
    state->RemoveTenant(id, done);
    journal->Run();
    return **slot;
  }
  Status AddToken(pool::ApiToken token) {
    auto [slot, done] = MakeSlot<void>();
    state->AddToken(std::move(token), done);
    journal->Run();
    return **slot;
  }
  std::optional<double> Load(const std::string& id) const { return state->LoadOf(id).load; }
  void Pass(std::int64_t ms) {
    clock.now_ms += ms;
    state->Sweep(clock.now_ms);
    journal->Run();
  }

  TestClock clock;
  TestRandom random;
  TestHistory history;
  TestJournal* journal = nullptr;  // the state's
  std::unique_ptr<LiveState> state;
};

}  // namespace plenary::state::testing
