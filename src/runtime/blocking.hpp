// Blocking: work that waits for a disk, for coroutines. Runs on the blocking pool and resumes on the thread that waited.
#pragma once

#include <functional>
#include <utility>

#include "runtime/callback.hpp"
#include "runtime/runtime.hpp"

namespace plenary::runtime {

/// What `work()` returns. `work` may refer to what outlives the coroutine and to the coroutine's own locals.
template <class T, class Work>
Task<T> Blocking(Runtime& runtime, Work work) {
  auto start = [&runtime, &work](std::function<void(T)> done) {
    runtime.Block([&work, done = std::move(done)] { done(work()); });
  };
  T value = co_await AwaitCallback<T>(std::move(start));
  co_return value;
}

}  // namespace plenary::runtime
