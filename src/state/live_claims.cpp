// Claims: which node a meeting lives on, decided in one place under one lock.
#include <algorithm>
#include <cmath>
#include <utility>

#include "pool/scoped_id.hpp"
#include "pool/voice_bridge.hpp"
#include "state/live_state.hpp"

namespace plenary::state {
namespace {

using pool::MeetingPhase;

constexpr std::size_t kPasswordLength = 8;

ClaimRequest RequestOf(const pool::Meeting& meeting, std::string server_tag) {
  return {.meeting_id = meeting.meeting_id,
          .tenant_id = meeting.tenant_id,
          .moderator_pw = meeting.moderator_pw,
          .attendee_pw = meeting.attendee_pw,
          .name = meeting.name,
          .voice_bridge = meeting.voice_bridge,
          .server_tag = std::move(server_tag)};
}

ClaimResult ResultOf(ClaimKind kind, const Entry& entry) {
  return {.kind = kind,
          .meeting = entry.meeting,
          .node = entry.slot->view};
}

/// A new value for a field; "" keeps the old one.
void Learn(std::string& field, const std::string& value) {
  if (!value.empty()) field = value;
}

}  // namespace

Entry* LiveState::Current(const pool::Meeting& meeting) const {
  Entry* entry = meetings_.Find({meeting.tenant_id, meeting.meeting_id});
  return entry != nullptr && entry->meeting->claim_id == meeting.claim_id ? entry : nullptr;
}

std::vector<LiveState::Waiter> LiveState::TakeWaiters(const Entry& entry) {
  auto waiting = waiters_.extract(&entry);
  return waiting.empty() ? std::vector<Waiter>() : std::move(waiting.mapped());
}

void LiveState::Refuse(Turn& turn, std::vector<Waiter> waiters, const Error& error) {
  for (Waiter& waiter : waiters) turn.Later([done = std::move(waiter.done), error] { done(tl::unexpected<Error>(error)); });
}

std::optional<pool::Exclusion> LiveState::WhyNot(const NodeSlot& slot, std::span<const std::string> tried) const {
  const pool::Node& node = slot.view->node;
  if (node.disabled() || slot.removing) return pool::Exclusion::kDisabled;
  if (node.cordoned()) return pool::Exclusion::kCordoned;
  if (!node.online) return pool::Exclusion::kOffline;
  const bool by_entry = options_.load.model == pool::LoadModel::kScalelite;
  const bool known = by_entry ? !std::isnan(slot.scalelite_load.load(std::memory_order_relaxed)) : node.polled;
  if (!known) return pool::Exclusion::kNeverPolled;
  if (std::find(tried.begin(), tried.end(), node.id) != tried.end()) return pool::Exclusion::kTried;
  return std::nullopt;
}

/// Of the candidates those with a wished tag, or (`wished` false) those without a tag: a tagged node is never chosen for a meeting that
/// doesn't ask for it (spec scalelite 6).
void LiveState::KeepTagged(const pool::TagWish& wish, bool wished, pool::Decision& decision) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < candidate_slots_.size(); ++i) {
    const std::string& tag = candidate_slots_[i]->view->node.tag;
    if (wished ? !wish.Matches(tag) : !tag.empty()) {
      ++decision.excluded[static_cast<std::size_t>(pool::Exclusion::kTagged)];
      continue;
    }
    candidates_[kept] = candidates_[i];
    candidates_[kept].rank = wished ? *wish.Rank(tag) : 0;
    candidate_slots_[kept++] = candidate_slots_[i];
  }
  candidates_.resize(kept);
  candidate_slots_.resize(kept);
}

