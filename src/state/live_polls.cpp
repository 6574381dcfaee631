// What polls tell, ends that are owed to nodes, and the passing of time.
#include <algorithm>
#include <utility>

#include "pool/scoped_id.hpp"
#include "state/live_state.hpp"

namespace plenary::state {
namespace {

using pool::MeetingPhase;

constexpr std::int64_t kTombstoneMs = 60'000;        // BBB ends a meeting up to a few seconds after it said so
constexpr std::int64_t kUnlistedEndMs = 5 * 60'000;  // a create that takes longer to appear does not come
constexpr std::int64_t kEndTtlMs = 86'400'000;
constexpr std::int64_t kClaimPatienceMs = 10 * 60'000;  // no create takes that long: whoever claimed it is gone

pool::MeetingCount CountOf(const bbb::NodeMeeting& listed) {
  return {.participants = listed.participants,
          .moderators = listed.moderators,
          .create_time_ms = listed.create_time_ms,
          .breakout = listed.breakout};
}

Settlement SettlementOf(const bbb::NodeMeeting& listed) {
  return {.internal_id = listed.internal_id,
          .create_time_ms = listed.create_time_ms,
          .attendee_pw = listed.attendee_pw,
          .moderator_pw = listed.moderator_pw,
          .voice_bridge = listed.voice_bridge};
}

/// Whether what the store keeps of a node changed; statistics and counters of polls are not kept.
bool MustWrite(const pool::Node& before, const pool::Node& after) {
  return before.online != after.online || before.polled != after.polled || before.state != after.state;
}

bool IsOwed(const pool::PendingEnd& end, const bbb::NodeMeeting& listed) {
  if (end.meeting_id != listed.meeting_id) return false;
  return end.internal_id.empty() ? end.moderator_pw == listed.moderator_pw : end.internal_id == listed.internal_id;
}

/// Whose meeting it is and what he calls it. What create wrote into the metadata counts only when it agrees with the ID that it gave to the node.
MeetingKey KeyOf(const bbb::NodeMeeting& listed, bool multitenancy) {
  if (!multitenancy) return {{}, listed.meeting_id};
  const bool scoped = !listed.plenary_meeting_id.empty() &&
                      pool::IsScopedMeetingId(listed.meeting_id, listed.plenary_meeting_id, listed.tenant_id);
  return {listed.tenant_id, scoped ? listed.plenary_meeting_id : listed.meeting_id};
}

}  // namespace

struct LiveState::Poll {
  const PollReport& report;
  NodeSlot& slot;
  std::uint64_t serial;
  PollOutcome outcome;
  std::int64_t foreign_seats = 0;
};

void LiveState::ApplyPoll(PollReport report, Done<PollOutcome> done) {
  Turn turn(*this);
  NodeSlot* slot = FindSlot(report.node_id);
  if (slot == nullptr) return turn.Later([done = std::move(done)] { done(plenary::Fail(ErrorCode::kNotFound, "the server was removed")); });
  Poll poll{.report = report, .slot = *slot, .serial = ++last_poll_, .outcome = {}};
  slot->unreachable = report.incomplete;
  for (const bbb::NodeMeeting& listed : report.meetings) TakeListed(turn, poll, listed);
  DropMissing(turn, poll);
  slot->foreign_seats = poll.foreign_seats;

  const NodePtr before = slot->view;
  auto view = std::make_shared<NodeView>(*before);
  pool::Node& node = view->node;
  poll.outcome.health = pool::OnPollSuccess(node, options_.health);
  node.last_poll_ok_ms = report.now_ms;
  node.last_error.clear();
  if (node.online) {
    node.polled = true;
    node.stats = {};
    std::vector<pool::MeetingCount> counts;
    for (const bbb::NodeMeeting& listed : report.meetings) {
      counts.push_back(CountOf(listed));
      ++node.stats.meetings;
      node.stats.users += listed.participants;
      node.stats.largest_meeting = std::max(node.stats.largest_meeting, listed.participants);
      node.stats.videos += listed.videos;
    }
    if (!node.disabled()) {
      slot->scalelite_load = static_cast<double>(pool::ScaleliteLoad(options_.load, counts, report.now_ms)) * node.load_multiplier;
    }
    // Scalelite looks at its load alone; an old meeting that is empty just now is no reason for us to give it up.
    const bool empty = !report.incomplete && (options_.load.model == pool::LoadModel::kScalelite || (slot->entries.empty() && report.meetings.empty()));
    if (node.cordoned() && LoadValue(*slot, options_.load.model) == 0 && empty) {
      node.state = pool::AdminState::kDisabled;
      poll.outcome.auto_disabled = true;
    }
  }
  Publish(*slot, view);
  if (MustWrite(before->node, node)) turn.Write(PutNode{std::move(view)});
  // The outcome stands in memory whatever the disk says, and the node must hear of it.
  turn.OnWritten([done = std::move(done), outcome = std::move(poll.outcome)](const Status&) { done(outcome); });
}

void LiveState::TakeListed(Turn& turn, Poll& poll, const bbb::NodeMeeting& listed) {
  Entry* const found = meetings_.FindOnNodes(listed.meeting_id);
  if (found == nullptr || found->slot != &poll.slot) return TakeUnclaimed(turn, poll, listed);
  Entry& entry = *found;
  entry.poll = poll.serial;
  if (entry.in_doubt) SettleEntry(turn, entry, SettlementOf(listed), poll.report.now_ms);
  if (entry.meeting->phase == MeetingPhase::kSettled) {
    const bool other = !listed.internal_id.empty() && listed.internal_id != entry.meeting->internal_id;
    // A list that was asked for before the create was answered may still show the copy before it.
    if (other && entry.settled_ms < poll.report.started_at_ms) SettleEntry(turn, entry, SettlementOf(listed), poll.report.now_ms);
  }
  Refresh(turn, entry, poll, listed);
}

void LiveState::Refresh(Turn& turn, Entry& entry, const Poll& poll, const bbb::NodeMeeting& listed) {
  const std::int64_t now_ms = poll.report.now_ms;
  const bool same_xml = entry.xml != nullptr && *entry.xml == listed.raw;
  auto xml = same_xml ? entry.xml : std::make_shared<const std::string>(listed.raw);
  pool::MeetingCount count = CountOf(listed);
  // The age of our own meetings goes by our own clock, whatever the node's says.
  if (!entry.meeting->adopted) count.create_time_ms = entry.meeting->claimed_at_ms;
  {
    const std::lock_guard lock(meetings_.ShardOf(entry.meeting->meeting_id).mutex);
    entry.xml.swap(xml);
    entry.seats.Polled(count, listed.attendee_ids, listed.anonymous_attendees);
    entry.peak = std::max(entry.peak, listed.participants);
    entry.touched_ms = now_ms;
    MeetingMap::Recount(entry, options_.load, now_ms);
  }
  const pool::Meeting& meeting = *entry.meeting;
  if (meeting.phase != MeetingPhase::kSettled) return;
  const bool learn_name = meeting.name.empty() && !listed.name.empty();
  if (!learn_name && now_ms - meeting.touched_at_ms < options_.meeting_ttl_ms / 4) return;
  auto next = std::make_shared<pool::Meeting>(meeting);
  if (learn_name) next->name = listed.name;
  next->touched_at_ms = now_ms;
  turn.Write(PutMeeting{next});
  Replace(entry, std::move(next), poll.slot);
}

void LiveState::TakeUnclaimed(Turn& turn, Poll& poll, const bbb::NodeMeeting& listed) {
  if (listed.meeting_id.empty()) return;
  const std::int64_t now_ms = poll.report.now_ms;
  const auto owed = std::find_if(poll.slot.ends.begin(), poll.slot.ends.end(), [&listed](const auto& end) { return IsOwed(end, listed); });
  const MeetingKey key = KeyOf(listed, options_.multitenancy);
  const Entry* elsewhere = meetings_.FindOnNodes(listed.meeting_id);
  if (elsewhere == nullptr) elsewhere = meetings_.Find(key);
  if (owed != poll.slot.ends.end() || elsewhere != nullptr) {
    if (owed != poll.slot.ends.end()) {
      if (owed->internal_id.empty() && !listed.internal_id.empty()) {  // from now on it is this copy and no other
        owed->internal_id = listed.internal_id;
        turn.Write(PutEnd{*owed});
      }
      poll.outcome.due.push_back(*owed);
    }
    if (elsewhere != nullptr) poll.outcome.duplicates.push_back(elsewhere->meeting);
    poll.foreign_seats += pool::SeatsOf(options_.load, CountOf(listed), 0, now_ms);
    return;
  }
  const bool buried = std::any_of(poll.slot.tombstones.begin(), poll.slot.tombstones.end(), [&](const Tombstone& stone) {
    return stone.meeting_id == listed.meeting_id && (stone.internal_id == listed.internal_id || stone.at_ms >= poll.report.started_at_ms);
  });
  if (buried || poll.slot.view->node.disabled()) return;  // what is on a disabled node is not ours to offer

  auto meeting = std::make_shared<pool::Meeting>();
  meeting->meeting_id = key.meeting_id;
  meeting->tenant_id = key.tenant_id;
  if (key.meeting_id != listed.meeting_id) meeting->scoped_id = listed.meeting_id;
  meeting->node_id = poll.slot.view->node.id;
  meeting->claim_id = ++last_claim_id_;
  meeting->phase = MeetingPhase::kSettled;
  meeting->moderator_pw = listed.moderator_pw;
  meeting->attendee_pw = listed.attendee_pw;
  meeting->voice_bridge = listed.voice_bridge;
  meeting->name = listed.name;
  meeting->internal_id = listed.internal_id;
  meeting->create_time_ms = listed.create_time_ms;
  meeting->claimed_at_ms = now_ms;
  meeting->touched_at_ms = now_ms;
  meeting->adopted = true;
  auto entry = MakeEntry(meeting, listed.create_time_ms);
  entry->settled_ms = now_ms;
  entry->poll = poll.serial;
  Entry& inserted = meetings_.Insert(std::move(entry), poll.slot, options_.load, now_ms);
  if (!listed.voice_bridge.empty()) voice_bridges_.try_emplace(listed.voice_bridge, &inserted);
  Refresh(turn, inserted, poll, listed);
  turn.Write(PutMeeting{meeting});
  poll.outcome.adopted.push_back(std::move(meeting));
}

void LiveState::DropMissing(Turn& turn, Poll& poll) {
  const std::int64_t now_ms = poll.report.now_ms;
  const std::vector<Entry*> entries(poll.slot.entries.begin(), poll.slot.entries.end());
  for (Entry* entry : entries) {
    if (entry->poll == poll.serial) continue;
    if (poll.report.incomplete) {  // absence proves nothing; whoever waits for an answer about a claim in doubt decides himself
      if (entry->in_doubt) turn.Wake(TakeWaiters(*entry));
      continue;
    }
    const pool::Meeting& meeting = *entry->meeting;
    if (entry->in_doubt) {
      // Its create may still be on its way to the node, so the end stays owed.
      WriteOwed(turn, meeting, pool::EndReason::kOrphan, now_ms);
      if (!Restore(turn, *entry)) Drop(turn, *entry, Fate::kGoesOn, now_ms);
    } else if (meeting.phase == MeetingPhase::kSettled && std::max(meeting.claimed_at_ms, entry->settled_ms) < poll.report.started_at_ms) {
      poll.outcome.ended.push_back(entry->meeting);
      Drop(turn, *entry, Fate::kOver, now_ms);
    }
  }
  if (poll.report.incomplete) return;
  std::erase_if(poll.slot.ends, [&](const pool::PendingEnd& end) {
    if (end.created_at_ms + kUnlistedEndMs > poll.report.started_at_ms) return false;
    const auto is_this = [&end](const pool::PendingEnd& other) { return other.id == end.id; };
    const bool due = std::any_of(poll.outcome.due.begin(), poll.outcome.due.end(), is_this);
    if (!due) turn.Write(DropEnd{end.id});
    return !due;
  });
}

void LiveState::ApplyPollFailure(std::string node_id, std::string error, std::int64_t now_ms, Done<PollOutcome> done) {
  Turn turn(*this);
  NodeSlot* slot = FindSlot(node_id);
  if (slot == nullptr) return turn.Later([done = std::move(done)] { done(plenary::Fail(ErrorCode::kNotFound, "the server was removed")); });
  slot->unreachable = true;
  const NodePtr before = slot->view;
  auto view = std::make_shared<NodeView>(*before);
  pool::Node& node = view->node;
  PollOutcome outcome;
  outcome.health = pool::OnPollFailure(node, options_.health);
  node.last_poll_failed_ms = now_ms;
  node.last_error = std::move(error);
  const bool forget = outcome.health == pool::HealthChange::kWentOffline && options_.offline_meetings == OfflineMeetings::kForget;
  if (outcome.health == pool::HealthChange::kWentOffline) {
    slot->scalelite_load = std::numeric_limits<double>::quiet_NaN();
    node.stats = {};
  }
  Publish(*slot, view);
  if (MustWrite(before->node, node)) turn.Write(PutNode{std::move(view)});

  const std::vector<Entry*> entries(slot->entries.begin(), slot->entries.end());
  for (Entry* entry : entries) {
    if (forget && entry->meeting->phase == MeetingPhase::kSettled) {
      outcome.forgotten_offline.push_back(entry->meeting);
      Drop(turn, *entry, Fate::kGoesOn, now_ms);
    } else if (forget && entry->in_doubt && !entry->handed_in_doubt) {
      WriteOwed(turn, *entry->meeting, pool::EndReason::kOrphan, now_ms);
      Drop(turn, *entry, Fate::kGoesOn, now_ms);
    } else if (entry->in_doubt) {
      turn.Wake(TakeWaiters(*entry));  // the first of them gets kInDoubt
    }
  }
  turn.OnWritten([done = std::move(done), outcome = std::move(outcome)](const Status&) { done(outcome); });
}

std::optional<pool::PendingEnd> LiveState::Owe(NodeSlot& slot, const pool::Meeting& meeting, pool::EndReason reason, std::int64_t now_ms) {
  if (meeting.adopted && reason != pool::EndReason::kRequested) return std::nullopt;  // not created by us, so not ours to end
  const bool known = std::any_of(slot.ends.begin(), slot.ends.end(), [&meeting](const pool::PendingEnd& end) {
    return end.meeting_id == meeting.node_meeting_id() && end.internal_id == meeting.internal_id && end.moderator_pw == meeting.moderator_pw;
  });
  if (known) return std::nullopt;
  slot.ends.push_back({.id = ++last_end_id_,
                       .node_id = meeting.node_id,
                       .tenant_id = meeting.tenant_id,
                       .meeting_id = meeting.node_meeting_id(),
                       .moderator_pw = meeting.moderator_pw,
                       .internal_id = meeting.internal_id,
                       .reason = reason,
                       .created_at_ms = now_ms});
  return slot.ends.back();
}

void LiveState::WriteOwed(Turn& turn, const pool::Meeting& meeting, std::optional<pool::EndReason> reason, std::int64_t now_ms) {
  NodeSlot* slot = reason ? FindSlot(meeting.node_id) : nullptr;
  if (slot == nullptr) return;
  if (auto owed = Owe(*slot, meeting, *reason, now_ms)) turn.Write(PutEnd{std::move(*owed)});
}

void LiveState::EndDone(std::int64_t pending_end_id) {
  Turn turn(*this);
  for (const auto& slot : slots_) {
    const auto is_this = [pending_end_id](const pool::PendingEnd& other) { return other.id == pending_end_id; };
    const auto end = std::find_if(slot->ends.begin(), slot->ends.end(), is_this);
    if (end == slot->ends.end()) continue;
    slot->tombstones.push_back({end->tenant_id, end->meeting_id, end->internal_id, NowMs()});
    slot->ends.erase(end);
    turn.Write(DropEnd{pending_end_id});
    return;
  }
}

void LiveState::DropOldEnds(Turn& turn, NodeSlot& slot, std::int64_t now_ms) {
  std::erase_if(slot.ends, [&turn, now_ms](const pool::PendingEnd& end) {
    if (end.created_at_ms + kEndTtlMs > now_ms) return false;
    turn.Write(DropEnd{end.id});
    return true;
  });
}

void LiveState::Sweep(std::int64_t now_ms) {
  std::vector<MeetingPtr> expired, abandoned;
  const std::int64_t oldest_ms = now_ms - options_.meeting_ttl_ms;
  for (MeetingMap::Shard& shard : meetings_.shards()) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& entry : shard.entries) {
      entry->seats.DropLate(now_ms);
      MeetingMap::Recount(*entry, options_.load, now_ms);
      if (entry->touched_ms <= oldest_ms) expired.push_back(entry->meeting);
      const pool::Meeting& meeting = *entry->meeting;
      const bool unsettled = meeting.phase == MeetingPhase::kClaimed;
      if (unsettled && meeting.claimed_at_ms + kClaimPatienceMs <= now_ms) abandoned.push_back(entry->meeting);
    }
  }
  Turn turn(*this);
  for (const MeetingPtr& meeting : abandoned) {
    Entry* entry = Current(*meeting);
    if (entry != nullptr && entry->meeting->phase == MeetingPhase::kClaimed) entry->in_doubt = true;  // the next poll of its node decides
  }
  for (const MeetingPtr& meeting : expired) {
    Entry* entry = Current(*meeting);
    if (entry != nullptr && entry->touched_ms <= oldest_ms) Drop(turn, *entry, Fate::kGoesOn, now_ms);
  }
  for (const auto& slot : slots_) {
    DropOldEnds(turn, *slot, now_ms);
    std::erase_if(slot->tombstones, [now_ms](const Tombstone& stone) { return stone.at_ms + kTombstoneMs <= now_ms; });
  }
  AnnounceAgain(turn, now_ms);
  DropAnnounced(turn);
  DropRetiredSecrets(turn, now_ms);
  std::erase_if(meters_, [](const auto& known) { return known.second.expired(); });
}

}  // namespace plenary::state
