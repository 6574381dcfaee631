// All timed events of the simulation in one queue over one timer, so that ten thousands of meetings cost nothing while they wait.
// One thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace plenary::sim {

class Timers {
 public:
  explicit Timers(boost::asio::io_context& context);
  ~Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  /// There is no cancelling: `action` looks for itself whether it still applies.
  void After(std::chrono::milliseconds delay, std::function<void()> action);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenary::sim
