// hooks.* of docs/control-protocol.md: front-ends' webhook registrations.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "admin/pool_commands.hpp"

namespace plenary::admin {

Task<Answer> HooksList(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> HooksRemove(const CommandContext& context, const boost::json::object& arguments);

/// Durable when it returns. kNotFound.
Task<Status> AwaitRemoveHook(const CommandContext& context, std::string tenant_id, std::string id);

}  // namespace plenary::admin
