// The table of rest_schema.hpp: the rows of docs/control-protocol.md, the lists of them, and the bodies.
#include "admin/rest_schema.hpp"

namespace plenary::admin {

namespace {

using enum FieldType;

constexpr std::string_view kSeeSecrets = "null unless secrets are shown";

Field Next() { return {"next", kText, "the cursor of the next page; null on the last one", kNullable}; }

std::vector<std::string_view> Algorithms() { return {"SHA1", "SHA256", "SHA384", "SHA512"}; }

std::vector<Field> TenantBody(unsigned name_flags) {
  return {
      {"name", kText, "label of the host name or of the path", name_flags},
      {"secrets", kTexts, "the first one signs what is sent to the front-end; none given for a new tenant: one is made"},
      {"enabled", kBool, "false: every call of the tenant is refused"},
      {"checksum_algorithms", kTexts, "accepted from it; empty: those of the pool"},
      {"lrs", kObject, "where learning records go; merged, an empty text removes a field", 0, "LrsChange"},
      {"limits", kObject, "merged, 0 removes a limit", 0, "LimitsChange"},
      {"presentation_url", kText, "default slide; empty: none"},
      {"logo_url", kText, "empty: none"},
      {"style_url", kText, "CSS; empty: none"},
  };
}

std::vector<Field> LimitFields() {
  return {
      {"meetings", kInteger, "at the same time"},
      {"participants", kInteger, "at the same time"},
      {"creates_per_second", kInteger, "new meetings"},
      {"calls_per_second", kInteger, ""},
  };
}

std::vector<Field> LrsFields(unsigned flags) {
  return {
      {"endpoint", kText, ""},
      {"username", kText, ""},
      {"password", kText, "", flags},
      {"kc_token_url", kText, "Keycloak"},
      {"kc_client_id", kText, ""},
      {"kc_client_secret", kText, "", flags},
      {"kc_username", kText, ""},
      {"kc_password", kText, "", flags},
  };
}

std::vector<Schema> ServerSchemas() {
  return {
      {"Server",
       {
           {"id", kText, ""},
           {"revision", kInteger, "grows with every change of its configuration; the ETag"},
           {"url", kText, "of its BigBlueButton API"},
           {"secret", kText, kSeeSecrets, kNullable | kSecret},
           {"tag", kText, "empty: none"},
           {"state", kText, "", 0, {}, {"enabled", "cordoned", "disabled"}},
           {"state_set", kBool, "false: never set, counts as disabled"},
           {"online", kBool, "it answers the polls"},
           {"load", kNumber, "null: it takes no meetings", kNullable},
           {"reserved_seats", kInteger, "of the load: people not yet seen by a poll"},
           {"load_multiplier", kNumber, ""},
           {"bbb_version", kText, "empty: not yet known"},
           {"checksum_algorithm", kText, "towards this server; empty: as for all"},
           {"meetings", kInteger, "null before the first poll", kNullable},
           {"users", kInteger, "", kNullable},
           {"largest_meeting", kInteger, "people in it", kNullable},
           {"videos", kInteger, "", kNullable},
           {"claims", kInteger, "meetings that Plenary has placed there"},
           {"last_poll_ms", kInteger, "wall clock of the last answer; 0: never"},
           {"last_error", kText, "why the last poll failed"},
       }},
      {"ServerList", {{"servers", kObjects, "sorted by ID", 0, "Server"}, Next()}},
      {"ServerNew",
       {
           {"url", kText, "of its BigBlueButton API", kRequired},
           {"secret", kText, "", kRequired},
           {"id", kText, "made when absent"},
           {"load_multiplier", kNumber, "not 0; 1 when absent"},
           {"tag", kText, ""},
           {"checksum_algorithm", kText, "", 0, {}, Algorithms()},
           {"enable", kBool, "a new server is disabled otherwise"},
       },
       true},
      {"ServerPatch",
       {
           {"url", kText, ""},
           {"secret", kText, ""},
           {"load_multiplier", kNumber, "not 0"},
           {"tag", kText, "empty: none"},
           {"checksum_algorithm", kText, "SHA1, SHA256, SHA384, SHA512; empty: as for all"},
       },
       true},
      {"ServerState", {{"state", kText, "", kRequired, {}, {"enabled", "cordoned", "disabled"}}}, true},
      {"ServerRemoved", {{"forgotten", kTexts, "IDs of the meetings that were there"}}},
      {"ServerPanic",
       {
           {"keep_state", kBool, "the server is disabled otherwise"},
           {"skip_end_calls", kBool, "the meetings are forgotten without asking the server to end them"},
       },
       true},
      {"ServerPanicked",
       {{"cleared", kObjects, "", 0, "MeetingEnded"}, {"server", kObject, "", 0, "Server"}}},
      {"ServerMeeting", {{"meeting_id", kText, ""}, {"name", kText, ""}, {"participants", kInteger, ""}}},
      {"ServerMeetingList",
       {
           {"error", kText, "why the server could not be asked", kNullable},
           {"meetings", kObjects, "what the server itself lists, sorted by ID", 0, "ServerMeeting"},
           Next(),
       }},
      {"Poll", {{"what", kText, "", kRequired, {}, {"all", "servers", "meetings", "versions"}}}, true},
      {"Polled", {{"servers", kObjects, "", 0, "PolledServer"}}},
      {"PolledServer", {{"id", kText, ""}, {"online", kBool, ""}, {"load", kNumber, "", kNullable}, {"error", kText, "", kNullable}}},
      {"Status",
       {
           {"version", kText, ""},
           {"uptime_ms", kInteger, ""},
           {"servers", kInteger, "how many"},
           {"servers_online", kInteger, "of them"},
           {"multitenancy", kBool, ""},
           {"tenants", kInteger, "how many"},
           {"meetings", kInteger, "how many"},
           {"callbacks", kObject, "not delivered", 0, "CallbackCounts"},
           {"owed_ends", kInteger, "ends that servers have not carried out yet"},
       }},
      {"Version", {{"version", kText, "of the program"}}},
      {"SettingInForce",
       {
           {"name", kText, ""},
           {"value", kText, "secrets: (set)"},
           {"source", kText, "environment, default, an option, or the settings file and line"},
           {"has_effect", kBool, "false: accepted, but it does nothing"},
       }},
      {"SettingInForceList", {{"settings", kObjects, "sorted by name", 0, "SettingInForce"}, {"warnings", kTexts, "in sentences"}, Next()}},
  };
}

std::vector<Schema> MeetingSchemas() {
  return {
      {"Meeting",
       {
           {"meeting_id", kText, "as its front-end calls it"},
           {"tenant_id", kText, "empty: none"},
           {"server_id", kText, ""},
           {"server_url", kText, ""},
           {"phase", kText, "claimed: its server has not confirmed it yet", 0, {}, {"claimed", "settled"}},
           {"name", kText, ""},
           {"internal_id", kText, ""},
           {"create_time_ms", kInteger, ""},
           {"voice_bridge", kText, ""},
           {"adopted", kBool, "found on its server, not created through Plenary"},
           {"claimed_at_ms", kInteger, ""},
       }},
      {"MeetingList", {{"meetings", kObjects, "sorted by ID", 0, "Meeting"}, Next()}},
      {"MeetingInfo",
       {
           {"meeting", kObject, "", 0, "Meeting"},
           {"error", kText, "why the server could not be asked", kNullable},
           {"info", kTextMap, "what the server says about it"},
           {"metadata", kTextMap, ""},
           {"decision", kObject, "why it is on its server; null for tokens of a tenant, and when it is no longer known", kNullable, "Decision"},
       }},
      {"Decision",
       {
           {"at_ms", kInteger, ""},
           {"candidates", kInteger, "servers that could have taken it"},
           {"best", kObjects, "the lowest loads", 0, "DecisionLoad"},
           {"excluded", kNumberMap, "servers that could not, by reason"},
       }},
      {"DecisionLoad", {{"id", kText, ""}, {"load", kNumber, ""}}},
      {"MeetingEnded", {{"meeting_id", kText, ""}, {"error", kText, "null: it is over", kNullable}}},
  };
}

std::vector<Schema> TenantSchemas() {
  return {
      {"Tenant",
       {
           {"id", kText, ""},
           {"name", kText, ""},
           {"secrets", kTexts, kSeeSecrets, kNullable | kSecret},
           {"retired_secrets", kObjects, "accepted for some time yet", 0, "RetiredSecret"},
           {"enabled", kBool, ""},
           {"checksum_algorithms", kTexts, "empty: those of the pool"},
           {"lrs", kObject, "", 0, "Lrs"},
           {"limits", kObject, "0: none", 0, "Limits"},
           {"settings", kObjects, "", 0, "Setting"},
           {"presentation_url", kText, ""},
           {"logo_url", kText, ""},
           {"style_url", kText, ""},
           {"revision", kInteger, "grows with every change; the ETag"},
           {"use", kObject, "now", 0, "Use"},
       }},
      {"RetiredSecret", {{"secret", kText, kSeeSecrets, kNullable | kSecret}, {"until_ms", kInteger, "wall clock"}}},
      {"Lrs", LrsFields(kNullable | kSecret)},
      {"Limits", LimitFields()},
      {"LrsChange", LrsFields(0), true},
      {"LimitsChange", LimitFields(), true},
      {"Use",
       {
           {"meetings", kInteger, ""},
           {"people", kInteger, "seats handed out and taken"},
           {"participants", kInteger, ""},
           {"refused", kInteger, "by a limit"},
       }},
      {"Setting", {{"id", kText, ""}, {"param", kText, ""}, {"value", kText, ""}, {"override", kBool, "wins over the client's"}}},
      {"TenantList", {{"tenants", kObjects, "sorted by name", 0, "Tenant"}, Next()}},
      {"TenantNew", TenantBody(kRequired), true},
      {"TenantPatch", TenantBody(0), true},
      {"TenantRemoved", {{"meetings", kInteger, "that nobody reaches any more"}}},
      {"SecretRoll",
       {
           {"secret", kText, "the new one; made when absent"},
           {"keep_s", kInteger, "how long the old ones are accepted; a week when absent"},
       },
       true},
      {"SecretRolled", {{"secret", kText, "the new one: shown here only"}, {"tenant", kObject, "", 0, "Tenant"}}},
      {"SettingNew",
       {
           {"param", kText, "a parameter of create and join, or one with an operator: duration<=, disabledFeatures+=, welcome-=", kRequired},
           {"value", kText, "", kRequired},
           {"override", kBool, "wins over the client's; a default otherwise"},
       },
       true},
      {"Usage",
       {
           {"month", kText, "2026-11, UTC"},
           {"tenant", kText, "its name"},
           {"tenant_id", kText, ""},
           {"meetings", kInteger, ""},
           {"peak_participants", kInteger, ""},
           {"participant_minutes", kNumber, ""},
       }},
      {"UsageList", {{"usage", kObjects, "sorted by month and tenant", 0, "Usage"}, Next()}},
  };
}

std::vector<Schema> OtherSchemas() {
  const std::vector<std::string_view> scopes{"admin", "read-only", "tenant", "node"};
  return {
      {"Token",
       {
           {"id", kText, ""},
           {"name", kText, "what it is for"},
           {"scope", kText, "", 0, {}, scopes},
           {"tenant_id", kText, "of the scope tenant"},
           {"server_id", kText, "of the scope node"},
           {"created_at_ms", kInteger, ""},
           {"expires_at_ms", kInteger, "0: never"},
       }},
      {"TokenList", {{"tokens", kObjects, "sorted by ID", 0, "Token"}, Next()}},
      {"TokenNew",
       {
           {"scope", kText, "", kRequired, {}, scopes},
           {"name", kText, ""},
           {"tenant", kText, "ID or name; with the scope tenant"},
           {"server", kText, "ID; with the scope node"},
           {"expires_s", kInteger, "from now; never when absent"},
       },
       true},
      {"TokenCreated", {{"token", kObject, "", 0, "Token"}, {"secret", kText, "the token itself: shown here only"}}},
      {"Callback",
       {
           {"id", kInteger, ""},
           {"kind", kText, "", 0, {}, {"recording-ready", "analytics", "meeting-ended", "hook"}},
           {"state", kText, "", 0, {}, {"pending", "dead", "delivered"}},
           {"tenant_id", kText, ""},
           {"meeting_id", kText, ""},
           {"url", kText, ""},
           {"attempts", kInteger, ""},
           {"created_at_ms", kInteger, ""},
           {"next_attempt_ms", kInteger, ""},
           {"last_status", kInteger, "HTTP; 0: no answer"},
           {"last_error", kText, ""},
       }},
      {"CallbackList",
       {
           {"callbacks", kObjects, "sorted by ID", 0, "Callback"},
           {"pending", kInteger, "of all tenants; null for tokens of a tenant", kNullable},
           {"dead", kInteger, "of all tenants; null for tokens of a tenant", kNullable},
           Next(),
       }},
      {"CallbackCounts", {{"pending", kInteger, ""}, {"dead", kInteger, ""}}},
      {"CallbackChoice",
       {
           {"ids", kIntegers, "these"},
           {"all", kBool, "or all that are pending or dead"},
           {"tenant", kText, "only of this one (ID or name)"},
       },
       true},
      {"CallbacksChanged", {{"changed", kInteger, "how many"}}},
      {"Hook",
       {
           {"id", kText, ""},
           {"tenant_id", kText, ""},
           {"callback_url", kText, ""},
           {"meeting_id", kText, "null: all meetings", kNullable},
           {"event_ids", kTexts, "null: all events", kNullable},
           {"raw", kBool, ""},
           {"created_at_ms", kInteger, ""},
       }},
      {"HookList", {{"hooks", kObjects, "sorted by ID", 0, "Hook"}, Next()}},
      {"FieldProblem", {{"field", kText, ""}, {"text", kText, ""}}},
      {"Problem",
       {
           {"type", kText, "about:blank (RFC 9457)"},
           {"title", kText, ""},
           {"status", kInteger, ""},
           {"detail", kText, ""},
           {"errors", kObjects, "fields and parameters that are wrong", 0, "FieldProblem"},
       }},
  };
}

}  // namespace

const std::vector<Schema>& Schemas() {
  static const std::vector<Schema> all = [] {
    std::vector<Schema> schemas;
    for (auto* part : {&ServerSchemas, &MeetingSchemas, &TenantSchemas, &OtherSchemas}) {
      std::vector<Schema> some = part();
      schemas.insert(schemas.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
    return schemas;
  }();
  return all;
}

}  // namespace plenary::admin
