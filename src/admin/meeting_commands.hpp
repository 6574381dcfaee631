// meetings.* of docs/control-protocol.md.
#pragma once

#include <boost/json/object.hpp>

#include "admin/pool_commands.hpp"

namespace plenary::admin {

Task<Answer> MeetingsList(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> MeetingsAsk(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> MeetingsInfo(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> MeetingsEnd(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> MeetingsForget(const CommandContext& context, const boost::json::object& arguments);

}  // namespace plenary::admin
