// rake servers, servers:add/update/remove/enable/cordon/disable/panic/loadMultiplier/tag/meeting_list (spec scalelite 10.1).
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "base/encoding.hpp"
#include "cli/output.hpp"
#include "cli/rake.hpp"
#include "cli/server_view.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

int NoServer(const Context& context, const std::string& id) {
  context.err() << fmt::format("ERROR: No server found with id: {}\n", Printable(id));
  return kFailed;
}

/// A command about one server. An empty ID is an unknown one.
Result<json::object> CallForServer(Context& context, std::string_view command, const json::object& arguments) {
  if (RawText(arguments, "id").empty()) return Fail(ErrorCode::kNotFound);
  return context.Call(command, arguments);
}

int FailForServer(const Context& context, const Error& error, const std::string& id) {
  return error.code == ErrorCode::kNotFound ? NoServer(context, id) : RakeAbort(context, Printable(error.detail));
}

/// As Ruby's to_d, except that 0 becomes 1, with a warning.
double Multiplier(const Context& context, const std::string& text) {
  const double number = RakeNumber(text);
  if (number != 0) return number;
  context.out() << "WARNING! Load-multiplier was not readable or 0, so it is now 1\n";
  return 1.0;
}

int Servers(Context& context, const RakeArguments&) {
  const auto result = context.Call("servers.list");
  if (!result) return RakeAbort(context, Printable(result.error().detail));
  const json::array& servers = Items(*result, "servers");
  if (servers.empty()) context.err() << "No servers are configured\n";
  for (const json::value& item : servers) {
    const json::object& server = AsObject(item);
    const auto load = LoadOf(server);
    context.out() << fmt::format(
        "id: {}\n\turl: {}\n\tsecret: {}\n\t{}\n\tload: {}\n\tload multiplier: {}\n\tbbb version: {}\n\ttag: {}\n\t{}\n",
        Text(server, "id"), Text(server, "url"), Text(server, "secret"), Text(server, "state"), load ? RubyFloat(*load) : "unavailable",
        RubyFloat(Number(server, "load_multiplier").value_or(1.0)), Text(server, "bbb_version"), Text(server, "tag"),
        Flag(server, "online") ? "online" : "offline");
  }
  return kDone;
}

int Add(Context& context, const RakeArguments& arguments) {
  const std::string& url = arguments.At(0);
  if (!arguments.Given(0) || !arguments.Given(1)) {
    context.err() << "Error: Please input at least a URL and a secret!\n";
    return kFailed;
  }
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    context.err() << "Error: Server URL must start with http:// or https://\n";
    return kFailed;
  }
  json::object request = {{"url", url}, {"secret", arguments.At(1)}};
  request["load_multiplier"] = arguments.Given(2) ? Multiplier(context, arguments.At(2)) : 1.0;
  if (arguments.Given(3)) request["tag"] = arguments.At(3);
  const auto result = context.Call("servers.add", request);
  if (!result) return RakeAbort(context, Printable(result.error().detail));
  context.out() << fmt::format("OK\nid: {}\n", Text(Member(*result, "server"), "id"));
  return kDone;
}

int Update(Context& context, const RakeArguments& arguments) {
  const std::string& id = arguments.At(0);
  context.out() << fmt::format("Updating server {}...\n", Printable(id));
  // Whether the server is there comes before the warning about the multiplier.
  const auto existing = CallForServer(context, "servers.show", {{"id", id}});
  if (!existing) return FailForServer(context, existing.error(), id);
  json::object request = {{"id", id}};
  if (arguments.Given(1)) request["secret"] = arguments.At(1);
  if (arguments.Given(2)) request["load_multiplier"] = Multiplier(context, arguments.At(2));
  if (arguments.Size() > 3) request["tag"] = arguments.At(3);
  if (request.size() > 1) {
    const auto result = context.Call("servers.update", request);
    if (!result) return FailForServer(context, result.error(), id);
  }
  context.out() << "OK\n";
  return kDone;
}

int Remove(Context& context, const RakeArguments& arguments) {
  const std::string& id = arguments.At(0);
  context.out() << fmt::format("Removing server {}...\n", Printable(id));
  const auto result = CallForServer(context, "servers.remove", {{"id", id}, {"force", true}});
  if (!result) return FailForServer(context, result.error(), id);
  context.out() << "OK\n";
  return kDone;
}

int Enable(Context& context, const RakeArguments& arguments) {
  const std::string& id = arguments.At(0);
  context.out() << fmt::format("Enabling server {}...\n", Printable(id));
  const auto result = CallForServer(context, "servers.set_state", {{"id", id}, {"state", "enabled"}});
  if (!result) return FailForServer(context, result.error(), id);
  context.out() << "OK\n";
  return kDone;
}

int Cordon(Context& context, const RakeArguments& arguments) {
  const std::string& id = arguments.At(0);
  context.out() << fmt::format("Cordoning server {}...\n", Printable(id));
  const auto result = CallForServer(context, "servers.set_state", {{"id", id}, {"state", "cordoned"}});
  if (!result && result.error().code != ErrorCode::kNotFound) {
    context.err() << fmt::format("ERROR: Failed to cordon server {} - {}\n", Printable(id), Printable(result.error().detail));
    return kFailed;
  }
  if (!result) return NoServer(context, id);
  context.out() << "OK\n";
  return kDone;
}

