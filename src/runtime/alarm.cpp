#include "runtime/alarm.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace plenary::runtime {

struct Alarm::Impl {
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
  explicit Impl(Executor executor) : timer(executor) {}
  Timer timer;
  bool rung = false;
};

Alarm::Alarm(Executor executor) : impl_(std::make_unique<Impl>(executor)) {}
Alarm::~Alarm() = default;

Task<bool> Alarm::WaitFor(std::chrono::milliseconds duration) {
  if (!impl_->rung) {
    impl_->timer.expires_after(duration);
    boost::system::error_code ignored;
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable_t<Executor>(), ignored);
    co_await impl_->timer.async_wait(token);
  }
  const bool rung = impl_->rung;
  impl_->rung = false;
  co_return rung;
}

void Alarm::Ring() {
  impl_->rung = true;
  impl_->timer.cancel();
}

}  // namespace plenary::runtime
