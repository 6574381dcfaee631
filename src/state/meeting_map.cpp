#include "state/meeting_map.hpp"

#include <algorithm>
#include <utility>

namespace plenary::state {

void MeetingMap::Recount(Entry& entry, const pool::LoadSettings& settings, std::int64_t now_ms) {
  const std::int64_t seats = entry.seats.Seats(settings, now_ms);
  if (seats == entry.counted) return;
  entry.slot->seats.fetch_add(seats - entry.counted, std::memory_order_relaxed);
  entry.counted = seats;
}

Entry& MeetingMap::Insert(std::unique_ptr<Entry> entry, NodeSlot& slot, const pool::LoadSettings& settings, std::int64_t now_ms) {
  Entry& inserted = *entry;
  inserted.slot = &slot;
  slot.entries.insert(&inserted);
  Shard& shard = ShardOf(inserted.meeting->meeting_id);
  const std::lock_guard lock(shard.mutex);
  Recount(inserted, settings, now_ms);
  shard.entries.insert(std::move(entry));
  size_.fetch_add(1, std::memory_order_relaxed);
  return inserted;
}

void MeetingMap::Erase(Entry& entry) {
  entry.slot->entries.erase(&entry);
  Shard& shard = ShardOf(entry.meeting->meeting_id);
  const std::lock_guard lock(shard.mutex);
  entry.slot->seats.fetch_sub(entry.counted, std::memory_order_relaxed);
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
      entry.slot->seats.fetch_sub(entry.counted, std::memory_order_relaxed);
      entry.counted = 0;
      entry.slot = &slot;
      entry.seats = SeatCount(entry.meeting->claimed_at_ms);
      entry.xml.reset();
      Recount(entry, settings, now_ms);
    }
  }
  if (moves) slot.entries.insert(&entry);
}

}  // namespace plenary::state
