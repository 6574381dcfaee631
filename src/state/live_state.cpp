#include "state/live_state.hpp"

#include <algorithm>
#include <utility>

namespace plenary::state {
LiveState::LiveState(std::unique_ptr<Journal> journal, StateOptions options, Clock& clock, Random& random, pool::HistorySink* history)
    : options_(std::move(options)),
      clock_(clock),
      random_(random),
      history_(history),
      nodes_(std::make_shared<const NodeTable>(std::vector<NodePtr>())),
      tenant_table_(std::make_shared<const TenantTable>(std::vector<TenantPtr>())),
      token_table_(std::make_shared<const TokenTable>(std::vector<pool::ApiToken>())),
      journal_(std::move(journal)) {}

LiveState::~LiveState() {
  {
    Turn turn(*this);
    closing_ = true;
    DropAnnounced(turn);
  }
  journal_.reset();
  for (const TenantOperation& operation : operations_) operation.refuse({ErrorCode::kCancelled, "shutting down"});
  for (const auto& [entry, waiters] : waiters_) {
    for (const Waiter& waiter : waiters) waiter.done(plenary::Fail(ErrorCode::kCancelled, "shutting down"));
  }
}

LiveState::Turn::~Turn() {
  if (!rows_.empty()) {
    changes_.push_back({std::move(rows_), false, std::move(written_)});
  } else if (written_) {
    later_.push_back([written = std::move(written_)] { written(Status()); });
  }
  for (Waiter& waiter : woken_) state_.ClaimNow(*this, std::move(waiter.request), std::move(waiter.done));
  // Appended under the lock, so that the journal's order is that of the decisions.
  if (!changes_.empty()) state_.journal_->Append(std::move(changes_));
  lock_.unlock();
  for (const auto& call : later_) call();
}

void LiveState::Turn::Wake(std::vector<Waiter> waiters) {
  woken_.insert(woken_.end(), std::make_move_iterator(waiters.begin()), std::make_move_iterator(waiters.end()));
}

void LiveState::Load(SavedRows rows) {
  Turn turn(*this);
  const std::int64_t now_ms = NowMs();
  for (pool::Tenant& saved : rows.tenants) SetTenant(MakeTenantView(std::move(saved)));
  tokens_ = std::move(rows.tokens);
  for (pool::Node& node : rows.nodes) {
    std::string id = node.id;
    if (Result<NodePtr> view = MakeView(std::move(node), nullptr)) {
      InsertSlot(std::move(*view));
    } else {
      turn.Write(DropNode{std::move(id)});
    }
  }
  for (pool::Meeting& saved : rows.meetings) {
    last_claim_id_ = std::max(last_claim_id_, saved.claim_id);
    auto meeting = std::make_shared<const pool::Meeting>(std::move(saved));
    NodeSlot* slot = FindSlot(meeting->node_id);
    if (slot == nullptr || meetings_.FindOnNodes(meeting->node_meeting_id()) != nullptr) {
      turn.Write(DropMeeting{std::move(meeting)});
      continue;
    }
    auto entry = MakeEntry(meeting, meeting->adopted ? meeting->create_time_ms : meeting->claimed_at_ms);
    entry->in_doubt = meeting->phase == pool::MeetingPhase::kClaimed;
    entry->touched_ms = now_ms;  // the time while we were stopped does not count: nobody could prove anything
    Entry& inserted = meetings_.Insert(std::move(entry), *slot, options_.load, now_ms);
    if (!meeting->voice_bridge.empty()) voice_bridges_.emplace(meeting->voice_bridge, &inserted);
  }
  for (pool::PendingEnd& end : rows.ends) {
    last_end_id_ = std::max(last_end_id_, end.id);
    if (NodeSlot* slot = FindSlot(end.node_id)) {
      slot->ends.push_back(std::move(end));
    } else {
      turn.Write(DropEnd{end.id});
    }
  }
  for (pool::MeetingEnd& end : rows.meeting_ends) {
    last_meeting_end_id_ = std::max(last_meeting_end_id_, end.id);
    unannounced_.emplace(end.id, Unannounced{.end = std::move(end), .since_ms = now_ms});
  }
  for (const auto& slot : slots_) {
    // Scalelite's load outlives a restart in Redis. Ours starts at what is certain, so that nodes can be chosen before the first poll.
    const pool::Node& node = slot->view->node;
    if (node.online && node.polled && !node.disabled()) {
      slot->scalelite_load = static_cast<double>(slot->entries.size()) * node.load_multiplier;
    }
  }
  PublishTable();
  PublishTenants();
  PublishTokens();
}

void LiveState::PublishTable() {
  std::vector<NodePtr> nodes;
  nodes.reserve(slots_.size());
  for (const auto& slot : slots_) nodes.push_back(slot->view);
  nodes_.Set(std::make_shared<const NodeTable>(std::move(nodes)));
}

MeetingPtr LiveState::FindMeeting(std::string_view tenant_id, std::string_view meeting_id) const {
  const MeetingMap::Shard& shard = meetings_.ShardOf(meeting_id);
  const std::lock_guard lock(shard.mutex);
  const Entry* entry = shard.Find({tenant_id, meeting_id});
  return entry == nullptr ? nullptr : entry->meeting;
}

MeetingPtr LiveState::FindOnNodes(std::string_view node_meeting_id) const {
  const std::lock_guard lock(decision_);
  const Entry* entry = meetings_.FindOnNodes(node_meeting_id);
  return entry == nullptr ? nullptr : entry->meeting;
}

MeetingPtr LiveState::FindVoiceBridge(std::string_view voice_bridge) const {
  const std::lock_guard lock(decision_);
  const auto found = voice_bridges_.find(voice_bridge);
  return found == voice_bridges_.end() ? nullptr : found->second->meeting;
}

JoinTarget LiveState::Join(std::string_view tenant_id, std::string_view meeting_id, std::uint64_t person, bool anonymous) {
  JoinTarget target;
  const MeetingMap::Shard& shard = meetings_.ShardOf(meeting_id);
  const std::lock_guard lock(shard.mutex);
  Entry* entry = shard.Find({tenant_id, meeting_id});
  if (entry == nullptr) return target;
  target.meeting = entry->meeting;
  target.node = entry->slot->View();
  const pool::Node& node = target.node->node;
  if (!node.online || node.disabled()) {
    target.outcome = JoinOutcome::kUnavailable;
    return target;
  }
  const bool scalelite = options_.load.model == pool::LoadModel::kScalelite;
  const bool limited = entry->meters->max_people.load(std::memory_order_relaxed) > 0;
  if ((!scalelite || limited) && !TakeSeat(*entry, person, anonymous, limited)) {
    entry->meters->refused.fetch_add(1, std::memory_order_relaxed);
    target.outcome = JoinOutcome::kFull;
    return target;
  }
  if (scalelite) entry->slot->scalelite_load.fetch_add(node.load_multiplier, std::memory_order_relaxed);  // NaN stays NaN: "XX INCR"
  target.outcome = JoinOutcome::kOk;
  return target;
}

bool LiveState::TakeSeat(Entry& entry, std::uint64_t person, bool anonymous, bool limited) const {
  if (entry.seats.Shown(person)) return true;
  const std::int64_t now_ms = NowMs();
  if (entry.seats.HandAgain(person, now_ms)) return true;
  if (!entry.meters->TakeSeat()) return false;
  ++entry.people;
  const bool handed = entry.seats.Hand(person, anonymous, now_ms);
  MeetingMap::Recount(entry, options_.load, now_ms);  // gives the seat back when nobody was counted
  return handed || !limited;
}

std::vector<MeetingPtr> LiveState::Meetings(std::optional<std::string_view> node_id) const {
  std::vector<MeetingPtr> meetings;
  if (node_id) {
    const std::lock_guard lock(decision_);
    const NodeSlot* slot = FindSlot(*node_id);
    if (slot == nullptr) return meetings;
    meetings.reserve(slot->entries.size());
    for (const Entry* entry : slot->entries) meetings.push_back(entry->meeting);
    return meetings;
  }
  meetings.reserve(meetings_.size());
  for (const MeetingMap::Shard& shard : meetings_.shards()) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& entry : shard.entries) meetings.push_back(entry->meeting);
  }
  return meetings;
}

