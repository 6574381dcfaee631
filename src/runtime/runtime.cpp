#include "runtime/runtime.hpp"

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <pthread.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace plenary::runtime {
namespace {

namespace asio = boost::asio;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

thread_local std::optional<std::size_t> thread_index;

void NameThread(const std::string& name) { ::pthread_setname_np(::pthread_self(), name.c_str()); }

/// One io_context and the thread that runs it. The hint 1 spares Asio the wake-ups among several threads.
struct Loop {
  asio::io_context context{1};
  asio::executor_work_guard<Executor> guard{context.get_executor()};
  std::thread thread;
};

class BlockingPool {
 public:
  void Start(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this, i] {
        NameThread("blocking-" + std::to_string(i));
        Work();
      });
    }
  }

  void Add(std::function<void()> work) {
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return;
      queue_.push_back(std::move(work));
    }
    wake_.notify_one();
  }

  /// What is queued is still done: it may be a write that somebody counts on.
  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
      if (queue_.empty()) return;
      auto work = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      work();
      work = nullptr;  // what it holds dies outside the lock
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
  bool stopped_ = false;
};

[[noreturn]] void AbortWith(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "fatal: exception in a background task: %s\n", e.what());
  } catch (...) {
    std::fprintf(stderr, "fatal: unknown exception in a background task\n");
  }
  std::abort();
}

}  // namespace

struct Runtime::Impl {
  Impl(std::size_t workers, std::size_t blocking_threads) : blocking_threads(blocking_threads) {
    for (std::size_t i = 0; i < workers + 1; ++i) loops.push_back(std::make_unique<Loop>());
  }

  std::size_t blocking_threads;
  std::vector<std::unique_ptr<Loop>> loops;  // the last one is control
  BlockingPool pool;
  bool started = false;
  bool stopped = false;
};

Runtime::Runtime(std::size_t workers, std::size_t blocking_threads) : impl_(std::make_unique<Impl>(workers, blocking_threads)) {}

Runtime::~Runtime() { Stop(); }

std::size_t Runtime::worker_count() const { return impl_->loops.size() - 1; }

boost::asio::io_context& Runtime::Worker(std::size_t index) { return impl_->loops[index]->context; }

boost::asio::io_context& Runtime::Control() { return impl_->loops.back()->context; }

void Runtime::Start() {
  if (std::exchange(impl_->started, true)) return;
  impl_->pool.Start(impl_->blocking_threads);
  for (std::size_t i = 0; i < impl_->loops.size(); ++i) {
    Loop& loop = *impl_->loops[i];
    const std::string name = i + 1 == impl_->loops.size() ? "control" : "worker-" + std::to_string(i);
    loop.thread = std::thread([&loop, i, name] {
      NameThread(name);
      thread_index = i;
      loop.context.run();
    });
  }
}

void Runtime::Stop() {
  if (std::exchange(impl_->stopped, true)) return;
  for (const auto& loop : impl_->loops) loop->context.stop();
  for (const auto& loop : impl_->loops) {
    if (loop->thread.joinable()) loop->thread.join();
  }
  impl_->pool.Stop();
}

void Runtime::Block(std::function<void()> work) { impl_->pool.Add(std::move(work)); }

std::optional<std::size_t> Runtime::ThreadIndex() { return thread_index; }

Task<bool> Sleep(std::chrono::milliseconds duration) {
  const Executor executor = co_await asio::this_coro::executor;
  Timer timer(executor);
  timer.expires_after(duration);
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable_t<Executor>(), error);
  co_await timer.async_wait(token);
  co_return !error;
}

Task<Executor> ThisExecutor() {
  const Executor executor = co_await asio::this_coro::executor;
  co_return executor;
}

void Spawn(Executor executor, Task<void> task) {
  asio::co_spawn(executor, std::move(task), [](const std::exception_ptr& error) {
    if (error) AbortWith(error);
  });
}

void Spawn(boost::asio::io_context& context, Task<void> task) { Spawn(context.get_executor(), std::move(task)); }

}  // namespace plenary::runtime
