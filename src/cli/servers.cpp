// plenary servers …
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "base/encoding.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/server_view.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

constexpr std::string_view kHidden = "********";

json::object ArgumentsOf(const ServerOptions& options, const std::optional<std::string>& secret) {
  json::object arguments;
  if (!options.id.empty()) arguments["id"] = options.id;
  if (options.url) arguments["url"] = *options.url;
  if (secret) arguments["secret"] = *secret;
  if (options.tag) arguments["tag"] = *options.tag;
  if (options.checksum_algorithm) arguments["checksum_algorithm"] = *options.checksum_algorithm;
  if (options.load_multiplier) arguments["load_multiplier"] = *options.load_multiplier;
  if (options.enable) arguments["enable"] = true;
  return arguments;
}

/// "4 meetings with 131 people"; people only when a poll has counted some.
std::string WhatIsThere(const json::object& server) {
  const std::string meetings = Count(Integer(server, "claims"), "meeting", "meetings");
  return Integer(server, "users") > 0 ? fmt::format("{} with {}", meetings, Count(Integer(server, "users"), "person", "people")) : meetings;
}

std::string EffectOfState(const json::object& server) {
  const std::string id = Text(server, "id");
  const std::string state = RawText(server, "state");
  const std::int64_t meetings = Integer(server, "claims");
  if (state == "enabled") {
    return Flag(server, "online") ? fmt::format("Enabled {}: it takes new meetings.", id)
                                  : fmt::format("Enabled {}: it takes new meetings as soon as it is online.", id);
  }
  const std::string verb = state == "cordoned" ? "Cordoned" : "Disabled";
  if (meetings == 0) return fmt::format("{} {}: no new meetings; none is on it.", verb, id);
  return fmt::format("{} {}: no new meetings. {} there {} on.", verb, id, WhatIsThere(server), meetings == 1 ? "goes" : "go");
}

/// What could not be ended, one line each on stderr; kFailed when there was any.
int ReportCleared(const Context& context, const json::array& cleared) {
  int status = kDone;
  for (const json::value& item : cleared) {
    const json::object& meeting = AsObject(item);
    if (const std::string error = Text(meeting, "error"); !error.empty()) {
      context.err() << fmt::format("Could not end {} on the node: {}\n", Text(meeting, "meeting_id"), error);
      status = kFailed;
    }
  }
  return status;
}

}  // namespace

int ServersList(Context& context, bool show_secrets) {
  const auto result = context.Call("servers.list");
  if (!result) return context.Fail(result.error());
  if (context.json) return context.PrintJson(show_secrets ? *result : WithoutSecrets(*result));
  std::vector<Column> columns = {{"ID"},
                                 {"STATE"},
                                 {"STATUS"},
                                 {"LOAD", true},
                                 {"MEETINGS", true},
                                 {"PEOPLE", true},
                                 {"FACTOR", true, false, 1},
                                 {"TAG", false, false, 2},
                                 {"BBB", false, false, 3},
                                 {"URL", false, true, 4}};
  if (show_secrets) columns.push_back({"SECRET"});
  Table table(std::move(columns));
  for (const json::value& item : Items(*result, "servers")) {
    const json::object& server = AsObject(item);
    std::vector<Cell> row = {Text(server, "id"),
                             StateCell(server),
                             StatusCell(server),
                             ShortNumber(LoadOf(server)),
                             PolledNumber(server, "meetings"),
                             PolledNumber(server, "users"),
                             ShortNumber(Number(server, "load_multiplier")),
                             Text(server, "tag"),
                             Text(server, "bbb_version"),
                             Text(server, "url")};
    if (show_secrets) row.emplace_back(Text(server, "secret"));
    table.Add(std::move(row));
  }
  if (table.empty()) {
    context.err() << "There are no servers yet. Add one: plenary servers add URL - --enable\n";
  } else {
    context.out() << table.Render(context.style());
  }
  return kDone;
}