Result<NodeSlot*> LiveState::Place(Turn& turn, std::string_view tenant_id, std::string_view meeting_id, std::span<const std::string> tried,
                                   const pool::TagWish& wish) {
  const pool::LoadModel model = options_.load.model;
  pool::Decision decision;
  candidates_.clear();
  candidate_slots_.clear();
  for (const auto& slot : slots_) {
    if (const auto exclusion = WhyNot(*slot, tried)) {
      ++decision.excluded[static_cast<std::size_t>(*exclusion)];
      continue;
    }
    candidates_.push_back({slot->view->node.id, LoadValue(*slot, model), 0});
    candidate_slots_.push_back(slot.get());
  }
  const bool any = !candidate_slots_.empty();
  const bool wished = std::any_of(candidate_slots_.begin(), candidate_slots_.end(),
                                  [&wish](const NodeSlot* slot) { return wish.Matches(slot->view->node.tag); });
  KeepTagged(wish, wished, decision);
  const bool tag_unavailable = any && wish.required && !wished;
  if (tag_unavailable) {
    candidates_.clear();
    candidate_slots_.clear();
  }
  const auto chosen = model == pool::LoadModel::kRoundRobin
                          ? pool::PickRoundRobin(candidates_, last_placed_)
                          : pool::PickLeastLoad(candidates_, model == pool::LoadModel::kScalelite, random_);
  if (history_ != nullptr) {
    decision.meeting_id = meeting_id;
    decision.tenant_id = tenant_id;
    KeepDecision(turn, std::move(decision), chosen);
  }
  if (tag_unavailable) return Fail(ErrorCode::kTagUnavailable, wish.text);
  if (!chosen) return Fail(ErrorCode::kNoServers, "no server can take a meeting now");
  NodeSlot* slot = candidate_slots_[*chosen];
  if (model == pool::LoadModel::kRoundRobin) last_placed_ = slot->view->node.id;
  slot->scalelite_load.fetch_add(slot->view->node.load_multiplier, std::memory_order_relaxed);
  return slot;
}

void LiveState::KeepDecision(Turn& turn, pool::Decision decision, std::optional<std::size_t> chosen) {
  decision.at_ms = NowMs();
  decision.model = options_.load.model;
  decision.candidates = static_cast<std::uint32_t>(candidates_.size());
  const std::size_t kept = std::min(candidates_.size(), pool::Decision::kKept);
  if (chosen) decision.node_id = candidates_[*chosen].id;
  // The chosen one stands first among its equals; candidates_ is scratch and may be reordered.
  std::partial_sort(candidates_.begin(), candidates_.begin() + static_cast<std::ptrdiff_t>(kept), candidates_.end(),
                    [&decision](const pool::Candidate& a, const pool::Candidate& b) {
                      if (a.load != b.load) return a.load < b.load;
                      return (a.id == decision.node_id) > (b.id == decision.node_id);
                    });
  bool has_chosen = !chosen;
  for (std::size_t i = 0; i < kept; ++i) {
    decision.best.emplace_back(candidates_[i].id, candidates_[i].load);
    has_chosen = has_chosen || candidates_[i].id == decision.node_id;
  }
  if (!has_chosen) {  // round-robin looks at no load
    const auto found = std::find_if(candidates_.begin(), candidates_.end(),
                                    [&decision](const pool::Candidate& candidate) { return candidate.id == decision.node_id; });
    decision.best.back() = {decision.node_id, found->load};
  }
  turn.Later([sink = history_, decision = std::move(decision)]() mutable { sink->Record(std::move(decision)); });
}

bool LiveState::IsInUse(std::string_view tenant_id, std::string_view node_meeting_id) const {
  if (meetings_.FindOnNodes(node_meeting_id) != nullptr) return true;
  // A node may still have another tenant's copy: one that is owed an end, or that it is ending just now. A create would be taken for that.
  if (!options_.multitenancy) return false;
  const auto is_anothers = [&](const auto& copy) { return copy.meeting_id == node_meeting_id && copy.tenant_id != tenant_id; };
  return std::any_of(slots_.begin(), slots_.end(), [&is_anothers](const auto& slot) {
    return std::any_of(slot->ends.begin(), slot->ends.end(), is_anothers) ||
           std::any_of(slot->tombstones.begin(), slot->tombstones.end(), is_anothers);
  });
}

