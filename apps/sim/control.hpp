// The control protocol of plenary-sim over HTTP with JSON (docs/simulator.md): orders, what the nodes hold, what they were
// asked, and simulated people who follow a join link. For loopback; it knows no secrets and asks for none. One thread.
#pragma once

#include "simulation.hpp"
#include "wire.hpp"

namespace plenary::sim {

class Control final : public WireHandler {
 public:
  explicit Control(Simulation& simulation) : simulation_(simulation) {}
  bool AnswerNow(const WireRequest& request, WireReply& reply) override;
  Task<void> Answer(const WireRequest& request, WireReply& reply, PeerWatch& peer) override;

 private:
  Simulation& simulation_;
};

}  // namespace plenary::sim
