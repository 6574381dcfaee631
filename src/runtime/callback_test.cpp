#include "runtime/callback.hpp"

#include <future>
#include <functional>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "runtime/runtime.hpp"

namespace plenary::runtime {
namespace {

using Done = std::function<void(std::unique_ptr<int>)>;
using Start = std::function<void(Done)>;

struct Outcome {
  int value = 0;
  std::optional<std::size_t> thread;
};

Task<void> Wait(Start start, std::promise<Outcome>& result) {
  const std::unique_ptr<int> value = co_await AwaitCallback<std::unique_ptr<int>>(std::move(start));
  Outcome outcome;
  outcome.value = *value;
  outcome.thread = Runtime::ThreadIndex();
  result.set_value(outcome);
}

Outcome RunOnWorker(Start start) {
  Runtime runtime(2);
  runtime.Start();
  std::promise<Outcome> result;
  Spawn(runtime.Worker(1), Wait(std::move(start), result));
  return result.get_future().get();
}

TEST(AwaitCallback, DoneBeforeStartReturns) {
  const Outcome outcome = RunOnWorker([](const Done& done) { done(std::make_unique<int>(7)); });
  EXPECT_EQ(outcome.value, 7);
  EXPECT_EQ(outcome.thread, 1u);
}

TEST(AwaitCallback, ResumesOnTheThreadThatWaited) {
  std::thread other;
  const Outcome outcome = RunOnWorker([&](Done done) {
    other = std::thread([done = std::move(done)] {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      done(std::make_unique<int>(8));
    });
  });
  other.join();
  EXPECT_EQ(outcome.value, 8);
  EXPECT_EQ(outcome.thread, 1u);
}

Task<void> WaitMany(Runtime& runtime, std::promise<int>& result) {
  int sum = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto start = [&runtime](auto done) { runtime.Block([done] { done(1); }); };
    const int one = co_await AwaitCallback<int>(start);
    sum += one;
  }
  result.set_value(sum);
}

TEST(AwaitCallback, ManyRoundTripsToTheBlockingPool) {
  Runtime runtime(1);
  runtime.Start();
  std::promise<int> result;
  Spawn(runtime.Worker(0), WaitMany(runtime, result));
  EXPECT_EQ(result.get_future().get(), 1000);
}

TEST(AwaitCallback, NeverDoneDiesWithTheRuntime) {
  Done kept;
  {
    Runtime runtime(2);
    runtime.Start();
    std::promise<Outcome> result;
    std::promise<void> started;
    Spawn(runtime.Worker(0), Wait(
                                 [&](Done done) {
                                   kept = std::move(done);
                                   started.set_value();
                                 },
                                 result));
    started.get_future().wait();
    kept = nullptr;
  }
  SUCCEED();
}

}  // namespace
}  // namespace plenary::runtime
