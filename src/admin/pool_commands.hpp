// The commands of docs/control-protocol.md, one table. Runs on the control thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "admin/commands.hpp"
#include "admin/decision_log.hpp"
#include "admin/poll_control.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "config/settings.hpp"
#include "nodes/node_calls.hpp"
#include "observe/log.hpp"
#include "records/callback_urls.hpp"
#include "records/hook_store.hpp"
#include "records/outbox.hpp"
#include "records/usage.hpp"
#include "runtime/runtime.hpp"
#include "state/state_store.hpp"

namespace plenary::admin {

struct CommandOptions {
  bool server_id_is_hostname = false;  // SERVER_ID_IS_HOSTNAME
  bool multitenancy = false;           // MULTITENANCY_ENABLED: only said, tenants can be prepared without it
  std::string version;
  std::vector<config::SettingInForce> settings;  // as `plenary config check` shows them: without secrets
  std::vector<std::string> warnings;             // about them, in sentences
};

struct CommandContext {
  CommandOptions options;
  state::StateStore& store;
  nodes::NodeCalls& nodes;
  PollControl& poll;
  DecisionLog& decisions;
  records::Outbox& outbox;
  records::CallbackUrlStore& callback_urls;
  records::HookStore& hooks;
  records::UsageStore& usage;
  runtime::Runtime& runtime;
  const Clock& clock;
  Random& random;
  observe::Log& log;
};

using Answer = Result<boost::json::object>;

std::unique_ptr<Commands> MakePoolCommands(CommandContext context);

}  // namespace plenary::admin
