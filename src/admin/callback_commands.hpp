// callbacks.* of docs/control-protocol.md: the outbox.
#pragma once

#include <boost/json/object.hpp>

#include "admin/pool_commands.hpp"

namespace plenary::admin {

Task<Answer> CallbacksList(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> CallbacksReceivers(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> CallbacksRetry(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> CallbacksDrop(const CommandContext& context, const boost::json::object& arguments);

}  // namespace plenary::admin