Result<std::string> LiveState::ChooseScopedId(std::string_view tenant_id, std::string_view meeting_id) const {
  if (!IsInUse(tenant_id, meeting_id)) return std::string();
  if (!options_.tenant_scope) return plenary::Fail(ErrorCode::kConflict, "another tenant has a meeting with this ID");
  for (int variant = 1; variant <= pool::kScopeVariants; ++variant) {
    std::string id = pool::ScopedMeetingId(meeting_id, tenant_id, variant);
    if (!IsInUse(tenant_id, id)) return id;
  }
  return plenary::Fail(ErrorCode::kConflict, "other meetings have every form of this ID");
}

std::string LiveState::AllocateVoiceBridge(std::string_view node_meeting_id, const std::string& wish) const {
  pool::VoiceBridgeNumbers numbers(node_meeting_id, options_.voice_bridge_length);
  const bool external = options_.use_external_voice_bridge && !wish.empty();
  for (int attempt = 0; attempt < pool::kVoiceBridgeTries; ++attempt) {
    std::string number = attempt == 0 && external ? wish : numbers.Next();
    if (number != pool::kReservedVoiceBridge && !voice_bridges_.contains(number)) return number;
  }
  return {};
}

void LiveState::Claim(ClaimRequest request, Done<ClaimResult> done) {
  Turn turn(*this);
  ClaimNow(turn, std::move(request), std::move(done));
}

void LiveState::ClaimNow(Turn& turn, ClaimRequest request, Done<ClaimResult> done) {
  const auto refuse = [&turn, &done](const Error& error) { turn.Later([done, error] { done(tl::unexpected<Error>(error)); }); };
  if (Entry* entry = meetings_.Find({request.tenant_id, request.meeting_id})) {
    if (entry->meeting->phase == MeetingPhase::kSettled) {
      return turn.Later([done = std::move(done), result = ResultOf(ClaimKind::kExisting, *entry)] { done(result); });
    }
    if (entry->in_doubt && !entry->handed_in_doubt && entry->slot->unreachable) {
      entry->handed_in_doubt = true;
      return turn.Later([done = std::move(done), result = ResultOf(ClaimKind::kInDoubt, *entry)] { done(result); });
    }
    waiters_[entry].push_back({std::move(request), std::move(done)});
    return;
  }
  Result<std::string> scoped_id = ChooseScopedId(request.tenant_id, request.meeting_id);
  if (!scoped_id) return refuse(scoped_id.error());
  TenantSlot* tenant = FindTenant(request.tenant_id);
  if (tenant != nullptr) {
    if (const Status allowed = CheckLimits(*tenant); !allowed) return refuse(allowed.error());
  }
  const Result<NodeSlot*> placed = Place(turn, request.tenant_id, request.meeting_id, {}, pool::ParseTagWish(request.server_tag));
  if (!placed) return refuse(placed.error());
  NodeSlot* slot = *placed;
  std::string voice_bridge = AllocateVoiceBridge(scoped_id->empty() ? request.meeting_id : *scoped_id, request.voice_bridge);
  if (voice_bridge.empty()) return refuse({ErrorCode::kNoVoiceBridge, "Failed to allocate conference number for meeting ID after 10 tries"});

  const std::int64_t now_ms = NowMs();
  auto meeting = std::make_shared<pool::Meeting>();
  meeting->meeting_id = std::move(request.meeting_id);
  meeting->tenant_id = std::move(request.tenant_id);
  meeting->scoped_id = std::move(*scoped_id);
  meeting->node_id = slot->view->node.id;
  meeting->claim_id = ++last_claim_id_;
  meeting->moderator_pw = request.moderator_pw.empty() ? random_.Text(kPasswordLength, kAlphanumerics) : std::move(request.moderator_pw);
  meeting->attendee_pw = std::move(request.attendee_pw);
  meeting->voice_bridge = voice_bridge;
  meeting->name = std::move(request.name);
  meeting->claimed_at_ms = now_ms;
  meeting->touched_at_ms = now_ms;

  auto entry = MakeEntry(meeting, now_ms);
  entry->touched_ms = now_ms;
  Entry& inserted = meetings_.Insert(std::move(entry), *slot, options_.load, now_ms);
  voice_bridges_.emplace(std::move(voice_bridge), &inserted);
  if (tenant != nullptr && tenant->view->tenant.limits.creates_per_second > 0) tenant->creates.Add(SteadyUs());
  ClaimResult result = ResultOf(ClaimKind::kClaimed, inserted);
  turn.Require({PutMeeting{meeting}}, [this, result = std::move(result), done = std::move(done)](const Status& written) {
    if (written) return done(result);
    UndoClaim(result.meeting, written.error(), done);
  });
}

