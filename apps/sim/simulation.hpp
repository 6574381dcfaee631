// All nodes with their sockets, clocks and randomness: the composition root of plenary-sim. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node.hpp"
#include "options.hpp"
#include "wire.hpp"

namespace plenary::sim {

class Simulation {
 public:
  Simulation(boost::asio::io_context& context, const Options& options);
  ~Simulation();

  /// Opens all sockets. kIo when a port is taken.
  Status Start();

  const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }
  /// Sets what goes wrong at a node, for `seconds` if there are any. A node with a socket of its own closes it when it is down.
  Status SetFault(Node& node, Fault fault, double seconds);

 private:
  Status OpenOwnSockets();
  Status OpenSharedSocket();
  Status MatchSocket(Node& node);

  boost::asio::io_context& context_;
  Options options_;
  SystemClock clock_;
  std::unique_ptr<Random> random_;
  Timers timers_;
  Callbacks callbacks_;
  World world_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<WireHandler>> sites_;
  struct Socket {
    std::unique_ptr<WireServer> server;
    std::string host;
    std::uint16_t port = 0;
  };
  std::vector<Socket> sockets_;  // one per node, or one for all
};

}  // namespace plenary::sim
