// tokens.* of docs/control-protocol.md: bearer tokens for /api/v1, of which only the digest is kept.
#pragma once

#include <boost/json/object.hpp>

#include "admin/pool_commands.hpp"

namespace plenary::admin {

Task<Answer> TokensList(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> TokensCreate(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> TokensRevoke(const CommandContext& context, const boost::json::object& arguments);

}  // namespace plenary::admin
