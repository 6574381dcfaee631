#include <utility>

#include "admin/rest_calls.hpp"

namespace plenary::admin {

namespace {

const QueryParam kForce{"force", FieldType::kBool, "also while there are meetings"};
const QueryParam kOfTenant{"tenant", FieldType::kText, "only this one's: ID or name; a token of the scope tenant means its own"};

std::vector<Route> ServerRoutes() {
  return {
      {.method = "GET", .path = "/servers", .name = "listServers", .tag = "servers",
       .about = "All servers; a node's token sees its own.", .scopes = kAdmin | kReadOnly | kNode, .run = ListServers, .answer = "ServerList",
       .list = "servers", .order = {"id"}},
      {.method = "POST", .path = "/servers", .name = "createServer", .tag = "servers",
       .about = "Adds a server.", .scopes = kAdmin, .run = CreateServer, .answer = "Server", .body = "ServerNew", .status = 201,
       .revisioned = true},
      {.method = "GET", .path = "/servers/{id}", .name = "getServer", .tag = "servers",
       .about = "One server.", .scopes = kAdmin | kReadOnly | kNode, .run = GetServer, .answer = "Server", .revisioned = true},
      {.method = "PATCH", .path = "/servers/{id}", .name = "updateServer", .tag = "servers",
       .about = "Changes the fields that are given.", .scopes = kAdmin, .run = PatchServer, .answer = "Server", .body = "ServerPatch",
       .revisioned = true},
      {.method = "DELETE", .path = "/servers/{id}", .name = "deleteServer", .tag = "servers",
       .about = "Removes a server; with force its meetings are forgotten, not ended.", .scopes = kAdmin, .run = DeleteServerById,
       .answer = "ServerRemoved", .query = {kForce}, .revisioned = true},
      {.method = "PUT", .path = "/servers/{id}/state", .name = "setServerState", .tag = "servers",
       .about = "Enables, cordons or disables a server.", .scopes = kAdmin | kNode, .run = SetServerState, .answer = "Server",
       .body = "ServerState", .revisioned = true},
      {.method = "POST", .path = "/servers/{id}/panic", .name = "panicServer", .tag = "servers",
       .about = "Ends all meetings of a server and disables it.", .scopes = kAdmin, .run = PanicServerById, .answer = "ServerPanicked",
       .body = "ServerPanic"},
      {.method = "GET", .path = "/servers/{id}/meetings", .name = "listServerMeetings", .tag = "servers",
       .about = "Asks the server what runs on it.", .scopes = kAdmin | kReadOnly, .run = ListServerMeetings, .answer = "ServerMeetingList",
       .list = "meetings", .order = {"meeting_id"}},
      {.method = "POST", .path = "/poll", .name = "poll", .tag = "pool",
       .about = "Polls the servers now and waits for it.", .scopes = kAdmin, .run = RunPoll, .answer = "Polled", .body = "Poll"},
      {.method = "GET", .path = "/status", .name = "getStatus", .tag = "pool",
       .about = "The pool at a glance.", .scopes = kAdmin | kReadOnly, .run = GetStatus, .answer = "Status"},
      {.method = "GET", .path = "/settings", .name = "listSettings", .tag = "pool",
       .about = "The settings in force, where each comes from, and warnings.", .scopes = kAdmin | kReadOnly, .run = ListSettings,
       .answer = "SettingInForceList", .list = "settings", .order = {"name"}},
      {.method = "GET", .path = "/version", .name = "getVersion", .tag = "pool",
       .about = "Which Plenary this is.", .scopes = kAllScopes, .run = GetVersion, .answer = "Version"},
      {.method = "GET", .path = "/openapi.json", .name = "getOpenApi", .tag = "pool",
       .about = "This document.", .scopes = kNobody, .run = GetOpenApi},
  };
}

std::vector<Route> MeetingRoutes() {
  return {
      {.method = "GET", .path = "/meetings", .name = "listMeetings", .tag = "meetings",
       .about = "The meetings that Plenary knows.", .scopes = kAdmin | kReadOnly | kTenant, .run = ListMeetings, .answer = "MeetingList",
       .query = {kOfTenant, {"server", FieldType::kText, "only those on this server"}}, .list = "meetings", .order = {"meeting_id", "tenant_id"}},
      {.method = "GET", .path = "/meetings/{id}", .name = "getMeeting", .tag = "meetings",
       .about = "One meeting.", .scopes = kAdmin | kReadOnly | kTenant, .run = GetMeeting, .answer = "Meeting", .query = {kOfTenant}},
      {.method = "GET", .path = "/meetings/{id}/info", .name = "getMeetingInfo", .tag = "meetings",
       .about = "Asks its server about a meeting. Its passwords are left out unless secrets are shown.", .scopes = kAdmin | kReadOnly | kTenant,
       .run = GetMeetingDetails, .answer = "MeetingInfo",
       .query = {kOfTenant, {"show_secrets", FieldType::kBool, "also the passwords; admin only"}}},
      {.method = "DELETE", .path = "/meetings/{id}", .name = "endMeeting", .tag = "meetings",
       .about = "Ends a meeting.", .scopes = kAdmin | kTenant, .run = EndMeeting, .answer = "MeetingEnded", .query = {kOfTenant}},
  };
}

std::vector<Route> TenantRoutes() {
  return {
      {.method = "GET", .path = "/tenants", .name = "listTenants", .tag = "tenants",
       .about = "All tenants; a tenant's token sees its own.", .scopes = kAdmin | kReadOnly | kTenant, .run = ListTenants, .answer = "TenantList",
       .list = "tenants", .order = {"name", "id"}},
      {.method = "POST", .path = "/tenants", .name = "createTenant", .tag = "tenants",
       .about = "Adds a tenant.", .scopes = kAdmin, .run = CreateTenant, .answer = "Tenant", .body = "TenantNew", .status = 201,
       .revisioned = true},
      {.method = "GET", .path = "/tenants/{id}", .name = "getTenant", .tag = "tenants",
       .about = "One tenant, by ID or name.", .scopes = kAdmin | kReadOnly | kTenant, .run = GetTenant, .answer = "Tenant", .revisioned = true},
      {.method = "PATCH", .path = "/tenants/{id}", .name = "updateTenant", .tag = "tenants",
       .about = "Changes the fields that are given.", .scopes = kAdmin, .run = PatchTenant, .answer = "Tenant", .body = "TenantPatch",
       .revisioned = true},
      {.method = "DELETE", .path = "/tenants/{id}", .name = "deleteTenant", .tag = "tenants",
       .about = "Removes a tenant; its meetings go on at their servers.", .scopes = kAdmin, .run = DeleteTenantById, .answer = "TenantRemoved",
       .query = {kForce}, .revisioned = true},
      {.method = "POST", .path = "/tenants/{id}/roll-secret", .name = "rollTenantSecret", .tag = "tenants",
       .about = "Gives a tenant a new secret; the old ones are accepted for some time yet.", .scopes = kAdmin | kTenant, .run = RollSecret,
       .answer = "SecretRolled", .body = "SecretRoll"},
      {.method = "POST", .path = "/tenants/{id}/settings", .name = "addTenantSetting", .tag = "tenants",
       .about = "Adds a default or an override of a parameter.", .scopes = kAdmin, .run = AddSetting, .answer = "Setting", .body = "SettingNew",
       .status = 201},
      {.method = "DELETE", .path = "/tenants/{id}/settings/{setting}", .name = "removeTenantSetting", .tag = "tenants",
       .about = "Removes one.", .scopes = kAdmin, .run = RemoveSetting, .answer = "Tenant"},
      {.method = "GET", .path = "/usage", .name = "listUsage", .tag = "tenants",
       .about = "What tenants used, per month. As CSV it is the whole list unless a limit is given.", .scopes = kAdmin | kReadOnly | kTenant,
       .run = ListUsage, .answer = "UsageList", .query = {kOfTenant, {"month", FieldType::kText, "only this one: 2026-11"}}, .list = "usage",
       .order = {"month", "tenant_id"}, .csv = true},
  };
}

std::vector<Route> OtherRoutes() {
  return {
      {.method = "GET", .path = "/tokens", .name = "listTokens", .tag = "tokens",
       .about = "The bearer tokens of this API.", .scopes = kAdmin | kReadOnly, .run = ListTokens, .answer = "TokenList", .list = "tokens",
       .order = {"id"}},
      {.method = "POST", .path = "/tokens", .name = "createToken", .tag = "tokens",
       .about = "Makes a token; its secret is shown in the answer and never again.", .scopes = kAdmin, .run = CreateToken,
       .answer = "TokenCreated", .body = "TokenNew", .status = 201},
      {.method = "DELETE", .path = "/tokens/{id}", .name = "revokeToken", .tag = "tokens",
       .about = "From now on it is worth nothing.", .scopes = kAdmin, .run = RevokeToken, .answer = "Token"},
      {.method = "GET", .path = "/callbacks", .name = "listCallbacks", .tag = "callbacks",
       .about = "What front-ends are still to be told: pending and dead, or of one state.", .scopes = kAdmin | kReadOnly | kTenant,
       .run = ListCallbacks, .answer = "CallbackList", .query = {kOfTenant, {"state", FieldType::kText, "", {"pending", "dead", "delivered"}}},
       .list = "callbacks"},
      {.method = "POST", .path = "/callbacks/retry", .name = "retryCallbacks", .tag = "callbacks",
       .about = "Sends them now, dead ones too.", .scopes = kAdmin | kTenant, .run = RetryCallbacks, .answer = "CallbacksChanged",
       .body = "CallbackChoice"},
      {.method = "POST", .path = "/callbacks/drop", .name = "dropCallbacks", .tag = "callbacks",
       .about = "Gives them up.", .scopes = kAdmin | kTenant, .run = DropCallbacks, .answer = "CallbacksChanged", .body = "CallbackChoice"},
      {.method = "GET", .path = "/hooks", .name = "listHooks", .tag = "hooks",
       .about = "The webhook registrations of front-ends.", .scopes = kAdmin | kReadOnly | kTenant, .run = ListHooks, .answer = "HookList",
       .query = {kOfTenant}, .list = "hooks", .order = {"id"}},
      {.method = "DELETE", .path = "/hooks/{id}", .name = "removeHook", .tag = "hooks",
       .about = "Removes one.", .scopes = kAdmin | kTenant, .run = RemoveHook, .answer = "Hook"},
  };
}

}  // namespace

const std::vector<Route>& Routes() {
  static const std::vector<Route> all = [] {
    std::vector<Route> routes;
    for (auto* part : {&ServerRoutes, &MeetingRoutes, &TenantRoutes, &OtherRoutes}) {
      for (Route& route : part()) routes.push_back(std::move(route));
    }
    return routes;
  }();
  return all;
}

std::vector<QueryParam> QueryOf(const Route& route) {
  std::vector<QueryParam> all = route.query;
  if (!route.list.empty()) {
    all.push_back({"limit", FieldType::kInteger, "1 to 1000, 100 when absent"});
    all.push_back({"cursor", FieldType::kText, "`next` of the page before"});
  }
  if (!route.answer.empty() && HoldsSecrets(SchemaNamed(route.answer))) {
    all.push_back({"show_secrets", FieldType::kBool, "secrets are null otherwise; admin only"});
  }
  if (route.csv) all.push_back({"format", FieldType::kText, "csv is also given when Accept names text/csv", {"json", "csv"}});
  return all;
}

}  // namespace plenary::admin
