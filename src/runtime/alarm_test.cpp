#include "runtime/alarm.hpp"

#include <atomic>
#include <future>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/gather.hpp"
#include "runtime/runtime.hpp"

namespace plenary::runtime {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

Task<void> RingAfter(Alarm& alarm, milliseconds delay) {
  co_await Sleep(delay);
  alarm.Ring();
}

/// What four waits on one alarm say: rung before, rung during, not rung, not rung.
Task<void> WaitFourTimes(Executor executor, std::promise<std::vector<bool>>& result) {
  Alarm alarm(executor);
  std::vector<bool> rung;
  alarm.Ring();
  const bool before = co_await alarm.WaitFor(std::chrono::hours(1));
  rung.push_back(before);
  Spawn(executor, RingAfter(alarm, milliseconds(10)));
  const bool during = co_await alarm.WaitFor(std::chrono::hours(1));
  rung.push_back(during);
  for (int i = 0; i < 2; ++i) {
    const bool late = co_await alarm.WaitFor(milliseconds(5));
    rung.push_back(late);
  }
  result.set_value(rung);
}

TEST(Alarm, EndsOneWait) {
  Runtime runtime(1);
  runtime.Start();
  std::promise<std::vector<bool>> result;
  Spawn(runtime.Worker(0), WaitFourTimes(runtime.Worker(0).get_executor(), result));
  EXPECT_EQ(result.get_future().get(), (std::vector<bool>{true, true, false, false}));
}

Task<void> Work(milliseconds duration, std::shared_ptr<std::atomic<int>> done) {
  if (duration > milliseconds(0)) co_await Sleep(duration);
  ++*done;
}

struct Gathered {
  bool all = false;
  int done = 0;
  Clock::duration took{};
};

Task<void> GatherThem(std::vector<milliseconds> durations, milliseconds limit, std::promise<Gathered>& result) {
  const auto done = std::make_shared<std::atomic<int>>(0);
  std::vector<Task<void>> tasks;
  for (const milliseconds duration : durations) tasks.push_back(Work(duration, done));
  const Clock::time_point start = Clock::now();
  Gathered gathered;
  gathered.all = co_await Gather(std::move(tasks), limit);
  gathered.done = *done;
  gathered.took = Clock::now() - start;
  result.set_value(gathered);
}

Gathered RunGather(std::vector<milliseconds> durations, milliseconds limit) {
  Runtime runtime(1);
  runtime.Start();
  std::promise<Gathered> result;
  Spawn(runtime.Worker(0), GatherThem(std::move(durations), limit, result));
  return result.get_future().get();
}

TEST(Gather, WaitsForAllAtOnce) {
  const Gathered gathered = RunGather(std::vector<milliseconds>(20, milliseconds(20)), milliseconds(1'000));
  EXPECT_TRUE(gathered.all);
  EXPECT_EQ(gathered.done, 20);
  EXPECT_LT(gathered.took, milliseconds(200));
}

TEST(Gather, GivesUpAtTheLimit) {
  const Gathered gathered = RunGather({milliseconds(1), milliseconds(5'000), milliseconds(0)}, milliseconds(50));
  EXPECT_FALSE(gathered.all);
  EXPECT_EQ(gathered.done, 2);
  EXPECT_LT(gathered.took, milliseconds(500));
}

TEST(Gather, NothingAndInstantThings) {
  EXPECT_TRUE(RunGather({}, milliseconds(0)).all);
  EXPECT_TRUE(RunGather({milliseconds(0), milliseconds(0)}, milliseconds(1'000)).all);
}

}  // namespace
}  // namespace plenary::runtime
