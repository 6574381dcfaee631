// /api/v1: servers, polls, status, settings.
#include <utility>

#include <boost/json/array.hpp>

#include "admin/json.hpp"
#include "admin/rest_calls.hpp"

namespace plenary::admin {

namespace {

/// The server of the path as it is now. 404 also for another than a node token's own; 412 when If-Match names another revision.
Task<RestAnswer> ServerOfPath(RestCall& call) {
  const std::string& id = call.Path("id");
  if (call.token.scope == pool::TokenScope::kNode && id != call.token.node_id) co_return Refuse(404, "There is no server with the ID " + id + ".");
  boost::json::object arguments = Pair("id", id);
  RestAnswer shown = co_await call.execute("servers.show", std::move(arguments));
  RestAnswer server = Member(std::move(shown), "server");
  if (!server) co_return server;
  if (const auto matches = CheckIfMatch(call, *server); !matches) co_return tl::unexpected(matches.error());
  co_return server;
}

/// A command that changes the server of the path, with the fields of the body; If-Match holds until it is carried out.
Task<RestAnswer> ChangeServer(RestCall& call, std::string command) {
  RestAnswer server = co_await ServerOfPath(call);
  if (!server) co_return server;
  boost::json::object arguments = std::move(call.body);
  arguments["id"] = call.Path("id");
  if (call.if_match) arguments["if_revision"] = server->at("revision");
  RestAnswer answer = co_await call.execute(std::move(command), std::move(arguments));
  if (!answer && answer.error().status == 409 && call.if_match) {
    const RestAnswer again = co_await ServerOfPath(call);  // 412 when it was changed between the two commands
    if (!again) co_return again;
  }
  co_return answer;
}

}  // namespace

Task<RestAnswer> ListServers(RestCall& call) {
  RestAnswer answer = co_await call.execute("servers.list", boost::json::object());
  if (answer && call.token.scope == pool::TokenScope::kNode) KeepRows(*answer, "servers", "id", call.token.node_id);
  co_return answer;
}

Task<RestAnswer> CreateServer(RestCall& call) {
  RestAnswer answer = co_await call.execute("servers.add", std::move(call.body));
  co_return Member(std::move(answer), "server");
}

Task<RestAnswer> GetServer(RestCall& call) { return ServerOfPath(call); }

Task<RestAnswer> PatchServer(RestCall& call) {
  RestAnswer answer = co_await ChangeServer(call, "servers.update");
  co_return Member(std::move(answer), "server");
}

Task<RestAnswer> DeleteServerById(RestCall& call) {
  const std::string* force = call.Query("force");
  if (force) call.body["force"] = *force == "true";
  return ChangeServer(call, "servers.remove");
}

Task<RestAnswer> SetServerState(RestCall& call) {
  RestAnswer answer = co_await ChangeServer(call, "servers.set_state");
  co_return Member(std::move(answer), "server");
}

Task<RestAnswer> PanicServerById(RestCall& call) { return ChangeServer(call, "servers.panic"); }

Task<RestAnswer> ListServerMeetings(RestCall& call) {
  boost::json::array ids;
  ids.emplace_back(call.Path("id"));
  boost::json::object arguments;
  arguments["ids"] = std::move(ids);
  RestAnswer answer = co_await call.execute("servers.meetings", std::move(arguments));
  if (!answer) co_return answer;
  boost::json::object& server = answer->at("servers").as_array().at(0).as_object();
  boost::json::object result;
  result["error"] = std::move(server.at("error"));
  result["meetings"] = std::move(server.at("meetings"));
  co_return result;
}

Task<RestAnswer> RunPoll(RestCall& call) { return call.execute("poll.run", std::move(call.body)); }

Task<RestAnswer> GetStatus(RestCall& call) {
  RestAnswer answer = co_await call.execute("status", boost::json::object());
  if (!answer) co_return answer;
  // Counts in the place of lists, which have paths of their own.
  const boost::json::array servers = std::move(answer->at("servers").as_array());
  std::size_t online = 0;
  for (const boost::json::value& server : servers) online += server.at("online").as_bool() ? 1 : 0;
  (*answer)["servers"] = servers.size();
  (*answer)["servers_online"] = online;
  (*answer)["tenants"] = answer->at("tenants").as_array().size();
  co_return answer;
}

Task<RestAnswer> ListSettings(RestCall& call) {
  RestAnswer answer = co_await call.execute("settings.list", boost::json::object());
  co_return answer;
}

Task<RestAnswer> GetVersion(RestCall& call) {
  RestAnswer status = co_await call.execute("status", boost::json::object());
  if (!status) co_return status;
  co_return Pair("version", TextOf(*status, "version"));
}

}  // namespace plenary::admin
