// plenary tokens …: who may use /api/v1.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/tenant_view.hpp"

namespace plenary::cli {
namespace json = boost::json;

int TokensList(Context& context) {
  const auto result = context.Call("tokens.list");
  if (!result) return context.Fail(result.error());
  if (context.json) return context.PrintJson(*result);
  const json::array& tokens = Items(*result, "tokens");
  const TenantNames names(context, tokens);
  const std::int64_t now = ToMs(context.hooks().clock->Now());
  Table table({{"ID"}, {"NAME", false, true}, {"SCOPE"}, {"FOR"}, {"CREATED", true}, {"EXPIRES", true}});
  for (const json::value& item : tokens) {
    const json::object& token = AsObject(item);
    const std::int64_t expires = Integer(token, "expires_at_ms");
    const std::string server = Text(token, "server_id");
    Cell left = "never";
    if (expires > now) left = "in " + Duration(expires - now);
    if (expires > 0 && expires <= now) left = {"expired", Tone::kOff};
    table.Add({Text(token, "id"), Text(token, "name"), Text(token, "scope"), server.empty() ? names.Of(token) : server,
               Ago(Integer(token, "created_at_ms"), now), left});
  }
  if (table.empty()) {
    context.err() << "There are no tokens yet. Make one: plenary tokens create SCOPE\n";
  } else {
    context.out() << table.Render(context.style());
  }
  return kDone;
}

int TokensCreate(Context& context, const TokenOptions& options) {
  json::object arguments = {{"scope", options.scope}};
  if (options.name) arguments["name"] = *options.name;
  if (options.tenant) arguments["tenant"] = *options.tenant;
  if (options.server) arguments["server"] = *options.server;
  if (options.expires) arguments["expires_s"] = ParseDuration(*options.expires).value_or(0);  // checked by the parser
  const auto result = context.Call("tokens.create", arguments);
  if (!result && options.server) return context.FailForServer(result.error(), *options.server);
  if (!result && options.tenant) return context.FailForTenant(result.error(), *options.tenant);
  if (!result) return context.Fail(result.error());
  if (context.json) return context.PrintJson(*result);
  context.err() << fmt::format("Created the token {}. It is shown only now:\n", Text(Member(*result, "token"), "id"));
  context.out() << Text(*result, "secret") << "\n";
  return kDone;
}

int TokensRevoke(Context& context, const std::string& id) {
  const auto result = context.Call("tokens.revoke", {{"id", id}});
  if (!result) return context.Fail(result.error(), result.error().code == ErrorCode::kNotFound ? "Try `plenary tokens list`." : "");
  if (context.json) return context.PrintJson(*result);
  const std::string name = Text(Member(*result, "token"), "name");
  context.out() << fmt::format("Revoked {}{}.\n", Printable(id), name.empty() ? "" : fmt::format(" ({})", name));
  return kDone;
}

}  // namespace plenary::cli
