// A wait that can be ended early. One waiter at a time; all calls on the thread of the executor it was made with.
#pragma once

#include <chrono>
#include <memory>

#include "runtime/async.hpp"

namespace plenary::runtime {

class Alarm {
 public:
  explicit Alarm(Executor executor);
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  /// True when it was rung (also before the wait began), false when the time passed. Ringing is used up by the wait.
  Task<bool> WaitFor(std::chrono::milliseconds duration);
  void Ring();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenary::runtime