std::vector<KnownMeeting> LiveState::KnownMeetings(std::string_view node_id) const {
  std::vector<KnownMeeting> meetings;
  const std::lock_guard lock(decision_);
  const NodeSlot* slot = FindSlot(node_id);
  if (slot == nullptr) return meetings;
  meetings.reserve(slot->entries.size());
  for (const Entry* entry : slot->entries) meetings.push_back({entry->meeting, entry->xml});
  return meetings;
}

double LiveState::LoadValue(const NodeSlot& slot, pool::LoadModel model) {
  if (model == pool::LoadModel::kScalelite) return slot.scalelite_load.load(std::memory_order_relaxed);
  const std::int64_t seats = slot.seats.load(std::memory_order_relaxed) + slot.foreign_seats;
  return static_cast<double>(seats) * slot.view->node.load_multiplier;
}

NodeLoad LiveState::LoadOf(std::string_view node_id) const {
  NodeLoad load;
  const std::lock_guard lock(decision_);
  const NodeSlot* slot = FindSlot(node_id);
  if (slot == nullptr) return load;
  load.meetings = slot->entries.size();
  const pool::Node& node = slot->view->node;
  if (!node.online || node.disabled() || !node.polled) return load;
  const double value = LoadValue(*slot, options_.load.model);
  if (std::isnan(value)) return load;
  load.load = value;
  if (options_.load.model != pool::LoadModel::kSeats) return load;
  for (const Entry* entry : slot->entries) {
    const std::lock_guard shard_lock(meetings_.ShardOf(entry->meeting->meeting_id).mutex);
    load.reserved_seats += std::max<std::int64_t>(0, entry->counted - entry->seats.count().participants);
  }
  return load;
}

std::vector<pool::PendingEnd> LiveState::PendingEnds() const {
  std::vector<pool::PendingEnd> ends;
  const std::lock_guard lock(decision_);
  for (const auto& slot : slots_) ends.insert(ends.end(), slot->ends.begin(), slot->ends.end());
  return ends;
}

}  // namespace plenary::state
