// Lets a request wait until its callback was tried: the sender tells of every attempt that ended, the receiver watches for one. Memory only; holds
// what is waited for just now, so it is bounded by the requests being served. Any thread. Outlives the runtime and the sender.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "runtime/alarm.hpp"

namespace plenary::callbacks {

class Attempts {
 public:
  class Watch;

  /// An attempt of this callback (records::Callback::dedupe_key) has ended in whatever way, and that is durable.
  void Ended(const std::string& dedupe_key);

 private:
  struct Bell;
  std::mutex mutex_;
  std::unordered_multimap<std::string, std::shared_ptr<Bell>> watched_;  // by dedupe_key
};

/// Watches for as long as it lives. To be made before the callback is enqueued, so that no attempt is missed.
class Attempts::Watch {
 public:
  /// `executor`: of the thread that makes it, waits and ends it.
  Watch(Attempts& attempts, std::string dedupe_key, runtime::Executor executor);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// True at once when an attempt ended since this was made, or when one ends; false when `limit` passed first. Once.
  Task<bool> Wait(std::chrono::milliseconds limit);

 private:
  Attempts& attempts_;
  const std::string dedupe_key_;
  const std::shared_ptr<Bell> bell_;
};

}  // namespace plenary::callbacks
