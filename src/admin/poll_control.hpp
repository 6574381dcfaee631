// What the operator's commands need of the poller. Implemented in app/ (siblings don't know each other).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/async.hpp"

namespace plenary::admin {

class PollControl {
 public:
  virtual ~PollControl() = default;
  /// A full round now: "all", "servers", "meetings" or "versions". Server IDs with the error of each ("" = it answered). Control thread.
  virtual Task<std::vector<std::pair<std::string, std::string>>> Run(std::string what) = 0;
  /// Polls a server that was added, changed or enabled, and waits for it, unless POLL_ON_CHANGE is off. Control thread.
  virtual Task<void> Changed(std::string server_id) = 0;
};

}  // namespace plenary::admin