void LiveState::UndoClaim(const MeetingPtr& claim, const Error& error, const Done<ClaimResult>& done) {
  Turn turn(*this);
  if (Entry* entry = Current(*claim)) {
    Refuse(turn, TakeWaiters(*entry), error);  // their claims would meet the same disk
    voice_bridges_.erase(claim->voice_bridge);
    meetings_.Erase(*entry);
  }
  turn.Later([done, error] { done(tl::unexpected<Error>(error)); });
}

void LiveState::Reassign(MeetingPtr claim, std::vector<std::string> tried, std::string server_tag, std::optional<pool::EndReason> owe_end,
                         Done<ClaimResult> done) {
  Turn turn(*this);
  Entry* entry = Current(*claim);
  if (entry == nullptr || entry->meeting->phase != claim->phase) {
    return ClaimNow(turn, RequestOf(*claim, std::move(server_tag)), std::move(done));
  }
  const MeetingPtr before = entry->meeting;
  const std::int64_t now_ms = NowMs();
  tried.push_back(before->node_id);
  const Result<NodeSlot*> placed = Place(turn, before->tenant_id, before->meeting_id, tried, pool::ParseTagWish(server_tag));
  if (!placed) {
    // A settled meeting stays: nothing took its place, and people may still be in it.
    if (before->phase == MeetingPhase::kClaimed) {
      WriteOwed(turn, *before, owe_end, now_ms);
      if (!Restore(turn, *entry)) Drop(turn, *entry, Fate::kGoesOn, now_ms);
    }
    return turn.Later([done = std::move(done), error = placed.error()] { done(tl::unexpected<Error>(error)); });
  }
  NodeSlot* slot = *placed;
  std::vector<Row> rows;
  std::optional<pool::PendingEnd> owed;
  const bool was_settled = before->phase == MeetingPhase::kSettled;
  // A settled meeting is superseded only when the other node has it (SettleEntry).
  if (owe_end && !was_settled) owed = Owe(*entry->slot, *before, *owe_end, now_ms);
  if (owed) rows.push_back(PutEnd{*owed});

  auto next = std::make_shared<pool::Meeting>(*before);
  next->node_id = slot->view->node.id;
  next->claim_id = ++last_claim_id_;
  next->phase = MeetingPhase::kClaimed;
  next->internal_id.clear();
  next->create_time_ms = 0;
  next->claimed_at_ms = now_ms;
  next->touched_at_ms = now_ms;
  next->adopted = false;
  if (was_settled) {
    entry->moved_from = before;
    entry->moved_xml = entry->xml;
  }
  Replace(*entry, next, *slot);
  entry->in_doubt = false;
  entry->handed_in_doubt = false;
  entry->settled_ms = 0;
  rows.push_back(PutMeeting{next});
  ClaimResult result = ResultOf(ClaimKind::kClaimed, *entry);
  turn.Require(std::move(rows), [this, before, owed, result = std::move(result), done = std::move(done)](const Status& written) {
    if (written) return done(result);
    UndoReassign(result.meeting, before, owed, written.error(), done);
  });
}

