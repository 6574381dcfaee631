// HTTP in front of a node: which call a path means, the request log, and the faults. One thread.
#pragma once

#include <string_view>

#include "node.hpp"
#include "wire.hpp"

namespace plenary::sim {

/// A node that has a socket of its own.
class NodeSite : public WireHandler {
 public:
  explicit NodeSite(Node& node) : node_(node) {}
  bool AnswerNow(const WireRequest& request, WireReply& reply) override;
  Task<void> Answer(const WireRequest& request, WireReply& reply, PeerWatch& peer) override;

 private:
  Node& node_;
};

/// Nodes that share a socket: "/n7/bigbluebutton/api/…" is node 7's.
class PathSite : public WireHandler {
 public:
  explicit PathSite(const std::vector<std::unique_ptr<Node>>& nodes) : nodes_(nodes) {}
  bool AnswerNow(const WireRequest& request, WireReply& reply) override;
  Task<void> Answer(const WireRequest& request, WireReply& reply, PeerWatch& peer) override;

 private:
  const std::vector<std::unique_ptr<Node>>& nodes_;
};

}  // namespace plenary::sim
