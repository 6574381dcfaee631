// AwaitCallback: waits in a coroutine for a function that reports on another thread, and resumes on the thread that waited.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "runtime/async.hpp"

namespace plenary::runtime {

/// `start` gets a copyable function object `done(T)` that may be called once, on any thread, at any time (also before
/// `start` returns). T must be movable and default constructible is not needed. Never fails; waits for ever if `done` is never called.
template <class T, class Start>
Task<T> AwaitCallback(Start start) {
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
  struct Shared {
    explicit Shared(Executor executor) : timer(executor) { timer.expires_at(Timer::time_point::max()); }
    Timer timer;
    std::optional<T> value;
  };
  const Executor executor = co_await boost::asio::this_coro::executor;
  auto shared = std::make_shared<Shared>(executor);
  start([shared](T value) {
    auto holder = std::make_shared<T>(std::move(value));
    boost::asio::post(shared->timer.get_executor(), [shared, holder] {
      shared->value.emplace(std::move(*holder));
      shared->timer.cancel();
    });
  });
  while (!shared->value) {
    boost::system::error_code ignored;
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable_t<Executor>(), ignored);
    co_await shared->timer.async_wait(token);
  }
  co_return std::move(*shared->value);
}

}  // namespace plenary::runtime
