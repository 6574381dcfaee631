// The threads of the process: N workers that serve requests and one control thread (poller, accept, signals, timers),
// each with its own io_context, plus a small blocking pool for SQL and files. A coroutine stays on the thread that
// started it. Owned by app::Application; everything else gets a reference.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "runtime/async.hpp"

namespace plenary::runtime {

class Runtime {
 public:
  explicit Runtime(std::size_t workers, std::size_t blocking_threads = 2);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  std::size_t worker_count() const;
  boost::asio::io_context& Worker(std::size_t index);
  boost::asio::io_context& Control();

  /// Starts all threads; each runs until Stop.
  void Start();
  /// Stops the contexts and joins the threads. Idempotent.
  void Stop();

  /// Runs `work` on the blocking pool (any order, any of its threads).
  void Block(std::function<void()> work);

  /// Index of the io_context that the calling thread runs: 0..worker_count()-1, worker_count() for control; nothing elsewhere.
  static std::optional<std::size_t> ThreadIndex();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Sleeps on the current io_context. False when the context is being stopped.
Task<bool> Sleep(std::chrono::milliseconds duration);

/// The one that the calling coroutine runs on.
Task<Executor> ThisExecutor();

/// Starts a coroutine on `context` and forgets it; an escaped exception aborts the process with its text.
void Spawn(boost::asio::io_context& context, Task<void> task);
void Spawn(Executor executor, Task<void> task);

}  // namespace plenary::runtime
