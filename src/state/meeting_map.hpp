// The pool's meetings in memory: 64 shards, each with a lock of its own, and what is kept of each meeting and node beside its
// published value. Part of LiveState; nothing else includes it.
//
// Locks: everything here is written with LiveState's decision lock AND the shard's lock held, so either of them is enough to read;
// except seats, `counted` and `people`, which joins change under the shard's lock alone. A shard's lock is taken after the decision lock.
#pragma once

#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "state/seat_count.hpp"
#include "state/state_store.hpp"

namespace plenary::state {

struct NodeSlot;

struct Entry {
  Entry(MeetingPtr meeting_of_entry, std::int64_t create_time_ms, std::shared_ptr<TenantMeters> meters_of_tenant)
      : meeting(std::move(meeting_of_entry)), seats(create_time_ms), meters(std::move(meters_of_tenant)) {}

  MeetingPtr meeting;
  NodeSlot* slot = nullptr;
  std::shared_ptr<const std::string> xml;  // the last <meeting> element its node listed
  SeatCount seats;
  std::int64_t counted = 0;        // what of slot->seats is this meeting's
  std::shared_ptr<TenantMeters> meters;  // its tenant's; never null
  std::int64_t people = 0;         // what of meters->people is this meeting's
  std::int64_t participants = 0;   // what of meters->participants is
  std::int64_t peak = 0;           // most participants at any poll
  std::int64_t touched_ms = 0;     // last proof that it exists; written to the store only now and then
  std::int64_t settled_ms = 0;     // when the node's answer was last learned
  std::uint64_t poll = 0;          // serial of the last poll that listed it
  bool in_doubt = false;           // unsettled, and its claimant is gone: its node decides
  bool handed_in_doubt = false;    // somebody got kInDoubt for it and will Reassign or Release
  // A settled meeting that this unsettled claim shall replace on another node: restored when that fails, its end owed when it succeeds.
  MeetingPtr moved_from;
  std::shared_ptr<const std::string> moved_xml;
};

struct MeetingKey {
  std::string_view tenant_id, meeting_id;
  bool operator==(const MeetingKey&) const = default;
};
/// The shards' entries, by what clients call them: the hash is that of the meetingID.
struct EntryHash {
  using is_transparent = void;
  static std::size_t Of(std::string_view meeting_id) { return std::hash<std::string_view>()(meeting_id); }
  std::size_t operator()(const MeetingKey& key) const { return Of(key.meeting_id); }
  std::size_t operator()(const std::unique_ptr<Entry>& entry) const { return Of(entry->meeting->meeting_id); }
};
struct EntryEqual {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    return View(a) == View(b);
  }

 private:
  static MeetingKey View(const MeetingKey& key) { return key; }
  static MeetingKey View(const std::unique_ptr<Entry>& entry) { return {entry->meeting->tenant_id, entry->meeting->meeting_id}; }
};

/// Entries by what their nodes call them. That never changes while the entry lives.
struct NodeIdHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view node_meeting_id) const { return EntryHash::Of(node_meeting_id); }
  std::size_t operator()(const Entry* entry) const { return EntryHash::Of(entry->meeting->node_meeting_id()); }
};
struct NodeIdEqual {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    return View(a) == View(b);
  }

 private:
  static std::string_view View(std::string_view node_meeting_id) { return node_meeting_id; }
  static std::string_view View(const Entry* entry) { return entry->meeting->node_meeting_id(); }
};

/// A meeting that was forgotten a moment ago: a poll that was under way, or a node that ends it only now, may still list it.
struct Tombstone {
  std::string tenant_id;
  std::string meeting_id;  // as the node knows it
  std::string internal_id;
  std::int64_t at_ms = 0;
};

/// A node and what placement knows of it. Guarded by the decision lock where nothing else is said.
struct NodeSlot {
  /// Any thread.
  NodePtr View() const {
    const std::lock_guard lock(view_mutex);
    return view;
  }
  void SetView(NodePtr next) {
    const std::lock_guard lock(view_mutex);
    view.swap(next);
  }

  NodePtr view;  // written under both locks; read it with either
  mutable std::mutex view_mutex;
  std::atomic<std::int64_t> seats{0};                                              // of its entries
  std::atomic<double> scalelite_load{std::numeric_limits<double>::quiet_NaN()};    // NaN = no entry in Scalelite's server_load
  std::int64_t foreign_seats = 0;  // of meetings that it lists but that are claimed elsewhere
  boost::unordered_flat_set<Entry*> entries;
  std::vector<pool::PendingEnd> ends;
  std::vector<Tombstone> tombstones;
  bool unreachable = false;        // the last poll since the start failed
  bool removing = false;           // RemoveNode is being written
};

class MeetingMap {
 public:
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    boost::unordered_flat_set<std::unique_ptr<Entry>, EntryHash, EntryEqual> entries;

    /// The shard's lock must be held. Null when unknown.
    Entry* Find(const MeetingKey& key) const {
      const auto found = entries.find(key);
      return found == entries.end() ? nullptr : found->get();
    }
  };

  Shard& ShardOf(std::string_view meeting_id) const {
    const std::uint64_t hash = EntryHash::Of(meeting_id);
    return shards_[(hash ^ (hash >> 29)) % kShards];
  }
  std::array<Shard, 64>& shards() const { return shards_; }

  /// With the decision lock held: the entry stays until that is released.
  Entry* Find(const MeetingKey& key) const {
    Shard& shard = ShardOf(key.meeting_id);
    const std::lock_guard lock(shard.mutex);
    return shard.Find(key);
  }
  /// The meeting of any tenant that its node knows by this ID. With the decision lock held.
  Entry* FindOnNodes(std::string_view node_meeting_id) const {
    const auto found = by_node_id_.find(node_meeting_id);
    return found == by_node_id_.end() ? nullptr : *found;
  }
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  /// Puts the meeting on `slot` and counts its seats. Both of its IDs, the client's and the node's, must be free.
  Entry& Insert(std::unique_ptr<Entry> entry, NodeSlot& slot, const pool::LoadSettings& settings, std::int64_t now_ms);
  /// Takes it off its slot and destroys it.
  void Erase(Entry& entry);
  /// Publishes another value for the same key; on another node when `slot` is not the present one (its seats and XML start anew).
  void Replace(Entry& entry, MeetingPtr meeting, NodeSlot& slot, const pool::LoadSettings& settings, std::int64_t now_ms);

  /// Brings slot->seats and the tenant's meters up to date after a change of entry.seats or of the time. The shard's lock must be held.
  static void Recount(Entry& entry, const pool::LoadSettings& settings, std::int64_t now_ms);

 private:
  static constexpr std::size_t kShards = 64;
  mutable std::array<Shard, kShards> shards_;
  boost::unordered_flat_set<Entry*, NodeIdHash, NodeIdEqual> by_node_id_;  // guarded by the decision lock alone
  std::atomic<std::size_t> size_{0};
};

}  // namespace plenary::state
