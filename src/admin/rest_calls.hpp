// What the routes of /api/v1 do: which command carries each out, and what a token may see of its answer. Any thread of the runtime.
#pragma once

#include "admin/rest_route.hpp"

namespace plenary::admin {

// rest_servers.cpp
Task<RestAnswer> ListServers(RestCall& call);
Task<RestAnswer> CreateServer(RestCall& call);
Task<RestAnswer> GetServer(RestCall& call);
Task<RestAnswer> PatchServer(RestCall& call);
Task<RestAnswer> DeleteServerById(RestCall& call);
Task<RestAnswer> SetServerState(RestCall& call);
Task<RestAnswer> PanicServerById(RestCall& call);
Task<RestAnswer> ListServerMeetings(RestCall& call);
Task<RestAnswer> RunPoll(RestCall& call);
Task<RestAnswer> GetStatus(RestCall& call);
Task<RestAnswer> ListSettings(RestCall& call);
Task<RestAnswer> GetVersion(RestCall& call);

// rest_meetings.cpp
Task<RestAnswer> ListMeetings(RestCall& call);
Task<RestAnswer> GetMeeting(RestCall& call);
Task<RestAnswer> GetMeetingDetails(RestCall& call);
Task<RestAnswer> EndMeeting(RestCall& call);

// rest_tenants.cpp
Task<RestAnswer> ListTenants(RestCall& call);
Task<RestAnswer> CreateTenant(RestCall& call);
Task<RestAnswer> GetTenant(RestCall& call);
Task<RestAnswer> PatchTenant(RestCall& call);
Task<RestAnswer> DeleteTenantById(RestCall& call);
Task<RestAnswer> RollSecret(RestCall& call);
Task<RestAnswer> AddSetting(RestCall& call);
Task<RestAnswer> RemoveSetting(RestCall& call);
Task<RestAnswer> ListUsage(RestCall& call);

// rest_tokens.cpp
Task<RestAnswer> ListTokens(RestCall& call);
Task<RestAnswer> CreateToken(RestCall& call);
Task<RestAnswer> RevokeToken(RestCall& call);

// rest_callbacks.cpp
Task<RestAnswer> ListCallbacks(RestCall& call);
Task<RestAnswer> RetryCallbacks(RestCall& call);
Task<RestAnswer> DropCallbacks(RestCall& call);
Task<RestAnswer> ListHooks(RestCall& call);
Task<RestAnswer> RemoveHook(RestCall& call);

// openapi.cpp
Task<RestAnswer> GetOpenApi(RestCall& call);

// --- what they share (rest_calls.cpp) -----------------------------------------------------------------------------------------

tl::unexpected<Problem> Refuse(int status, std::string detail);
/// {key: text}: an argument, most of the time.
boost::json::object Pair(std::string_view key, std::string text);
/// The object under `key` instead of what holds it; problems pass through.
RestAnswer Member(RestAnswer answer, std::string_view key);
/// Keeps those rows of the list under `key` whose `field` is `value`.
void KeepRows(boost::json::object& answer, std::string_view key, std::string_view field, std::string_view value);

/// The ID of the tenant that `given` (ID or name; null = none said) means to this token: a tenant's own token sees no other, and without a
/// word its own. "" = all. A problem (404) for one that does not exist or is another's.
Task<tl::expected<std::string, Problem>> TenantFor(RestCall& call, const std::string* given);

/// Whether a list of entity tags (If-Match, or If-None-Match with `weak`) has this row's revision, or "*".
bool ListsRevision(std::string_view field, const boost::json::object& row, bool weak);
/// 412 when If-Match was given and names another revision.
tl::expected<void, Problem> CheckIfMatch(const RestCall& call, const boost::json::object& row);

}  // namespace plenary::admin
