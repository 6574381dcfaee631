// The live pool in memory, and every decision about it: a StateStore that hands its changes to a Journal and does no I/O itself.
// One decision lock (claims, polls, changes of nodes: microseconds each) and 64 shard locks (joins, look-ups; see meeting_map.hpp).
// Callbacks run without any lock, on the caller's thread or on the journal's.
//
// What is promised to a caller (a claim, a change of a node) is `required`: when it can't be written it is undone in memory and reported.
// What the world did (a poll, an answer of a node, an end) stays in memory and is written as soon as that is possible again.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"
#include "pool/placement.hpp"
#include "pool/server_tags.hpp"
#include "state/journal.hpp"
#include "state/meeting_map.hpp"
#include "state/state_store.hpp"

namespace plenary::state {

class LiveState : public StateStore {
 public:
  /// `history` may be null; it and the references outlive this.
  LiveState(std::unique_ptr<Journal> journal, StateOptions options, Clock& clock, Random& random, pool::HistorySink* history);
  /// Writes what is queued; whoever still waits for a claim gets kCancelled.
  ~LiveState() override;
  LiveState(const LiveState&) = delete;
  LiveState& operator=(const LiveState&) = delete;

  /// Takes over what a store held; before anything else is called. Rows that lost their node are dropped from the store.
  void Load(SavedRows rows);

  std::shared_ptr<const NodeTable> Nodes() const override;
  MeetingPtr FindMeeting(std::string_view tenant_id, std::string_view meeting_id) const override;
  JoinTarget Join(std::string_view tenant_id, std::string_view meeting_id, std::uint64_t person, bool anonymous) override;
  std::vector<MeetingPtr> Meetings(std::optional<std::string_view> node_id = std::nullopt) const override;
  std::vector<KnownMeeting> KnownMeetings(std::string_view node_id) const override;
  NodeLoad LoadOf(std::string_view node_id) const override;
  std::size_t MeetingCount() const override { return meetings_.size(); }

  void AddNode(pool::Node node, Done<NodePtr> done) override;
  void UpdateNode(std::string id, pool::NodePatch patch, Done<NodePtr> done) override;
  void RemoveNode(std::string id, Done<std::vector<MeetingPtr>> done) override;
  void SetVersion(std::string id, std::string bbb_version) override;

  void Claim(ClaimRequest request, Done<ClaimResult> done) override;
  void Reassign(MeetingPtr claim, std::vector<std::string> tried, std::string server_tag, std::optional<pool::EndReason> owe_end,
                Done<ClaimResult> done) override;
  void Settle(const MeetingPtr& claim, Settlement settlement) override;
  void Release(const MeetingPtr& claim, std::optional<pool::EndReason> owe_end, Done<void> done) override;
  void Forget(const MeetingPtr& meeting, std::optional<pool::EndReason> owe_end, Done<void> done) override;

  void ApplyPoll(PollReport report, Done<PollOutcome> done) override;
  void ApplyPollFailure(std::string node_id, std::string error, std::int64_t now_ms, Done<PollOutcome> done) override;
  void EndDone(std::int64_t pending_end_id) override;
  std::vector<pool::PendingEnd> PendingEnds() const override;
  void Sweep(std::int64_t now_ms) override;
  void Flush() override { journal_->Flush(); }

 private:
  struct Waiter {
    ClaimRequest request;
    Done<ClaimResult> done;
  };

  /// One hold of the decision lock. At its end those who were woken claim again, the changes go to the journal, the lock is
  /// released, and only then callbacks run.
  class Turn {
   public:
    explicit Turn(LiveState& state) : state_(state), lock_(state.decision_) {}
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    void Write(Row row) { rows_.push_back(std::move(row)); }                       // memory stands
    void OnWritten(std::function<void(const Status&)> done) { written_ = std::move(done); }  // once for all of Write
    void Require(std::vector<Row> rows, std::function<void(const Status&)> done) {
      changes_.push_back({std::move(rows), true, std::move(done)});
    }
    void Later(std::function<void()> call) { later_.push_back(std::move(call)); }  // without the lock
    void Wake(std::vector<Waiter> waiters);

   private:
    LiveState& state_;
    std::unique_lock<std::mutex> lock_;
    std::vector<Row> rows_;
    std::function<void(const Status&)> written_;
    std::vector<Change> changes_;
    std::vector<Waiter> woken_;
    std::vector<std::function<void()>> later_;
  };

  // Everything below needs the decision lock.

