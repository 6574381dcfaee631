// Gather: several tasks at once on the current thread, waited for together, with a limit on the time.
#pragma once

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/this_coro.hpp>

#include "runtime/alarm.hpp"
#include "runtime/runtime.hpp"

namespace plenary::runtime {

namespace internal {
struct Gathering {
  explicit Gathering(Executor executor) : alarm(executor) {}
  Alarm alarm;
  std::size_t left = 0;
};

inline Task<void> CountDown(Task<void> task, std::shared_ptr<Gathering> gathering) {
  co_await std::move(task);
  if (--gathering->left == 0) gathering->alarm.Ring();
}
}  // namespace internal

/// Starts all tasks and returns true when every one is done, false when `limit` passed first: the rest then go on unattended, so what
/// they refer to must be owned by them.
inline Task<bool> Gather(std::vector<Task<void>> tasks, std::chrono::milliseconds limit) {
  if (tasks.empty()) co_return true;
  const Executor executor = co_await boost::asio::this_coro::executor;
  auto gathering = std::make_shared<internal::Gathering>(executor);
  gathering->left = tasks.size();
  for (auto& task : tasks) Spawn(executor, internal::CountDown(std::move(task), gathering));
  const bool rung = co_await gathering->alarm.WaitFor(limit);
  co_return rung;
}

}  // namespace plenary::runtime