void LiveState::UndoReassign(const MeetingPtr& claim, const MeetingPtr& before, std::optional<pool::PendingEnd> owed, const Error& error,
                             const Done<ClaimResult>& done) {
  Turn turn(*this);
  turn.Later([done, error] { done(tl::unexpected<Error>(error)); });
  NodeSlot* old_slot = FindSlot(before->node_id);
  Entry* entry = Current(*claim);
  // Nobody goes on with an unsettled claim, so it is released; what its node may have made is owed as soon as that can be written.
  if (owed && old_slot != nullptr) turn.Write(PutEnd{*owed});
  if (entry == nullptr || Restore(turn, *entry)) return;
  Refuse(turn, TakeWaiters(*entry), error);
  Drop(turn, *entry, Fate::kGoesOn, NowMs());
}

bool LiveState::Restore(Turn& turn, Entry& entry) {
  const MeetingPtr from = std::exchange(entry.moved_from, nullptr);
  auto xml = std::exchange(entry.moved_xml, nullptr);
  NodeSlot* slot = from != nullptr ? FindSlot(from->node_id) : nullptr;
  if (slot == nullptr) return false;
  Replace(entry, from, *slot);
  {
    const std::lock_guard lock(meetings_.ShardOf(from->meeting_id).mutex);
    entry.xml.swap(xml);
  }
  entry.in_doubt = false;
  entry.handed_in_doubt = false;
  entry.settled_ms = NowMs();
  turn.Write(PutMeeting{from});
  turn.Wake(TakeWaiters(entry));
  return true;
}

Entry* LiveState::Reopen(Turn& turn, const pool::Meeting& meeting, const Settlement& settlement) {
  NodeSlot* slot = FindSlot(meeting.node_id);
  if (slot == nullptr) return nullptr;
  auto next = std::make_shared<pool::Meeting>(meeting);
  next->internal_id = settlement.internal_id;
  const Entry* other = meetings_.Find({meeting.tenant_id, meeting.meeting_id});
  if (other == nullptr) other = meetings_.FindOnNodes(meeting.node_meeting_id());
  if (other != nullptr) {
    // Claimed anew meanwhile: a copy in another place than the claim's is superfluous.
    const bool same_place = other->slot == slot && other->meeting->node_meeting_id() == meeting.node_meeting_id();
    if (!same_place) WriteOwed(turn, *next, pool::EndReason::kSuperseded, NowMs());
    return nullptr;
  }
  next->claim_id = ++last_claim_id_;
  Entry& inserted = meetings_.Insert(MakeEntry(next, NowMs()), *slot, options_.load, NowMs());
  if (!next->voice_bridge.empty()) voice_bridges_.try_emplace(next->voice_bridge, &inserted);
  return &inserted;
}

void LiveState::Settle(const MeetingPtr& claim, Settlement settlement) {
  Turn turn(*this);
  Entry* entry = Current(*claim);
  if (entry == nullptr) entry = Reopen(turn, *claim, settlement);
  if (entry != nullptr) SettleEntry(turn, *entry, settlement, NowMs());
}

void LiveState::SettleEntry(Turn& turn, Entry& entry, const Settlement& settlement, std::int64_t now_ms) {
  const MeetingPtr before = entry.meeting;
  auto next = std::make_shared<pool::Meeting>(*before);
  next->phase = MeetingPhase::kSettled;
  Learn(next->internal_id, settlement.internal_id);
  Learn(next->attendee_pw, settlement.attendee_pw);
  Learn(next->moderator_pw, settlement.moderator_pw);
  if (settlement.create_time_ms != 0) next->create_time_ms = settlement.create_time_ms;
  TakeVoiceBridge(entry, *next, settlement.voice_bridge);
  next->touched_at_ms = now_ms;
  entry.in_doubt = false;
  entry.handed_in_doubt = false;
  entry.settled_ms = now_ms;
  if (before->phase == MeetingPhase::kClaimed) {
    entry.meters->created.fetch_add(1, std::memory_order_relaxed);
    if (const MeetingPtr from = std::exchange(entry.moved_from, nullptr); from != nullptr && from->node_id != next->node_id) {
      WriteOwed(turn, *from, pool::EndReason::kSuperseded, now_ms);
      KeepRoom(turn, *from, std::exchange(entry.peak, 0), now_ms);
    }
    entry.moved_xml.reset();
  } else if (!before->internal_id.empty() && before->internal_id != next->internal_id) {  // the node made it anew
    entry.meters->created.fetch_add(1, std::memory_order_relaxed);
    KeepRoom(turn, *before, std::exchange(entry.peak, 0), now_ms);
  }
  // A node has one meeting of an ID: the copy whose end was owed is gone, or it is this very one.
  std::erase_if(entry.slot->ends, [&](const pool::PendingEnd& end) {
    if (end.meeting_id != next->node_meeting_id()) return false;
    turn.Write(DropEnd{end.id});
    return true;
  });
  turn.Write(PutMeeting{next});
  Replace(entry, std::move(next), *entry.slot);
  turn.Wake(TakeWaiters(entry));
}

