// The live pool in memory, and every decision about it: a StateStore that hands its changes to a Journal and does no I/O itself.
// One decision lock (claims, polls, changes of nodes: microseconds each) and 64 shard locks (joins, look-ups; see meeting_map.hpp).
// Callbacks run without any lock, on the caller's thread or on the journal's.
//
// What is promised to a caller (a claim, a change of a node) is `required`: when it can't be written it is undone in memory and reported. Changes of
// tenants and tokens, which are rare, go one by one: each is published when it is durable, and the next one is decided after that.
// What the world did (a poll, an answer of a node, an end) stays in memory and is written as soon as that is possible again.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
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
#include "pool/sliding_second.hpp"
#include "state/journal.hpp"
#include "state/meeting_map.hpp"
#include "state/published.hpp"
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

  std::shared_ptr<const NodeTable> Nodes() const override { return nodes_.Get(); }
  MeetingPtr FindMeeting(std::string_view tenant_id, std::string_view meeting_id) const override;
  JoinTarget Join(std::string_view tenant_id, std::string_view meeting_id, std::uint64_t person, bool anonymous) override;
  std::vector<MeetingPtr> Meetings(std::optional<std::string_view> node_id = std::nullopt) const override;
  std::vector<KnownMeeting> KnownMeetings(std::string_view node_id) const override;
  NodeLoad LoadOf(std::string_view node_id) const override;
  std::size_t MeetingCount() const override { return meetings_.size(); }
  MeetingPtr FindOnNodes(std::string_view node_meeting_id) const override;
  MeetingPtr FindVoiceBridge(std::string_view voice_bridge) const override;
  std::shared_ptr<const TenantTable> Tenants() const override { return tenant_table_.Get(); }
  std::shared_ptr<const TokenTable> Tokens() const override { return token_table_.Get(); }
  std::shared_ptr<const TenantMeters> NoTenantMeters() const override { return no_tenant_; }

  void AddNode(pool::Node node, Done<NodePtr> done) override;
  void UpdateNode(std::string id, pool::NodePatch patch, Done<NodePtr> done) override;
  void RemoveNode(std::string id, Done<std::vector<MeetingPtr>> done, std::optional<std::uint64_t> if_revision = std::nullopt) override;
  void SetVersion(std::string id, std::string bbb_version) override;

  void AddTenant(pool::Tenant tenant, Done<TenantPtr> done, TenantName name = TenantName::kUnique) override;
  void UpdateTenant(std::string id, TenantChange change, std::optional<std::uint64_t> if_revision, Done<TenantPtr> done) override;
  void RemoveTenant(std::string id, Done<void> done, std::optional<std::uint64_t> if_revision = std::nullopt) override;
  void AddToken(pool::ApiToken token, Done<void> done) override;
  void RemoveToken(std::string id, Done<void> done) override;

  void Claim(ClaimRequest request, Done<ClaimResult> done) override;
  void Reassign(MeetingPtr claim, std::vector<std::string> tried, std::string server_tag, std::optional<pool::EndReason> owe_end,
                Done<ClaimResult> done) override;
  void Settle(const MeetingPtr& claim, Settlement settlement) override;
  void Release(const MeetingPtr& claim, std::optional<pool::EndReason> owe_end, Done<void> done) override;
  void Forget(const MeetingPtr& meeting, std::optional<pool::EndReason> owe_end, Done<void> done, Fate fate = Fate::kOver) override;

  void OnMeetingEnd(std::function<void(const pool::MeetingEnd&)> announce) override;
  void EndAnnounced(std::int64_t meeting_end_id) override;

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

  struct Unannounced {
    pool::MeetingEnd end;
    std::int64_t since_ms = 0;    // in this process
    std::int64_t next_ms = 0;
  };
  struct TenantSlot {
    TenantPtr view;
    pool::SlidingSecond creates;  // new claims while there is a limit on them
  };
  /// What a change of tenants or tokens writes, and what follows when that is on disk.
  struct Plan {
    std::vector<Row> rows;
    std::function<void()> publish;
    std::function<void()> tell;  // without the lock
  };
  struct TenantOperation {
    std::function<Result<Plan>()> plan;
    std::function<void(const Error&)> refuse;  // without the lock
  };

  // Everything below needs the decision lock.

  // live_nodes.cpp
  NodeSlot* FindSlot(std::string_view id) const;  // null while it is being removed
  Result<NodePtr> MakeView(pool::Node node, const NodeView* before) const;
  NodeSlot& InsertSlot(NodePtr view);
  std::vector<MeetingPtr> EraseSlot(Turn& turn, NodeSlot& slot);
  void Publish(NodeSlot& slot, NodePtr view);
  void PublishTable();

  // live_tenants.cpp
  void Operate(TenantOperation operation);  // takes the lock itself
  void NextOperation(Turn& turn);
  Status CheckName(const pool::Tenant& tenant) const;
  Plan PlanTenant(pool::Tenant tenant, Done<TenantPtr> done);
  TenantPtr MakeTenantView(pool::Tenant tenant);
  void SetTenant(TenantPtr view);  // PublishTenants follows
  void PublishTenants();
  void DropTokens(const std::function<bool(const pool::ApiToken&)>& lost);
  void PublishTokens();
  void DropRetiredSecrets(Turn& turn, std::int64_t now_ms);
  std::shared_ptr<TenantMeters> MetersOf(std::string_view tenant_id);
  std::unique_ptr<Entry> MakeEntry(MeetingPtr meeting, std::int64_t create_time_ms);
  TenantSlot* FindTenant(std::string_view tenant_id);  // null when unknown
  /// kLimit: one more meeting is beyond a limit of the tenant (and counted as refused).
  Status CheckLimits(TenantSlot& tenant);

  // live_claims.cpp
  void ClaimNow(Turn& turn, ClaimRequest request, Done<ClaimResult> done);
  /// Never null. kNoServers, kTagUnavailable.
  Result<NodeSlot*> Place(Turn& turn, std::string_view tenant_id, std::string_view meeting_id, std::span<const std::string> tried,
                          const pool::TagWish& wish);
  void KeepTagged(const pool::TagWish& wish, bool wished, pool::Decision& decision);
  std::optional<pool::Exclusion> WhyNot(const NodeSlot& slot, std::span<const std::string> tried) const;
  void KeepDecision(Turn& turn, pool::Decision decision, std::optional<std::size_t> chosen);
  /// Whether another meeting, or what another tenant's left behind on a node, goes by this ID.
  bool IsInUse(std::string_view tenant_id, std::string_view node_meeting_id) const;
  /// "" = the plain one. kConflict.
  Result<std::string> ChooseScopedId(std::string_view tenant_id, std::string_view meeting_id) const;
  std::string AllocateVoiceBridge(std::string_view node_meeting_id, const std::string& wish) const;
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
  void Drop(Turn& turn, Entry& entry, Fate fate, std::int64_t now_ms);
  /// Tells the history of a copy that is over.
  void KeepRoom(Turn& turn, const pool::Meeting& meeting, std::int64_t peak, std::int64_t now_ms);
  void Replace(Entry& entry, MeetingPtr meeting, NodeSlot& slot) {
    meetings_.Replace(entry, std::move(meeting), slot, options_.load, NowMs());
  }

  // live_ends.cpp
  /// Keeps the end for being announced, in the same change as what is forgotten.
  void TellEnd(Turn& turn, const pool::Meeting& meeting, std::int64_t now_ms);
  void AnnounceAgain(Turn& turn, std::int64_t now_ms);
  void DropAnnounced(Turn& turn);

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
  std::int64_t SteadyUs() const { return std::chrono::microseconds(clock_.Steady().time_since_epoch()).count(); }
  static double LoadValue(const NodeSlot& slot, pool::LoadModel model);
  /// With the meeting's shard lock alone. False when its tenant's limit has no seat for this person.
  bool TakeSeat(Entry& entry, std::uint64_t person, bool anonymous, bool limited) const;

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
  std::function<void(const pool::MeetingEnd&)> announce_;
  std::map<std::int64_t, Unannounced> unannounced_;  // by ID
  std::vector<std::int64_t> announced_;              // and still in the store
  std::int64_t last_meeting_end_id_ = 0;
  std::uint64_t last_poll_ = 0;
  std::string last_placed_;                      // round-robin
  std::vector<pool::Candidate> candidates_;      // scratch of Place
  std::vector<NodeSlot*> candidate_slots_;

  std::map<std::string, TenantSlot, std::less<>> tenants_;  // by ID
  std::vector<pool::ApiToken> tokens_;
  std::deque<TenantOperation> operations_;       // the first one is being written
  bool closing_ = false;                         // no further operation is begun
  std::unordered_map<std::string, std::weak_ptr<TenantMeters>, StringHash, std::equal_to<>> meters_;  // held by tenants and entries
  const std::shared_ptr<TenantMeters> no_tenant_ = std::make_shared<TenantMeters>();

  Published<NodeTable> nodes_;
  Published<TenantTable> tenant_table_;
  Published<TokenTable> token_table_;

  std::unique_ptr<Journal> journal_;             // last: its callbacks need all of the above
};

}  // namespace plenary::state
