// /api/v1: meetings. A meetingID can be several tenants'; ?tenant= says whose, a tenant's own token means its own.
#include <utility>

#include <boost/json/array.hpp>

#include "admin/json.hpp"
#include "admin/rest_calls.hpp"

namespace plenary::admin {

namespace {

/// Of one tenant, or with "" of all.
Task<RestAnswer> ListOf(RestCall& call, const std::string& tenant_id) {
  boost::json::object arguments;
  if (!tenant_id.empty()) arguments["tenant"] = tenant_id;
  RestAnswer answer = co_await call.execute("meetings.list", std::move(arguments));
  co_return answer;
}

Task<RestAnswer> MeetingOfPath(RestCall& call) {
  const std::string* given = call.Query("tenant");
  const auto tenant = co_await TenantFor(call, given);
  if (!tenant) co_return tl::unexpected(tenant.error());
  const std::string& id = call.Path("id");
  RestAnswer listed = co_await ListOf(call, *tenant);
  if (!listed) co_return listed;
  KeepRows(*listed, "meetings", "meeting_id", id);
  boost::json::array& rows = listed->at("meetings").as_array();
  if (rows.empty()) co_return Refuse(404, "There is no meeting with the ID " + id + ".");
  if (rows.size() > 1) co_return Refuse(409, "Several tenants have a meeting with the ID " + id + "; say which with ?tenant=.");
  co_return std::move(rows.at(0).as_object());
}

}  // namespace

Task<RestAnswer> ListMeetings(RestCall& call) {
  const std::string* given = call.Query("tenant");
  const auto tenant = co_await TenantFor(call, given);
  if (!tenant) co_return tl::unexpected(tenant.error());
  RestAnswer answer = co_await ListOf(call, *tenant);
  if (!answer) co_return answer;
  if (const std::string* server = call.Query("server")) KeepRows(*answer, "meetings", "server_id", *server);
  co_return answer;
}

Task<RestAnswer> GetMeeting(RestCall& call) { return MeetingOfPath(call); }

Task<RestAnswer> GetMeetingDetails(RestCall& call) {
  RestAnswer meeting = co_await MeetingOfPath(call);
  if (!meeting) co_return meeting;
  boost::json::object arguments = Pair("id", call.Path("id"));
  arguments["tenant"] = meeting->at("tenant_id");
  RestAnswer answer = co_await call.execute("meetings.info", std::move(arguments));
  if (!answer) co_return answer;
  boost::json::object& info = answer->at("info").as_object();
  if (!call.show_secrets) {
    for (const char* password : {"moderatorPW", "attendeePW"}) info.erase(password);
  }
  if (call.token.scope == pool::TokenScope::kTenant) (*answer)["decision"] = nullptr;  // it tells of servers' loads, so of other tenants
  co_return answer;
}

Task<RestAnswer> EndMeeting(RestCall& call) {
  RestAnswer meeting = co_await MeetingOfPath(call);
  if (!meeting) co_return meeting;
  boost::json::array ids;
  ids.emplace_back(call.Path("id"));
  boost::json::object arguments;
  arguments["ids"] = std::move(ids);
  arguments["tenant"] = meeting->at("tenant_id");
  RestAnswer answer = co_await call.execute("meetings.end", std::move(arguments));
  if (!answer) co_return answer;
  co_return std::move(answer->at("ended").as_array().at(0).as_object());
}

}  // namespace plenary::admin