void LiveState::TakeVoiceBridge(Entry& entry, pool::Meeting& next, const std::string& number) {
  if (number.empty() || number == next.voice_bridge) return;
  const auto mine = voice_bridges_.find(next.voice_bridge);
  if (mine != voice_bridges_.end() && mine->second == &entry) voice_bridges_.erase(mine);
  voice_bridges_.try_emplace(number, &entry);  // where two nodes gave one number, the first meeting keeps it
  next.voice_bridge = number;
}

void LiveState::Release(const MeetingPtr& claim, std::optional<pool::EndReason> owe_end, Done<void> done) {
  Turn turn(*this);
  if (done) turn.OnWritten([done = std::move(done)](const Status& written) { done(written); });
  Entry* entry = Current(*claim);
  if (entry == nullptr || entry->meeting->phase != claim->phase) return;
  const std::int64_t now_ms = NowMs();
  WriteOwed(turn, *entry->meeting, owe_end, now_ms);
  if (!Restore(turn, *entry)) Drop(turn, *entry, Fate::kGoesOn, now_ms);
}

void LiveState::Forget(const MeetingPtr& meeting, std::optional<pool::EndReason> owe_end, Done<void> done, Fate fate) {
  Turn turn(*this);
  if (done) turn.OnWritten([done = std::move(done)](const Status& written) { done(written); });
  Entry* entry = Current(*meeting);
  // Its node made it anew since the caller looked: that is another meeting.
  if (entry == nullptr || entry->meeting->internal_id != meeting->internal_id) return;
  const std::int64_t now_ms = NowMs();
  WriteOwed(turn, *entry->meeting, owe_end, now_ms);
  if (owe_end && *owe_end != pool::EndReason::kRequested) fate = Fate::kGoesOn;
  Drop(turn, *entry, fate, now_ms);
}

void LiveState::Drop(Turn& turn, Entry& entry, Fate fate, std::int64_t now_ms) {
  const MeetingPtr meeting = entry.meeting;
  if (meeting->phase == MeetingPhase::kSettled) {
    entry.slot->tombstones.push_back({meeting->tenant_id, meeting->node_meeting_id(), meeting->internal_id, now_ms});
    KeepRoom(turn, *meeting, entry.peak, now_ms);
    if (fate == Fate::kOver) TellEnd(turn, *meeting, now_ms);
  }
  turn.Wake(TakeWaiters(entry));
  const auto number = voice_bridges_.find(meeting->voice_bridge);
  if (number != voice_bridges_.end() && number->second == &entry) voice_bridges_.erase(number);
  turn.Write(DropMeeting{meeting});
  meetings_.Erase(entry);
}

void LiveState::KeepRoom(Turn& turn, const pool::Meeting& meeting, std::int64_t peak, std::int64_t now_ms) {
  if (history_ == nullptr) return;
  pool::RoomHistory room{.meeting_id = meeting.meeting_id,
                         .tenant_id = meeting.tenant_id,
                         .node_id = meeting.node_id,
                         .name = meeting.name,
                         .created_at_ms = meeting.create_time_ms != 0 ? meeting.create_time_ms : meeting.claimed_at_ms,
                         .ended_at_ms = now_ms,
                         .peak_participants = peak};
  turn.Later([sink = history_, room = std::move(room)]() mutable { sink->Record(std::move(room)); });
}

}  // namespace plenary::state
