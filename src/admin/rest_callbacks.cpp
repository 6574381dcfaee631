// /api/v1: callbacks to front-ends, and their webhook registrations.
#include <utility>

#include <boost/json/array.hpp>

#include "admin/json.hpp"
#include "admin/rest_calls.hpp"
#include "base/encoding.hpp"

namespace plenary::admin {

namespace {

Task<RestAnswer> ChangeCallbacks(RestCall& call, std::string command) {
  const std::string name = TextOf(call.body, "tenant");
  const std::string* given = Find(call.body, "tenant") ? &name : nullptr;
  const auto tenant = co_await TenantFor(call, given);
  if (!tenant) co_return tl::unexpected(tenant.error());
  if (!tenant->empty()) call.body["tenant"] = *tenant;
  RestAnswer answer = co_await call.execute(std::move(command), std::move(call.body));
  co_return answer;
}

}  // namespace

Task<RestAnswer> ListCallbacks(RestCall& call) {
  const std::string* given = call.Query("tenant");
  const auto tenant = co_await TenantFor(call, given);
  if (!tenant) co_return tl::unexpected(tenant.error());
  const auto after = call.page.after.empty() ? 0 : ParseInt(call.page.after);
  if (!after) co_return Refuse(400, "The cursor is none of this list.");
  boost::json::object arguments;
  if (!tenant->empty()) arguments["tenant"] = *tenant;
  if (const std::string* state = call.Query("state")) arguments["state"] = *state;
  arguments["after"] = *after;
  arguments["limit"] = call.page.limit;
  RestAnswer answer = co_await call.execute("callbacks.list", std::move(arguments));
  if (!answer) co_return answer;
  boost::json::value next;
  const boost::json::array& rows = answer->at("callbacks").as_array();
  if (rows.size() >= call.page.limit) next = TextOf(rows.back().as_object(), "id");  // there may be more
  (*answer)["next"] = std::move(next);
  if (call.token.scope == pool::TokenScope::kTenant) {
    for (const char* count : {"pending", "dead"}) (*answer)[count] = nullptr;  // of all tenants
  }
  co_return answer;
}

Task<RestAnswer> RetryCallbacks(RestCall& call) { return ChangeCallbacks(call, "callbacks.retry"); }

Task<RestAnswer> DropCallbacks(RestCall& call) { return ChangeCallbacks(call, "callbacks.drop"); }

Task<RestAnswer> ListHooks(RestCall& call) {
  const std::string* given = call.Query("tenant");
  const auto tenant = co_await TenantFor(call, given);
  if (!tenant) co_return tl::unexpected(tenant.error());
  boost::json::object arguments;
  if (!tenant->empty()) arguments["tenant"] = *tenant;
  RestAnswer answer = co_await call.execute("hooks.list", std::move(arguments));
  co_return answer;
}

Task<RestAnswer> RemoveHook(RestCall& call) {
  const std::string& id = call.Path("id");
  if (call.token.scope == pool::TokenScope::kTenant) {
    boost::json::object own = Pair("tenant", call.token.tenant_id);
    RestAnswer hooks = co_await call.execute("hooks.list", std::move(own));
    if (!hooks) co_return hooks;
    KeepRows(*hooks, "hooks", "id", id);
    if (hooks->at("hooks").as_array().empty()) co_return Refuse(404, "There is no hook with the ID " + id + ".");
  }
  boost::json::object arguments = Pair("id", id);
  RestAnswer answer = co_await call.execute("hooks.remove", std::move(arguments));
  co_return Member(std::move(answer), "hook");
}

}  // namespace plenary::admin
