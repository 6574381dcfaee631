// An immutable table that is swapped whole. Readers keep a copy per thread until the version changes, so that a read costs one atomic load and
// no lock. Owned by LiveState.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace plenary::state {

template <class Table>
class Published {
 public:
  explicit Published(std::shared_ptr<const Table> table) : table_(std::move(table)), version_(NextVersion()) {}

  /// Any thread.
  std::shared_ptr<const Table> Get() const {
    struct Cached {
      std::uint64_t version = 0;
      std::shared_ptr<const Table> table;
    };
    thread_local Cached cached;
    if (cached.version != version_.load(std::memory_order_acquire)) {
      const std::lock_guard lock(mutex_);
      cached.version = version_.load(std::memory_order_relaxed);
      cached.table = table_;
    }
    return cached.table;
  }

  /// Any thread; callers see to the order.
  void Set(std::shared_ptr<const Table> table) {
    const std::lock_guard lock(mutex_);
    table_.swap(table);
    version_.store(NextVersion(), std::memory_order_release);
  }

 private:
  /// Unique in the process: a thread's copy is never mistaken for another object's.
  static std::uint64_t NextVersion() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
  }

  mutable std::mutex mutex_;
  std::shared_ptr<const Table> table_;
  std::atomic<std::uint64_t> version_;
};

}  // namespace plenary::state
