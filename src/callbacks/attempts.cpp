#include "callbacks/attempts.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace plenary::callbacks {

/// Shared, because a ring may still be on its way to the thread of a watch that has ended.
struct Attempts::Bell {
  explicit Bell(runtime::Executor e) : executor(e), alarm(e) {}
  runtime::Executor executor;
  runtime::Alarm alarm;
};

void Attempts::Ended(const std::string& dedupe_key) {
  const std::lock_guard lock(mutex_);
  const auto [begin, end] = watched_.equal_range(dedupe_key);
  for (auto it = begin; it != end; ++it) {
    boost::asio::post(it->second->executor, [bell = it->second] { bell->alarm.Ring(); });
  }
}

Attempts::Watch::Watch(Attempts& attempts, std::string dedupe_key, runtime::Executor executor)
    : attempts_(attempts), dedupe_key_(std::move(dedupe_key)), bell_(std::make_shared<Bell>(executor)) {
  const std::lock_guard lock(attempts_.mutex_);
  attempts_.watched_.emplace(dedupe_key_, bell_);
}

Attempts::Watch::~Watch() {
  const std::lock_guard lock(attempts_.mutex_);
  const auto [begin, end] = attempts_.watched_.equal_range(dedupe_key_);
  for (auto it = begin; it != end; ++it) {
    if (it->second == bell_) {
      attempts_.watched_.erase(it);
      return;
    }
  }
}

Task<bool> Attempts::Watch::Wait(std::chrono::milliseconds limit) {
  const bool ended = co_await bell_->alarm.WaitFor(limit);
  co_return ended;
}

}  // namespace plenary::callbacks
