// /api/v1: tenants, their settings and their use.
#include <utility>

#include <boost/json/array.hpp>

#include "admin/rest_calls.hpp"

namespace plenary::admin {

namespace {

/// The tenant of the path (ID or name). 404 also for another than a tenant token's own; 412 when If-Match names another revision.
Task<RestAnswer> TenantOfPath(RestCall& call) {
  const std::string* given = &call.Path("id");
  const auto id = co_await TenantFor(call, given);
  if (!id) co_return tl::unexpected(id.error());
  boost::json::object arguments = Pair("tenant", *id);
  RestAnswer shown = co_await call.execute("tenants.show", std::move(arguments));
  RestAnswer tenant = Member(std::move(shown), "tenant");
  if (!tenant) co_return tenant;
  if (const auto matches = CheckIfMatch(call, *tenant); !matches) co_return tl::unexpected(matches.error());
  co_return tenant;
}

/// A command that changes the tenant of the path, as it was just read; If-Match holds until it is carried out.
Task<RestAnswer> Change(RestCall& call, boost::json::object tenant, std::string command, boost::json::object arguments) {
  if (call.if_match) arguments["if_revision"] = tenant.at("revision");
  RestAnswer answer = co_await call.execute(std::move(command), std::move(arguments));
  if (!answer && answer.error().status == 409 && call.if_match) {
    const RestAnswer again = co_await TenantOfPath(call);  // 412 when it was changed between the two commands
    if (!again) co_return again;
  }
  co_return answer;
}

/// The same with the fields of the body.
Task<RestAnswer> ChangeTenant(RestCall& call, std::string command) {
  RestAnswer tenant = co_await TenantOfPath(call);
  if (!tenant) co_return tenant;
  boost::json::object arguments = std::move(call.body);
  arguments["tenant"] = tenant->at("id");
  RestAnswer answer = co_await Change(call, std::move(*tenant), std::move(command), std::move(arguments));
  co_return answer;
}

}  // namespace

Task<RestAnswer> ListTenants(RestCall& call) {
  RestAnswer answer = co_await call.execute("tenants.list", boost::json::object());
  if (answer && call.token.scope == pool::TokenScope::kTenant) KeepRows(*answer, "tenants", "id", call.token.tenant_id);
  co_return answer;
}

Task<RestAnswer> CreateTenant(RestCall& call) {
  RestAnswer answer = co_await call.execute("tenants.add", std::move(call.body));
  co_return Member(std::move(answer), "tenant");
}

Task<RestAnswer> GetTenant(RestCall& call) { return TenantOfPath(call); }

Task<RestAnswer> PatchTenant(RestCall& call) {
  RestAnswer answer = co_await ChangeTenant(call, "tenants.update");
  co_return Member(std::move(answer), "tenant");
}

Task<RestAnswer> DeleteTenantById(RestCall& call) {
  const std::string* force = call.Query("force");
  if (force) call.body["force"] = *force == "true";
  return ChangeTenant(call, "tenants.remove");
}

Task<RestAnswer> RollSecret(RestCall& call) { return ChangeTenant(call, "tenants.roll_secret"); }

Task<RestAnswer> AddSetting(RestCall& call) {
  RestAnswer answer = co_await ChangeTenant(call, "tenants.settings_add");
  co_return Member(std::move(answer), "setting");
}

Task<RestAnswer> RemoveSetting(RestCall& call) {
  RestAnswer tenant = co_await TenantOfPath(call);
  if (!tenant) co_return tenant;
  const std::string& id = call.Path("setting");
  KeepRows(*tenant, "settings", "id", id);  // the command alone would take another tenant's, too
  if (tenant->at("settings").as_array().empty()) co_return Refuse(404, "The tenant has no setting with the ID " + id + ".");
  boost::json::object arguments = Pair("id", id);
  RestAnswer answer = co_await Change(call, std::move(*tenant), "tenants.settings_remove", std::move(arguments));
  co_return Member(std::move(answer), "tenant");
}

Task<RestAnswer> ListUsage(RestCall& call) {
  const std::string* given = call.Query("tenant");
  const auto tenant = co_await TenantFor(call, given);
  if (!tenant) co_return tl::unexpected(tenant.error());
  boost::json::object arguments;
  if (!tenant->empty()) arguments["tenant"] = *tenant;
  if (const std::string* month = call.Query("month")) arguments["month"] = *month;
  RestAnswer answer = co_await call.execute("tenants.usage", std::move(arguments));
  co_return answer;
}

}  // namespace plenary::admin
