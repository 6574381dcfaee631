// One call to many nodes at once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/services.hpp"

namespace plenary::api {

/// What one node answered. Shared with its call, which may outlive the request that asked.
struct NodePart {
  state::NodePtr node;
  std::string body;
  bool arrived = false;    // a reply came, complete or not
  bool truncated = false;
};

/// Sends a call without parameters to all `nodes`; in their order. Returns when every one has answered or failed, at the latest RESPONSE_TIMEOUT + 0.5 s
/// after the call: who is silent then is left behind.
Task<std::vector<std::shared_ptr<NodePart>>> AskAll(const Services& services, std::string call, std::vector<state::NodePtr> nodes);

}  // namespace plenary::api