int ServersShow(Context& context, const std::string& id, bool show_secrets) {
  const auto result = context.Call("servers.show", {{"id", id}});
  if (!result) return context.FailForServer(result.error(), id);
  if (context.json) return context.PrintJson(show_secrets ? *result : WithoutSecrets(*result));
  const json::object& server = Member(*result, "server");
  const std::int64_t polled = Integer(server, "last_poll_ms");
  const auto line = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) context.out() << fmt::format("{:<20}{}\n", name, value);
  };
  line("ID", Text(server, "id"));
  line("URL", Text(server, "url"));
  line("Secret", show_secrets ? Text(server, "secret") : kHidden);
  line("State", StateCell(server).text);
  line("Status", StatusCell(server).text);
  line("Last answer", polled == 0 ? "never" : Ago(polled, ToMs(context.hooks().clock->Now())));
  line("Last error", Text(server, "last_error"));
  line("Load", ShortNumber(LoadOf(server)));
  line("Load multiplier", ShortNumber(Number(server, "load_multiplier")));
  line("Reserved seats", fmt::format("{}", Integer(server, "reserved_seats")));
  line("Meetings placed", fmt::format("{}", Integer(server, "claims")));
  line("Meetings running", PolledNumber(server, "meetings"));
  line("People", PolledNumber(server, "users"));
  line("Largest meeting", PolledNumber(server, "largest_meeting"));
  line("Videos", PolledNumber(server, "videos"));
  line("Tag", Text(server, "tag"));
  line("BBB version", Text(server, "bbb_version"));
  line("Checksum algorithm", Text(server, "checksum_algorithm"));
  return kDone;
}

int ServersAdd(Context& context, const ServerOptions& options) {
  const auto secret = SecretOf(context, options.secret, options.secret_file);
  if (!secret) return context.Fail(secret.error());
  if (secret->value_or("").empty()) {
    return context.Fail({ErrorCode::kInvalidArgument, "the secret is missing"},
                        "Give it as SECRET, as - to read it from standard input, or with --secret-file.");
  }
  const auto result = context.Call("servers.add", ArgumentsOf(options, *secret));
  if (!result) return context.Fail(result.error());
  if (context.json) return context.PrintJson(WithoutSecrets(*result));
  const json::object& server = Member(*result, "server");
  const std::string id = Text(server, "id");
  context.out() << fmt::format("Added {} ({}), {}.\n", id, Text(server, "url"), Text(server, "state"));
  if (!context.remote()) context.err() << "Nobody serves this data folder at the moment (plenary serve; another folder: --data).\n";
  if (!options.enable) context.out() << fmt::format("It takes meetings after: plenary servers enable {}\n", id);
  return kDone;
}

int ServersUpdate(Context& context, const ServerOptions& options) {
  const auto secret = SecretOf(context, options.secret, options.secret_file);
  if (!secret) return context.Fail(secret.error());
  if (*secret && (*secret)->empty()) return context.Fail({ErrorCode::kInvalidArgument, "the secret is empty"});
  const auto before = context.Call("servers.show", {{"id", options.id}});
  if (!before) return context.FailForServer(before.error(), options.id);
  const auto result = context.Call("servers.update", ArgumentsOf(options, *secret));
  if (!result) return context.FailForServer(result.error(), options.id);
  bool changed = false;
  for (const char* key : {"url", "secret", "tag", "load_multiplier", "checksum_algorithm"}) {
    const json::value* old_value = Member(*before, "server").if_contains(key);
    const json::value* new_value = Member(*result, "server").if_contains(key);
    changed = changed || (old_value != nullptr && new_value != nullptr && *old_value != *new_value);
  }
  if (context.json) {
    context.PrintJson(WithoutSecrets(*result));
  } else {
    const std::string id = Text(Member(*result, "server"), "id");
    context.out() << (changed ? fmt::format("Updated {}.\n", id) : fmt::format("{} is so already.\n", id));
  }
  return changed ? kDone : kNothingToChange;
}

