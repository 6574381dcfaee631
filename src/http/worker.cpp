#include "http/worker.hpp"

#include <algorithm>
#include <ctime>

#include "base/random.hpp"
#include "http/connection.hpp"
#include "http/reply_head.hpp"

namespace plenary::http {
namespace {

std::uint64_t SplitMix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

}  // namespace

Worker::Worker(std::shared_ptr<ServerCommon> common, Executor executor) : common(std::move(common)), executor(executor) {
  SystemRandom random;
  for (std::uint64_t& word : id_state_) word = random.Next();
}

void Worker::Sweep() {
  const Instant now = SteadyClock::now();
  for (Connection* connection : connections_) connection->InterruptIfExpired(now);
}

std::chrono::milliseconds Worker::sweep_interval() const {
  const ServerOptions& o = common->options;
  const auto shortest = std::min({o.head_timeout, o.idle_timeout, o.body_timeout, o.write_timeout});
  return std::clamp(shortest / 8, std::chrono::milliseconds(5), std::chrono::milliseconds(1'000));
}

void Worker::Drain() {
  draining_ = true;
  for (Connection* connection : connections_) connection->InterruptIfIdle();
}

std::string_view Worker::Date() {
  const auto second = static_cast<std::int64_t>(std::time(nullptr));
  if (second != date_second_) {
    date_second_ = second;
    date_ = HttpDate(second);
  }
  return date_;
}

std::array<char, 32> Worker::NewRequestId() {
  std::array<char, 32> id;
  std::size_t at = 0;
  for (std::uint64_t& state : id_state_) {
    std::uint64_t word = SplitMix(state);
    for (int i = 0; i < 16; ++i, word >>= 4) id[at++] = "0123456789abcdef"[word & 15];
  }
  return id;
}

}  // namespace plenary::http
