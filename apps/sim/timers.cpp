#include "timers.hpp"

#include <queue>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace plenary::sim {

struct Timers::Impl {
  using Time = std::chrono::steady_clock::time_point;
  struct Event {
    Time due;
    std::uint64_t order;  // events of the same moment happen in the order they were asked for
    std::function<void()> action;
    bool operator<(const Event& other) const { return due != other.due ? due > other.due : order > other.order; }
  };

  explicit Impl(boost::asio::io_context& context) : timer(context) {}

  void Arm() {
    if (events.empty() || events.top().due == armed_for) return;
    armed_for = events.top().due;
    timer.expires_at(armed_for);
    timer.async_wait([this](boost::system::error_code error) {
      if (!error) Fire();
    });
  }

  void Fire() {
    armed_for = Time::max();
    const Time now = std::chrono::steady_clock::now();
    while (!events.empty() && events.top().due <= now) {
      const std::function<void()> action = events.top().action;
      events.pop();
      action();
    }
    Arm();
  }

  boost::asio::steady_timer timer;
  std::priority_queue<Event> events;
  Time armed_for = Time::max();
  std::uint64_t next_order = 0;
};

Timers::Timers(boost::asio::io_context& context) : impl_(std::make_unique<Impl>(context)) {}
Timers::~Timers() = default;

void Timers::After(std::chrono::milliseconds delay, std::function<void()> action) {
  impl_->events.push({std::chrono::steady_clock::now() + delay, impl_->next_order++, std::move(action)});
  impl_->Arm();
}

}  // namespace plenary::sim
