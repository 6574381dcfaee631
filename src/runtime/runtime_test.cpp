#include "runtime/runtime.hpp"

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

namespace plenary::runtime {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

Task<void> ReportIndex(std::promise<std::optional<std::size_t>>& result) {
  const bool slept = co_await Sleep(milliseconds(1));
  result.set_value(slept ? Runtime::ThreadIndex() : std::nullopt);
}

TEST(Runtime, EveryContextRunsOnItsOwnThread) {
  Runtime runtime(3);
  runtime.Start();
  ASSERT_EQ(runtime.worker_count(), 3u);
  for (std::size_t i = 0; i < 4; ++i) {
    std::promise<std::optional<std::size_t>> result;
    Spawn(i == 3 ? runtime.Control() : runtime.Worker(i), ReportIndex(result));
    EXPECT_EQ(result.get_future().get(), i);
  }
  EXPECT_FALSE(Runtime::ThreadIndex().has_value());
  std::promise<std::optional<std::size_t>> on_pool;
  runtime.Block([&] { on_pool.set_value(Runtime::ThreadIndex()); });
  EXPECT_FALSE(on_pool.get_future().get().has_value());
}

TEST(Runtime, StopIsIdempotentAndWorksWithoutStart) {
  Runtime never_started(1);
  never_started.Stop();
  never_started.Stop();
  Runtime runtime(1);
  runtime.Start();
  runtime.Stop();
  runtime.Stop();
}

TEST(Runtime, QueuedBlockingWorkIsDoneBeforeStopReturns) {
  std::atomic<int> done = 0;
  Runtime runtime(1, 1);
  runtime.Start();
  for (int i = 0; i < 5; ++i) {
    runtime.Block([&] {
      std::this_thread::sleep_for(milliseconds(5));
      ++done;
    });
  }
  runtime.Stop();
  EXPECT_EQ(done, 5);
  runtime.Block([&] { ++done; });
  EXPECT_EQ(done, 5);
}

Task<void> SleepAndMeasure(std::promise<Clock::duration>& result) {
  const Clock::time_point start = Clock::now();
  co_await Sleep(milliseconds(30));
  result.set_value(Clock::now() - start);
}

TEST(Runtime, SleepTakesItsTime) {
  Runtime runtime(1);
  runtime.Start();
  std::promise<Clock::duration> result;
  Spawn(runtime.Control(), SleepAndMeasure(result));
  EXPECT_GE(result.get_future().get(), milliseconds(30));
}

struct CountsItsDeath {
  explicit CountsItsDeath(std::atomic<int>& deaths) : deaths(deaths) {}
  ~CountsItsDeath() { ++deaths; }
  std::atomic<int>& deaths;
};

Task<void> SleepLong(std::atomic<int>& deaths) {
  const CountsItsDeath witness(deaths);
  co_await Sleep(std::chrono::hours(1));
}

TEST(Runtime, SleepingCoroutinesAreDestroyedWithTheRuntime) {
  std::atomic<int> deaths = 0;
  {
    Runtime runtime(2);
    runtime.Start();
    for (int i = 0; i < 10; ++i) Spawn(runtime.Worker(static_cast<std::size_t>(i) % 2), SleepLong(deaths));
    std::this_thread::sleep_for(milliseconds(20));
    EXPECT_EQ(deaths, 0);
  }
  EXPECT_EQ(deaths, 10);
}

Task<void> Throw() {
  co_await Sleep(milliseconds(1));
  throw std::runtime_error("told you so");
}

TEST(RuntimeDeathTest, EscapedExceptionAbortsWithItsText) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        Runtime runtime(1);
        runtime.Start();
        Spawn(runtime.Control(), Throw());
        std::this_thread::sleep_for(std::chrono::seconds(5));
      },
      "told you so");
}

}  // namespace
}  // namespace plenary::runtime
