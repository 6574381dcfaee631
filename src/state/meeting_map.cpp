#include "state/meeting_map.hpp"

#include <algorithm>
#include <utility>

namespace plenary::state {

namespace {

/// Brings one entry's share of a sum up to date.
void Contribute(std::atomic<std::int64_t>& sum, std::int64_t& share, std::int64_t now) {
  if (now == share) return;
  sum.fetch_add(now - share, std::memory_order_relaxed);
  share = now;
}

}  // namespace

void MeetingMap::Recount(Entry& entry, const pool::LoadSettings& settings, std::int64_t now_ms) {
  Contribute(entry.slot->seats, entry.counted, entry.seats.Seats(settings, now_ms));
  Contribute(entry.meters->people, entry.people, entry.seats.People());
  Contribute(entry.meters->participants, entry.participants, entry.seats.Participants());
}

Entry& MeetingMap::Insert(std::unique_ptr<Entry> entry, NodeSlot& slot, const pool::LoadSettings& settings, std::int64_t now_ms) {
  Entry& inserted = *entry;
  inserted.slot = &slot;
  slot.entries.insert(&inserted);
  by_node_id_.insert(&inserted);
  inserted.meters->meetings.fetch_add(1, std::memory_order_relaxed);
  Shard& shard = ShardOf(inserted.meeting->meeting_id);
  const std::lock_guard lock(shard.mutex);
  Recount(inserted, settings, now_ms);
  shard.entries.insert(std::move(entry));
  size_.fetch_add(1, std::memory_order_relaxed);
  return inserted;
}

void MeetingMap::Erase(Entry& entry) {
  entry.slot->entries.erase(&entry);
  by_node_id_.erase(&entry);
  entry.meters->meetings.fetch_sub(1, std::memory_order_relaxed);
  Shard& shard = ShardOf(entry.meeting->meeting_id);
  const std::lock_guard lock(shard.mutex);
  Contribute(entry.slot->seats, entry.counted, 0);
  Contribute(entry.meters->people, entry.people, 0);
  Contribute(entry.meters->participants, entry.participants, 0);
  const MeetingPtr keep_key = entry.meeting;  // the erased entry is found by views into it
  shard.entries.erase(shard.entries.find(MeetingKey{keep_key->tenant_id, keep_key->meeting_id}));
  size_.fetch_sub(1, std::memory_order_relaxed);
}

void MeetingMap::Replace(Entry& entry, MeetingPtr meeting, NodeSlot& slot, const pool::LoadSettings& settings, std::int64_t now_ms) {
  const bool moves = entry.slot != &slot;
  if (moves) entry.slot->entries.erase(&entry);
  {
    Shard& shard = ShardOf(meeting->meeting_id);
    const std::lock_guard lock(shard.mutex);
    entry.meeting = std::move(meeting);
    entry.touched_ms = std::max(entry.touched_ms, entry.meeting->touched_at_ms);
    if (moves) {
      Contribute(entry.slot->seats, entry.counted, 0);
      entry.slot = &slot;
      entry.seats = SeatCount(entry.meeting->claimed_at_ms);
      entry.xml.reset();
      Recount(entry, settings, now_ms);
    }
  }
  if (moves) slot.entries.insert(&entry);
}

}  // namespace plenary::state
