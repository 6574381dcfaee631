// The commands of docs/control-protocol.md on the pool: servers, meetings, polls, status. Runs on the control thread.
#pragma once

#include <memory>
#include <string>

#include "admin/commands.hpp"
#include "admin/decision_log.hpp"
#include "admin/poll_control.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "nodes/node_calls.hpp"
#include "observe/log.hpp"
#include "runtime/runtime.hpp"
#include "state/state_store.hpp"

namespace plenary::admin {

struct CommandOptions {
  bool server_id_is_hostname = false;  // SERVER_ID_IS_HOSTNAME
  std::string version;
};

struct CommandContext {
  CommandOptions options;
  state::StateStore& store;
  nodes::NodeCalls& nodes;
  PollControl& poll;
  DecisionLog& decisions;
  runtime::Runtime& runtime;
  const Clock& clock;
  Random& random;
  observe::Log& log;
};

std::unique_ptr<Commands> MakePoolCommands(CommandContext context);

}  // namespace plenary::admin
