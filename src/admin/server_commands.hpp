// servers.* of docs/control-protocol.md.
#pragma once

#include <boost/json/object.hpp>

#include "admin/pool_commands.hpp"

namespace plenary::admin {

Task<Answer> ServersList(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> ServersShow(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> ServersAdd(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> ServersUpdate(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> ServersSetState(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> ServersRemove(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> ServersPanic(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> ServersMeetings(const CommandContext& context, const boost::json::object& arguments);

/// "There is no server with the ID x."
tl::unexpected<Error> NoServer(std::string_view id);

}  // namespace plenary::admin