  // live_nodes.cpp
  NodeSlot* FindSlot(std::string_view id) const;  // null while it is being removed
  Result<NodePtr> MakeView(pool::Node node, const NodeView* before) const;
  NodeSlot& InsertSlot(NodePtr view);
  std::vector<MeetingPtr> EraseSlot(Turn& turn, NodeSlot& slot);
  void Publish(NodeSlot& slot, NodePtr view);
  void PublishTable();

  // live_claims.cpp
  void ClaimNow(Turn& turn, ClaimRequest request, Done<ClaimResult> done);
  /// Never null. kNoServers, kTagUnavailable.
  Result<NodeSlot*> Place(Turn& turn, std::string_view tenant_id, std::string_view meeting_id, std::span<const std::string> tried,
                          const pool::TagWish& wish);
  void KeepTagged(const pool::TagWish& wish, bool wished, pool::Decision& decision);
  std::optional<pool::Exclusion> WhyNot(const NodeSlot& slot, std::span<const std::string> tried) const;
  void KeepDecision(Turn& turn, pool::Decision decision, std::optional<std::size_t> chosen);
  std::string AllocateVoiceBridge(const ClaimRequest& request) const;
  Entry* Current(const pool::Meeting& meeting) const;  // null when forgotten or claimed anew
  void SettleEntry(Turn& turn, Entry& entry, const Settlement& settlement, std::int64_t now_ms);
  void TakeVoiceBridge(Entry& entry, pool::Meeting& next, const std::string& number);
  void UndoClaim(const MeetingPtr& claim, const Error& error, const Done<ClaimResult>& done);
  void UndoReassign(const MeetingPtr& claim, const MeetingPtr& before, std::optional<pool::PendingEnd> owed, const Error& error,
                    const Done<ClaimResult>& done);
  std::vector<Waiter> TakeWaiters(const Entry& entry);
  /// Puts the settled meeting back that the entry's claim should have replaced. False when there is none.
  bool Restore(Turn& turn, Entry& entry);
  /// An entry for a meeting that was forgotten while its node made it anew; null when the ID is claimed or the node gone.
  Entry* Reopen(Turn& turn, const pool::Meeting& meeting, const Settlement& settlement);
  static void Refuse(Turn& turn, std::vector<Waiter> waiters, const Error& error);
  /// Forgets it everywhere; those who wait for it claim anew at the end of the turn.
  void Drop(Turn& turn, Entry& entry, std::int64_t now_ms);
  void Replace(Entry& entry, MeetingPtr meeting, NodeSlot& slot) {
    meetings_.Replace(entry, std::move(meeting), slot, options_.load, NowMs());
  }

  // live_polls.cpp
  struct Poll;
  void TakeListed(Turn& turn, Poll& poll, const bbb::NodeMeeting& listed);
  void Refresh(Turn& turn, Entry& entry, const Poll& poll, const bbb::NodeMeeting& listed);
  void TakeUnclaimed(Turn& turn, Poll& poll, const bbb::NodeMeeting& listed);
  void DropMissing(Turn& turn, Poll& poll);
  void DropOldEnds(Turn& turn, NodeSlot& slot, std::int64_t now_ms);
  /// The end that is owed now and is not owed yet; nothing when it is.
  std::optional<pool::PendingEnd> Owe(NodeSlot& slot, const pool::Meeting& meeting, pool::EndReason reason, std::int64_t now_ms);
  void WriteOwed(Turn& turn, const pool::Meeting& meeting, std::optional<pool::EndReason> reason, std::int64_t now_ms);

  std::int64_t NowMs() const { return ToMs(clock_.Now()); }
  static double LoadValue(const NodeSlot& slot, pool::LoadModel model);

  const StateOptions options_;
  Clock& clock_;
  Random& random_;
  pool::HistorySink* const history_;

  mutable std::mutex decision_;
  std::vector<std::unique_ptr<NodeSlot>> slots_;  // sorted by ID
  MeetingMap meetings_;
  std::unordered_map<std::string, Entry*, StringHash, std::equal_to<>> voice_bridges_;
  std::unordered_map<const Entry*, std::vector<Waiter>> waiters_;
  std::uint64_t last_claim_id_ = 0;
  std::int64_t last_end_id_ = 0;
  std::uint64_t last_poll_ = 0;
  std::string last_placed_;                      // round-robin
  std::vector<pool::Candidate> candidates_;      // scratch of Place
  std::vector<NodeSlot*> candidate_slots_;

  mutable std::mutex table_mutex_;
  std::shared_ptr<const NodeTable> table_;
  std::atomic<std::uint64_t> table_version_;     // unique in the process: readers keep their copy until it changes

  std::unique_ptr<Journal> journal_;             // last: its callbacks need all of the above
};

}  // namespace plenary::state