void PrintCleared(const Context& context, const json::object& result) {
  for (const json::value& item : Items(result, "cleared")) {
    const json::object& meeting = AsObject(item);
    context.out() << fmt::format("Clearing Meeting id={}\n", Text(meeting, "meeting_id"));
    if (const std::string error = Text(meeting, "error"); !error.empty()) {
      context.err() << fmt::format("WARNING: Could not end meeting id={}: {}\n", Text(meeting, "meeting_id"), error);
    }
  }
}

int Disable(Context& context, const RakeArguments& arguments) {
  const std::string& id = arguments.At(0);
  context.out() << fmt::format("Disabling server {}...\n", Printable(id));
  const auto existing = CallForServer(context, "servers.show", {{"id", id}});
  if (!existing) return FailForServer(context, existing.error(), id);
  const bool loaded = LoadOf(Member(*existing, "server")).value_or(0) > 0;
  bool clear = false;
  if (loaded) {
    context.out() << "WARNING: You are trying to disable a server with active load. You should use the cordon option if\n"
                     "          you do not want to clear all the meetings\n";
    clear = RakeConfirm(context);
  }
  if (!loaded || clear) {
    const auto result =
        clear ? context.Call("servers.panic", {{"id", id}}) : context.Call("servers.set_state", {{"id", id}, {"state", "disabled"}});
    if (!result) return FailForServer(context, result.error(), id);
    PrintCleared(context, *result);
  }
  context.out() << "OK\n";
  return kDone;
}

int Panic(Context& context, const RakeArguments& arguments) {
  const std::string& id = arguments.At(0);
  context.out() << fmt::format("Panicking server {}...\n", Printable(id));
  // Any text is a yes, "false", too: scripts that rely on it do so with "true".
  const json::object request = {{"id", id}, {"keep_state", arguments.Given(1)}, {"skip_end_calls", arguments.Given(2)}};
  const auto result = CallForServer(context, "servers.panic", request);
  if (!result && result.error().code != ErrorCode::kNotFound) {
    context.err() << fmt::format("ERROR: Failed to panic server {} - {}\n", Printable(id), Printable(result.error().detail));
    return kFailed;
  }
  if (!result) return NoServer(context, id);
  PrintCleared(context, *result);
  context.out() << "OK\n";
  return kDone;
}

int LoadMultiplier(Context& context, const RakeArguments& arguments) {
  const std::string& id = arguments.At(0);
  const auto existing = CallForServer(context, "servers.show", {{"id", id}});
  if (!existing) return FailForServer(context, existing.error(), id);
  const double multiplier = arguments.Given(1) ? Multiplier(context, arguments.At(1)) : 1.0;
  const auto result = context.Call("servers.update", {{"id", id}, {"load_multiplier", multiplier}});
  if (!result) return FailForServer(context, result.error(), id);
  context.out() << "OK\n";
  return kDone;
}

int Tag(Context& context, const RakeArguments& arguments) {
  const std::string& id = arguments.At(0);
  const auto result = CallForServer(context, "servers.update", {{"id", id}, {"tag", arguments.At(1)}});
  if (!result) return FailForServer(context, result.error(), id);
  context.out() << "OK\n";
  return kDone;
}

int MeetingList(Context& context, const RakeArguments& arguments) {
  json::object request;
  if (arguments.Given(0)) {
    json::array ids;
    for (const std::string& id : arguments.Ids(0)) ids.emplace_back(id);
    request["ids"] = ids;
  }
  const auto result = context.Call("servers.meetings", request);
  if (!result) return RakeAbort(context, Printable(result.error().detail));
  for (const json::value& item : Items(*result, "servers")) {
    const json::object& server = AsObject(item);
    context.out() << fmt::format("\nServer ID: {}\nServer Url: {}\n", Text(server, "id"), Text(server, "url"));
    if (const std::string error = Text(server, "error"); !error.empty()) {
      context.err() << fmt::format("\nFailed to get server id={} status: {}\n", Text(server, "id"), error);
      continue;
    }
    context.out() << "MeetingIDs: \n";
    const json::array& meetings = Items(server, "meetings");
    for (const json::value& meeting : meetings) context.out() << fmt::format("\t{}\n", Text(AsObject(meeting), "name"));
    if (meetings.empty()) context.err() << "\tNo meetings to display\n";
  }
  return kDone;
}

constexpr RakeTask kTasks[] = {
    {"servers", "", "List configured BigBlueButton servers", Servers},
    {"servers:add", "[url,secret,load_multiplier,tag]", "Add a new BigBlueButton server (it will be added disabled)", Add},
    {"servers:update", "[id,secret,load_multiplier,tag]", "Update a BigBlueButton server", Update},
    {"servers:remove", "[id]", "Remove a BigBlueButton server", Remove},
    {"servers:enable", "[id]", "Mark a BigBlueButton server as available for scheduling new meetings", Enable},
    {"servers:cordon", "[id]", "Mark a BigBlueButton server as cordoned: no new meetings", Cordon},
    {"servers:disable", "[id]", "Mark a BigBlueButton server as disabled: no new meetings, running ones are cleared", Disable},
    {"servers:panic", "[id,keep_state,skip_end_calls]", "Clear all meetings of a BigBlueButton server and disable it", Panic},
    {"servers:loadMultiplier", "[id,load_multiplier]", "Set the load multiplier of a BigBlueButton server", LoadMultiplier},
    {"servers:tag", "[id,tag]", "Set the tag of a BigBlueButton server", Tag},
    {"servers:meeting_list", "[ids]", "List the meetings that run on BigBlueButton servers", MeetingList},
};

}  // namespace

std::span<const RakeTask> RakeServerTasks() { return kTasks; }

}  // namespace plenary::cli
