#include "admin/scalelite_calls.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json/array.hpp>

#include "admin/json.hpp"
#include "base/encoding.hpp"
#include "bbb/reply_writer.hpp"

namespace plenary::admin {

namespace {

using Answer = Result<boost::json::object>;

bool IsBlank(std::string_view text) { return TrimBlanks(text).empty(); }

boost::json::object One(std::string_view key, std::string text) {
  boost::json::object object;
  object[boost::json::string_view(key.data(), key.size())] = std::move(text);
  return object;
}

void ReplyError(http::Reply& reply, int status, std::string text) { ReplyScaleliteJson(reply, status, One("error", std::move(text))); }

void ReplyMissing(http::Reply& reply, std::string_view wrapper) {
  reply.SetContentType(bbb::kXmlContentType);
  reply.outcome = "internalError";
  bbb::AppendFailed(reply.body, "internalError", "param is missing or the value is empty: " + std::string(wrapper));
}

/// A refusal is the client's fault; anything else is ours.
void ReplyFailure(http::Reply& reply, const Error& error, int refused) {
  const bool refusal =
      error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kConflict || error.code == ErrorCode::kAlreadyExists;
  if (refusal) ReplyError(reply, refused, error.detail);
  else ReplyEmptyPage(reply, 500);
}

// --- servers ----------------------------------------------------------------------------------------------------------------

/// SERVER of docs/control-protocol.md as Scalelite writes it.
boost::json::object ServerObject(const boost::json::object& row) {
  boost::json::object server;
  server["id"] = row.at("id");
  server["url"] = row.at("url");
  server["secret"] = row.at("secret");
  server["tag"] = row.at("tag");
  server["bbb_version"] = row.at("bbb_version");
  server["state"] = row.at("state");
  const boost::json::value& load = row.at("load");
  server["load"] = load.is_number() ? boost::json::value(load.to_number<double>()) : boost::json::value("unavailable");
  server["load_multiplier"] = RubyFloat(row.at("load_multiplier").to_number<double>());
  server["online"] = row.at("online").as_bool() ? "online" : "offline";
  return server;
}

void ReplyServer(http::Reply& reply, int status, const boost::json::object& answer) {
  ReplyScaleliteJson(reply, status, ServerObject(answer.at("server").as_object()));
}

void ReplyNoServer(http::Reply& reply, const std::string& id) { ReplyError(reply, 404, "Couldn't find server with id=" + id); }

/// The answer of servers.show; kNotFound for an empty ID, too.
Task<Answer> FindServer(const ScaleliteCall& call, const std::string& id) {
  if (id.empty()) co_return Fail(ErrorCode::kNotFound);
  boost::json::object arguments = One("id", id);
  Answer found = co_await call.execute("servers.show", std::move(arguments));
  co_return found;
}

Task<void> GetServers(ScaleliteCall call) {
  const Answer listed = co_await call.execute("servers.list", boost::json::object());
  if (!listed) {
    ReplyEmptyPage(call.reply, 500);
    co_return;
  }
  const boost::json::array& rows = listed->at("servers").as_array();
  if (rows.empty()) {
    ReplyError(call.reply, 404, "No servers are configured");
    co_return;
  }
  boost::json::array servers;
  for (const boost::json::value& row : rows) servers.push_back(ServerObject(row.as_object()));
  ReplyScaleliteJson(call.reply, 200, servers);
}

Task<void> GetServerInfo(ScaleliteCall call) {
  const std::string id = call.params.Text("id");
  const Answer found = co_await FindServer(call, id);
  if (!found) ReplyNoServer(call.reply, id);
  else ReplyServer(call.reply, 200, *found);
}

Task<void> AddServer(ScaleliteCall call) {
  const boost::json::object* given = call.params.Wrapped();
  if (given == nullptr) {
    ReplyMissing(call.reply, "server");
    co_return;
  }
  boost::json::object arguments;
  arguments["url"] = TextOf(*given, "url");
  arguments["secret"] = TextOf(*given, "secret");
  arguments["any_url"] = true;  // it isn't looked at here (spec scalelite 2.2)
  if (IsBlank(TextOf(*given, "url")) || IsBlank(TextOf(*given, "secret"))) {
    ReplyError(call.reply, 400, "Server needs a URL and a secret");
    co_return;
  }
  const boost::json::value* multiplier = Find(*given, "load_multiplier");
  const double factor = multiplier ? DecimalOf(*multiplier) : 0;
  if (factor != 0) arguments["load_multiplier"] = factor;
  if (const std::string tag = TextOf(*given, "tag"); !IsBlank(tag)) arguments["tag"] = tag;
  const Answer added = co_await call.execute("servers.add", std::move(arguments));
  if (!added && added.error().code == ErrorCode::kAlreadyExists) ReplyEmptyPage(call.reply, 500);  // as Scalelite: IDs that are host names
  else if (!added) ReplyFailure(call.reply, added.error(), 400);
  else ReplyServer(call.reply, 201, *added);
}

/// What updateServer asks for, as arguments of two commands. kInvalidArgument as Scalelite words it.
struct ServerChange {
  boost::json::object fields;  // of servers.update
  std::string state;           // of servers.set_state, "" = as it is
};
Result<ServerChange> ServerChangeOf(const boost::json::object& given) {
  ServerChange change;
  if (const std::string state = TextOf(given, "state"); !state.empty()) {
    change.state = state == "enable" ? "enabled" : state == "cordon" ? "cordoned" : state == "disable" ? "disabled" : "";
    if (change.state.empty()) return Fail(ErrorCode::kInvalidArgument, "Invalid state parameter: " + state);
  }
  if (const boost::json::value* multiplier = Find(given, "load_multiplier"); multiplier && !multiplier->is_null()) {
    const double factor = DecimalOf(*multiplier);
    if (factor == 0) return Fail(ErrorCode::kInvalidArgument, "Load-multiplier must be a non-zero number");
    change.fields["load_multiplier"] = factor;
  }
  if (const std::string secret = TextOf(given, "secret"); !IsBlank(secret)) change.fields["secret"] = secret;
  if (Find(given, "tag") != nullptr) {
    const std::string tag = TextOf(given, "tag");
    change.fields["tag"] = IsBlank(tag) ? std::string() : tag;
  }
  return change;
}

Task<void> UpdateServer(ScaleliteCall call) {
  const std::string id = call.params.Text("id");
  Answer server = co_await FindServer(call, id);
  if (!server) {
    ReplyNoServer(call.reply, id);
    co_return;
  }
  const boost::json::object* given = call.params.Wrapped();
  if (given == nullptr) {
    ReplyError(call.reply, 400, "param is missing or the value is empty: server");
    co_return;
  }
  Result<ServerChange> change = ServerChangeOf(*given);
  if (!change) {
    ReplyError(call.reply, 400, change.error().detail);
    co_return;
  }
  // The state last: enabling polls the server, which needs the new secret.
  if (!change->fields.empty()) {
    change->fields["id"] = id;
    server = co_await call.execute("servers.update", std::move(change->fields));
  }
  if (server && !change->state.empty()) {
    boost::json::object arguments = One("id", id);
    arguments["state"] = change->state;
    server = co_await call.execute("servers.set_state", std::move(arguments));
  }
  if (!server) ReplyFailure(call.reply, server.error(), 400);
  else ReplyServer(call.reply, 200, *server);
}

Task<void> DeleteServer(ScaleliteCall call) {
  const std::string id = call.params.Text("id");
  const Answer found = co_await FindServer(call, id);
  if (!found) {
    ReplyNoServer(call.reply, id);
    co_return;
  }
  boost::json::object arguments = One("id", id);
  arguments["force"] = true;  // Scalelite doesn't look for meetings; here they are forgotten with their server (spec scalelite 11.1 no. 8)
  const Answer removed = co_await call.execute("servers.remove", std::move(arguments));
  if (!removed) ReplyError(call.reply, 400, "Couldn't destroy server id=" + id + ": " + removed.error().detail);
  else ReplyScaleliteJson(call.reply, 200, One("success", "Server id=" + id + " was destroyed"));
}

Task<void> PanicServer(ScaleliteCall call) {
  const std::string id = call.params.Text("id");
  const Answer found = co_await FindServer(call, id);
  if (!found) {
    ReplyNoServer(call.reply, id);
    co_return;
  }
  // An end that fails doesn't stop it, as with the rake task: a server that panics is often one that doesn't answer (spec scalelite 11.2 no. 18).
  boost::json::object arguments = One("id", id);
  arguments["keep_state"] = call.params.Flag("keep_state");
  const Answer panicked = co_await call.execute("servers.panic", std::move(arguments));
  if (!panicked) ReplyError(call.reply, 400, "Couldn't disable server id=" + id);
  else ReplyScaleliteJson(call.reply, 200, One("success", "Server id=" + id + " has been disabled and the meetings have been destroyed"));
}

// --- tenants ----------------------------------------------------------------------------------------------------------------

/// "s1:s2"
std::string SecretsText(const boost::json::object& row) {
  std::string text;
  for (const boost::json::value& secret : row.at("secrets").as_array()) {
    if (!text.empty()) text += ':';
    text += TextOf(&secret);
  }
  return text;
}

boost::json::array SecretsOf(std::string_view text) {
  boost::json::array secrets;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(':'), text.size());
    if (end > 0) secrets.emplace_back(boost::json::string_view(text.data(), end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return secrets;
}

/// The dump of a loaded record, with Scalelite's names of the LRS fields; those without a value are left out.
boost::json::object LoadedTenant(const boost::json::object& row) {
  boost::json::object tenant;
  tenant["new_record"] = false;
  tenant["destroyed"] = false;
  tenant["name"] = row.at("name");
  tenant["secrets"] = SecretsText(row);
  const boost::json::object& lrs = row.at("lrs").as_object();
  const auto add = [&](const char* name, const char* field) {
    if (const std::string text = TextOf(lrs, field); !text.empty()) tenant[name] = text;
  };
  add("lrs_endpoint", "endpoint");
  add("lrs_username", "username");
  add("lrs_password", "password");
  for (const char* name : {"kc_token_url", "kc_client_id", "kc_client_secret", "kc_username", "kc_password"}) add(name, name);
  tenant["id"] = row.at("id");
  return tenant;
}

boost::json::object NewTenant(const boost::json::object& row) {
  boost::json::object tenant;
  tenant["name"] = row.at("name");
  tenant["secrets"] = SecretsText(row);
  tenant["new_record"] = false;
  tenant["destroyed"] = false;
  tenant["id"] = row.at("id");
  return tenant;
}

void ReplyNoTenant(http::Reply& reply, const std::string& id) { ReplyError(reply, 404, "Couldn't find Tenant with id=" + id); }

/// The answer of tenants.show, for IDs only: the command takes names, too. kNotFound otherwise.
Task<Answer> FindTenant(const ScaleliteCall& call, const std::string& id) {
  if (id.empty()) co_return Fail(ErrorCode::kNotFound);
  boost::json::object arguments = One("tenant", id);
  Answer found = co_await call.execute("tenants.show", std::move(arguments));
  if (found && TextOf(found->at("tenant").as_object(), "id") != id) co_return Fail(ErrorCode::kNotFound);
  co_return found;
}

void ReplyTenant(http::Reply& reply, int status, boost::json::object tenant) {
  boost::json::object wrapped;
  wrapped["tenant"] = std::move(tenant);
  ReplyScaleliteJson(reply, status, wrapped);
}

Task<void> GetTenants(ScaleliteCall call) {
  const Answer listed = co_await call.execute("tenants.list", boost::json::object());
  if (!listed) {
    ReplyEmptyPage(call.reply, 500);
    co_return;
  }
  boost::json::array tenants;
  for (const boost::json::value& row : listed->at("tenants").as_array()) {
    boost::json::object tenant;
    tenant["id"] = row.at("id");
    tenant["name"] = row.at("name");
    tenant["secrets"] = SecretsText(row.as_object());
    tenants.push_back(std::move(tenant));
  }
  if (tenants.empty()) ReplyScaleliteJson(call.reply, 200, One("message", "No tenants exist"));
  else ReplyScaleliteJson(call.reply, 200, tenants);
}

Task<void> GetTenantInfo(ScaleliteCall call) {
  const std::string id = call.params.Text("id");
  const Answer found = co_await FindTenant(call, id);
  if (!found) ReplyNoTenant(call.reply, id);
  else ReplyScaleliteJson(call.reply, 200, LoadedTenant(found->at("tenant").as_object()));
}

Task<void> AddTenant(ScaleliteCall call) {
  const boost::json::object* given = call.params.Wrapped();
  if (given == nullptr) {
    ReplyMissing(call.reply, "tenant");
    co_return;
  }
  boost::json::object arguments = One("name", TextOf(*given, "name"));
  boost::json::array secrets = SecretsOf(TextOf(*given, "secrets"));
  if (IsBlank(TextOf(*given, "name")) || secrets.empty()) {
    ReplyScaleliteJson(call.reply, 400, One("message", "Error: both name and secrets are required to create a Tenant"));
    co_return;
  }
  arguments["secrets"] = std::move(secrets);
  arguments["shared_name"] = true;  // spec scalelite 4.5
  const Answer added = co_await call.execute("tenants.add", std::move(arguments));
  if (!added) ReplyFailure(call.reply, added.error(), 422);
  else ReplyTenant(call.reply, 201, NewTenant(added->at("tenant").as_object()));
}

Task<void> UpdateTenant(ScaleliteCall call) {
  const std::string id = call.params.Text("id");
  Answer tenant = co_await FindTenant(call, id);
  if (!tenant) {
    ReplyNoTenant(call.reply, id);
    co_return;
  }
  const boost::json::object* given = call.params.Wrapped();
  if (given == nullptr) {
    ReplyMissing(call.reply, "tenant");
    co_return;
  }
  boost::json::object arguments;
  if (const std::string name = TextOf(*given, "name"); !IsBlank(name)) arguments["name"] = name;
  if (boost::json::array secrets = SecretsOf(TextOf(*given, "secrets")); !secrets.empty()) arguments["secrets"] = std::move(secrets);
  if (!arguments.empty()) {
    arguments["tenant"] = id;
    tenant = co_await call.execute("tenants.update", std::move(arguments));
  }
  if (!tenant) ReplyFailure(call.reply, tenant.error(), 422);
  else ReplyTenant(call.reply, 200, LoadedTenant(tenant->at("tenant").as_object()));
}

Task<void> DeleteTenant(ScaleliteCall call) {
  const std::string id = call.params.Text("id");
  const Answer found = co_await FindTenant(call, id);
  if (!found) {
    ReplyNoTenant(call.reply, id);
    co_return;
  }
  boost::json::object arguments = One("tenant", id);
  arguments["force"] = true;  // Scalelite doesn't look for meetings
  const Answer removed = co_await call.execute("tenants.remove", std::move(arguments));
  if (!removed) ReplyFailure(call.reply, removed.error(), 422);
  else ReplyScaleliteJson(call.reply, 200, One("success", "Tenant id=" + id + " was destroyed"));
}

constexpr std::array<ScaleliteRoute, 11> kRoutes{{
    {"getServers", "GET", "server", GetServers},
    {"getServerInfo", "GET", "server", GetServerInfo},
    {"addServer", "POST", "server", AddServer},
    {"updateServer", "POST", "server", UpdateServer},
    {"deleteServer", "POST", "server", DeleteServer},
    {"panicServer", "POST", "server", PanicServer},
    {"getTenants", "GET", "tenant", GetTenants},
    {"getTenantInfo", "GET", "tenant", GetTenantInfo},
    {"addTenant", "POST", "tenant", AddTenant},
    {"updateTenant", "POST", "tenant", UpdateTenant},
    {"deleteTenant", "POST", "tenant", DeleteTenant},
}};

}  // namespace

const ScaleliteRoute* FindScaleliteRoute(std::string_view name, std::string_view method) {
  if (method == "HEAD") method = "GET";
  for (const ScaleliteRoute& route : kRoutes) {
    if (route.name == name && route.method == method) return &route;
  }
  return nullptr;
}

void ReplyScaleliteJson(http::Reply& reply, int status, const boost::json::value& body) {
  reply.status = status;
  reply.SetContentType("application/json; charset=utf-8");
  reply.outcome = status < 300 ? "ok" : "refused";
  AppendJson(reply.body, body);
}

void ReplyEmptyPage(http::Reply& reply, int status) {
  reply.status = status;
  reply.SetContentType("text/html; charset=UTF-8");
  reply.outcome = status < 500 ? "bad-request" : "internalError";
}

}  // namespace plenary::admin
