#include "simulation.hpp"

#include <algorithm>

#include <boost/asio/ip/address_v4.hpp>
#include <fmt/format.h>

#include "node_site.hpp"

namespace plenary::sim {
namespace {

// splitmix64: the same IDs and delays for the same --seed.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() override {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

std::unique_ptr<Random> MakeRandom(const std::optional<std::uint64_t>& seed) {
  if (seed) return std::make_unique<SeededRandom>(*seed);
  return std::make_unique<SystemRandom>();
}

constexpr std::size_t kLogEntriesOfAllNodes = 200'000;

}  // namespace

Simulation::Simulation(boost::asio::io_context& context, const Options& options)
    : context_(context),
      options_(options),
      random_(MakeRandom(options.seed)),
      timers_(context),
      callbacks_(context, options.time_scale),
      world_{
          .clock = clock_,
          .random = *random_,
          .timers = timers_,
          .callbacks = callbacks_,
          .time_scale = options.time_scale,
          .end_delay_s = options.end_delay_s,
          .log_entries_per_node = std::clamp<std::size_t>(kLogEntriesOfAllNodes / static_cast<std::size_t>(options.nodes), 100, 10'000)} {
  for (int number = 1; number <= options.nodes; ++number) {
    nodes_.push_back(std::make_unique<Node>(world_, number, options.secret, options.version));
    nodes_.back()->set_quirks({.thousands = std::nullopt, .reveal_version = options.reveal_version});
  }
}

Simulation::~Simulation() = default;

Status Simulation::Start() { return options_.layout == Layout::kByPath ? OpenSharedSocket() : OpenOwnSockets(); }

Status Simulation::OpenOwnSockets() {
  std::uint32_t address = boost::asio::ip::make_address_v4(options_.host).to_uint();
  std::uint16_t port = options_.port;
  for (const auto& node : nodes_) {
    Socket socket;
    sites_.push_back(std::make_unique<NodeSite>(*node));
    socket.server = std::make_unique<WireServer>(context_, *sites_.back());
    socket.host = boost::asio::ip::address_v4(address).to_string();
    const Status opened = socket.server->Open(socket.host, port);
    if (!opened) return opened;
    socket.port = socket.server->port();
    node->set_base_url(fmt::format("http://{}:{}", socket.host, socket.port));
    sockets_.push_back(std::move(socket));
    if (options_.layout == Layout::kByAddress) {
      ++address;
      port = sockets_.back().port;
    } else if (port != 0) {
      ++port;
    }
  }
  return {};
}

Status Simulation::OpenSharedSocket() {
  sites_.push_back(std::make_unique<PathSite>(nodes_));
  Socket socket;
  socket.server = std::make_unique<WireServer>(context_, *sites_.back());
  const Status opened = socket.server->Open(options_.host, options_.port);
  if (!opened) return opened;
  for (const auto& node : nodes_) node->set_base_url(fmt::format("http://{}:{}/n{}", options_.host, socket.server->port(), node->number()));
  sockets_.push_back(std::move(socket));
  return {};
}

Status Simulation::SetFault(Node& node, Fault fault, double seconds) {
  node.set_fault(std::move(fault));
  if (seconds > 0) {
    const std::chrono::milliseconds time(static_cast<std::int64_t>(seconds * 1000));
    timers_.After(time, [this, &node, epoch = node.fault_epoch()] {
      if (node.fault_epoch() != epoch) return;
      node.set_fault({});
      // The port was ours a moment ago; should somebody have taken it, the node stays down, as a server would.
      static_cast<void>(MatchSocket(node));
    });
  }
  return MatchSocket(node);
}

Status Simulation::MatchSocket(Node& node) {
  if (options_.layout == Layout::kByPath) return {};
  Socket& socket = sockets_[static_cast<std::size_t>(node.number() - 1)];
  const bool wants_open = node.fault().mode != FaultMode::kDown || !node.fault().calls.empty();
  const bool is_open = socket.server->port() != 0;
  if (wants_open == is_open) return {};
  if (wants_open) return socket.server->Open(socket.host, socket.port);
  socket.server->Close();
  return {};
}

}  // namespace plenary::sim
