// The events of the last second, for limits that are exact: at most `limit` in any second, wherever it begins. Pure; the owner guards it. Memory: 8
// bytes for each event of the last second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace plenary::pool {

class SlidingSecond {
 public:
  /// Whether one more event at `now_us` (of a clock that never goes back) would be beyond `limit`.
  bool Full(std::int64_t limit, std::int64_t now_us) {
    while (!times_us_.empty() && times_us_.front() + kSecondUs < now_us) times_us_.pop_front();
    return times_us_.size() >= static_cast<std::size_t>(limit);
  }
  void Add(std::int64_t now_us) { times_us_.push_back(now_us); }

 private:
  static constexpr std::int64_t kSecondUs = 1'000'000;
  std::deque<std::int64_t> times_us_;
};

}  // namespace plenary::pool