int ServersRemove(Context& context, const std::string& id, bool force) {
  const auto result = context.Call("servers.remove", {{"id", id}, {"force", force}});
  if (!result) return context.FailForServer(result.error(), id);
  if (context.json) return context.PrintJson(*result);
  const json::array& forgotten = Items(*result, "forgotten");
  context.out() << fmt::format("Removed {}.\n", Printable(id));
  if (!forgotten.empty()) {
    context.out() << fmt::format("Forgot {}; they were not ended on the node.\n",
                                 Count(static_cast<std::int64_t>(forgotten.size()), "meeting", "meetings"));
  }
  return kDone;
}

int ServersSetState(Context& context, const std::string& id, const std::string& state) {
  const auto before = context.Call("servers.show", {{"id", id}});
  if (!before) return context.FailForServer(before.error(), id);
  const json::object& server = Member(*before, "server");
  if (RawText(server, "state") == state && Flag(server, "state_set")) {
    if (context.json) {
      context.PrintJson(WithoutSecrets(*before));
    } else {
      context.out() << fmt::format("{} is {} already.\n", Printable(id), state);
    }
    return kNothingToChange;
  }
  const auto result = context.Call("servers.set_state", {{"id", id}, {"state", state}});
  if (!result) return context.FailForServer(result.error(), id);
  if (context.json) return context.PrintJson(WithoutSecrets(*result));
  context.out() << EffectOfState(Member(*result, "server")) << "\n";
  return kDone;
}

int ServersPanic(Context& context, const PanicOptions& options) {
  const auto before = context.Call("servers.show", {{"id", options.id}});
  if (!before) return context.FailForServer(before.error(), options.id);
  const json::object& server = Member(*before, "server");
  if (!options.yes) {
    const std::string question =
        fmt::format("Panic {} {} of {}{}. Type the server's ID to continue: ", options.skip_end_calls ? "forgets" : "ends",
                    WhatIsThere(server), Printable(options.id), options.keep_state ? "" : " and disables it");
    if (!context.Confirm(question, options.id)) {
      return context.FailUnconfirmed();
    }
  }
  const json::object arguments = {{"id", options.id}, {"keep_state", options.keep_state}, {"skip_end_calls", options.skip_end_calls}};
  const auto result = context.Call("servers.panic", arguments);
  if (!result) return context.FailForServer(result.error(), options.id);
  const json::array& cleared = Items(*result, "cleared");
  const std::string state = Text(Member(*result, "server"), "state");
  if (context.json) {
    context.PrintJson(WithoutSecrets(*result));
  } else {
    context.out() << fmt::format("Cleared {} of {}; it is {}.\n", Count(static_cast<std::int64_t>(cleared.size()), "meeting", "meetings"),
                                 Printable(options.id), state);
  }
  const int status = ReportCleared(context, cleared);
  return cleared.empty() && state == Text(server, "state") ? kNothingToChange : status;
}

int ServersMeetings(Context& context, const std::vector<std::string>& ids) {
  json::object arguments;
  if (!ids.empty()) arguments["ids"] = ToJson(ids);
  const auto result = context.Call("servers.meetings", arguments);
  if (!result) return context.FailForServer(result.error(), ids.empty() ? "" : ids.front());
  if (context.json) return context.PrintJson(*result);
  Table table({{"SERVER"}, {"MEETING", false, true}, {"NAME", false, true}, {"PEOPLE", true}});
  int status = kDone;
  for (const json::value& item : Items(*result, "servers")) {
    const json::object& server = AsObject(item);
    if (const std::string error = Text(server, "error"); !error.empty()) {
      context.err() << fmt::format("{} did not tell: {}\n", Text(server, "id"), error);
      status = kFailed;
    }
    for (const json::value& entry : Items(server, "meetings")) {
      const json::object& meeting = AsObject(entry);
      table.Add({Text(server, "id"), Text(meeting, "meeting_id"), Text(meeting, "name"), ShortNumber(Number(meeting, "participants"))});
    }
  }
  if (!table.empty()) {
    context.out() << table.Render(context.style());
  } else if (status == kDone) {
    context.err() << "No meetings are running.\n";
  }
  return status;
}

}  // namespace plenary::cli
