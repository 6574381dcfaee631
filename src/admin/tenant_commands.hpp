// tenants.* of docs/control-protocol.md. They work without MULTITENANCY_ENABLED, too, so that everything can be prepared.
#pragma once

#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "admin/pool_commands.hpp"

namespace plenary::admin {

Task<Answer> TenantsList(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> TenantsShow(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> TenantsAdd(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> TenantsUpdate(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> TenantsRemove(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> TenantsRollSecret(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> TenantsSettingsAdd(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> TenantsSettingsRemove(const CommandContext& context, const boost::json::object& arguments);
Task<Answer> TenantsUsage(const CommandContext& context, const boost::json::object& arguments);

/// The tenant that the argument `tenant` names, by ID or name. kNotFound.
Result<state::TenantPtr> TenantArgument(const CommandContext& context, const boost::json::object& arguments);
/// The ID for a filter by `tenant`: of a tenant, or as given ("" = none, or one that was removed). Nothing when absent.
Result<std::optional<std::string>> TenantFilter(const CommandContext& context, const boost::json::object& arguments);

}  // namespace plenary::admin
