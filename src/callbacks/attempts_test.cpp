#include "callbacks/attempts.hpp"

#include <future>

#include <gtest/gtest.h>

#include "runtime/runtime.hpp"

namespace plenary::callbacks {
namespace {

using std::chrono::milliseconds;

class AttemptsTest : public ::testing::Test {
 protected:
  AttemptsTest() { runtime_.Start(); }
  ~AttemptsTest() override { runtime_.Stop(); }

  /// Watches on a thread of the runtime, tells that it does, waits when it is let go, and reports what Wait said.
  struct Watching {
    std::promise<void> begun, go;
    std::promise<bool> ended;
  };
  static Task<void> Watch(Attempts& attempts, std::string key, milliseconds limit, Watching& watching) {
    const runtime::Executor executor = co_await runtime::ThisExecutor();
    bool ended = false;
    {
      Attempts::Watch watch(attempts, std::move(key), executor);
      watching.begun.set_value();
      watching.go.get_future().wait();
      ended = co_await watch.Wait(limit);
    }
    watching.ended.set_value(ended);
  }
  void Start(const std::string& key, milliseconds limit, Watching& watching, std::size_t worker = 0) {
    runtime::Spawn(runtime_.Worker(worker), Watch(attempts_, key, limit, watching));
    watching.begun.get_future().wait();
  }

  Attempts attempts_;
  runtime::Runtime runtime_{2};
};

constexpr milliseconds kLong{60'000};

TEST_F(AttemptsTest, OneThatEndedBeforeTheWaitIsNotMissed) {
  Watching watching;
  Start("a", kLong, watching);
  attempts_.Ended("a");
  watching.go.set_value();
  EXPECT_TRUE(watching.ended.get_future().get());
}

TEST_F(AttemptsTest, AllWhoWatchItAreToldAndNobodyElse) {
  Watching first, second, other;
  Start("a", kLong, first, 0);
  first.go.set_value();
  Start("a", kLong, second, 1);
  second.go.set_value();
  Start("b", milliseconds(50), other, 0);
  other.go.set_value();
  attempts_.Ended("a");
  EXPECT_TRUE(first.ended.get_future().get());
  EXPECT_TRUE(second.ended.get_future().get());
  EXPECT_FALSE(other.ended.get_future().get());
}

TEST_F(AttemptsTest, NobodyWaitsLongerThanTheLimit) {
  Watching watching;
  Start("a", milliseconds(20), watching);
  watching.go.set_value();
  EXPECT_FALSE(watching.ended.get_future().get());
  attempts_.Ended("a");  // nobody is there any more
}

TEST_F(AttemptsTest, WhoBeginsAfterItIsNotTold) {
  attempts_.Ended("a");
  Watching watching;
  Start("a", milliseconds(20), watching);
  watching.go.set_value();
  EXPECT_FALSE(watching.ended.get_future().get());
}

TEST_F(AttemptsTest, WaitsMayBeLeftWhenTheRuntimeStops) {
  Attempts attempts;
  Watching watching;
  {
    runtime::Runtime runtime(1);
    runtime.Start();
    runtime::Spawn(runtime.Worker(0), Watch(attempts, "a", kLong, watching));
    watching.begun.get_future().wait();
    watching.go.set_value();
    runtime.Stop();
  }
  attempts.Ended("a");  // the one who waited is gone with the threads' contexts
  EXPECT_EQ(watching.ended.get_future().wait_for(milliseconds(0)), std::future_status::timeout);
}

}  // namespace
}  // namespace plenary::callbacks
