// meetings.* of docs/control-protocol.md.
#pragma once

#include <boost/json/object.hpp>

#include "admin/pool_commands.hpp"

namespace plenary::admin {

Task<Result<boost::json::object>> MeetingsList(const CommandContext& context, const boost::json::object& arguments);
Task<Result<boost::json::object>> MeetingsAsk(const CommandContext& context, const boost::json::object& arguments);
Task<Result<boost::json::object>> MeetingsInfo(const CommandContext& context, const boost::json::object& arguments);
Task<Result<boost::json::object>> MeetingsEnd(const CommandContext& context, const boost::json::object& arguments);
Task<Result<boost::json::object>> MeetingsForget(const CommandContext& context, const boost::json::object& arguments);

}  // namespace plenary::admin
