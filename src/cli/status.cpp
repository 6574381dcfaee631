// plenary status: what is wrong first, then the pool on one screen.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/server_view.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

struct Problem {
  std::string text;
  Tone tone;
};

std::string OfflineText(const json::object& server, std::int64_t now_ms) {
  const std::int64_t answered = Integer(server, "last_poll_ms");
  std::string text =
      fmt::format("{} is offline, {}", Text(server, "id"), answered == 0 ? "it never answered" : "last answer " + Ago(answered, now_ms));
  if (const std::string error = Text(server, "last_error"); !error.empty()) text += ": " + error;
  if (const std::int64_t meetings = Integer(server, "claims"); meetings > 0) {
    text += fmt::format(" ({} {} on it)", Count(meetings, "meeting", "meetings"), meetings == 1 ? "is" : "are");
  }
  return text;
}

std::vector<Problem> ProblemsOf(const json::object& status, bool served, std::int64_t now_ms) {
  std::vector<Problem> problems;
  const json::array& servers = Items(status, "servers");
  bool takes_meetings = false;
  for (const json::value& item : servers) {
    const json::object& server = AsObject(item);
    const std::string state = RawText(server, "state");
    takes_meetings = takes_meetings || (state == "enabled" && Flag(server, "online"));
    if (state == "disabled" || Flag(server, "online")) continue;
    if (NeverPolled(server)) {
      problems.push_back({fmt::format("{} was not polled yet", Text(server, "id")), Tone::kWarning});
    } else {
      problems.push_back({OfflineText(server, now_ms), Tone::kBad});
    }
  }
  if (!takes_meetings) {
    const char* way_out = servers.empty() ? "add one: plenary servers add URL - --enable" : "enable one: plenary servers enable ID";
    problems.insert(problems.begin(), {fmt::format("No server takes new meetings; {}", way_out), Tone::kBad});
  }
  if (!served)
    problems.insert(problems.begin(),
                    {"Nobody serves this data folder, so no front-end gets an answer; start it: plenary serve", Tone::kBad});
  if (const std::int64_t owed = Integer(status, "owed_ends"); owed > 0) {
    problems.push_back(
        {fmt::format("{} still to be ended on servers that do not answer", Count(owed, "meeting is", "meetings are")), Tone::kWarning});
  }
  if (!Items(status, "tenants").empty() && !Flag(status, "multitenancy")) {
    problems.push_back({"There are tenants, but MULTITENANCY_ENABLED is not set: they have no effect", Tone::kWarning});
  }
  if (const std::int64_t dead = Integer(Member(status, "callbacks"), "dead"); dead > 0) {
    problems.push_back(
        {fmt::format("{} could not be delivered; see: plenary callbacks list --state dead", Count(dead, "callback", "callbacks")), Tone::kWarning});
  }
  return problems;
}

Table ServersTable(const json::array& servers) {
  Table table({{"ID"},
               {"STATE"},
               {"STATUS"},
               {"LOAD", true},
               {"MEETINGS", true},
               {"PEOPLE", true},
               {"LARGEST", true, false, 4},
               {"VIDEOS", true, false, 5},
               {"BBB", false, false, 3},
               {"TAG", false, false, 2},
               {"URL", false, true, 6}});
  for (const json::value& item : servers) {
    const json::object& server = AsObject(item);
    table.Add({Text(server, "id"), StateCell(server), StatusCell(server), ShortNumber(LoadOf(server)), PolledNumber(server, "meetings"),
               PolledNumber(server, "users"), PolledNumber(server, "largest_meeting"), PolledNumber(server, "videos"),
               Text(server, "bbb_version"), Text(server, "tag"), Text(server, "url")});
  }
  return table;
}

Table TenantsTable(const json::array& tenants) {
  Table table({{"TENANT"}, {"STATE"}, {"MEETINGS", true}, {"PEOPLE", true}, {"REFUSED", true}});
  for (const json::value& item : tenants) {
    const json::object& tenant = AsObject(item);
    const json::object& use = Member(tenant, "use");
    const bool enabled = Flag(tenant, "enabled");
    table.Add({Text(tenant, "name"),
               {enabled ? "enabled" : "disabled", enabled ? Tone::kPlain : Tone::kOff},
               fmt::format("{}", Integer(use, "meetings")),
               fmt::format("{}", Integer(use, "people")),
               fmt::format("{}", Integer(use, "refused"))});
  }
  return table;
}

std::string Summary(const json::object& status) {
  const json::array& servers = Items(status, "servers");
  std::int64_t people = 0;
  for (const json::value& server : servers) people += Integer(AsObject(server), "users");
  const auto online =
      std::count_if(servers.begin(), servers.end(), [](const json::value& server) { return Flag(AsObject(server), "online"); });
  return fmt::format("{}, {} online · {} · {} · Plenary {}, up {}\n", Count(static_cast<std::int64_t>(servers.size()), "server", "servers"),
                     online, Count(Integer(status, "meetings"), "meeting", "meetings"), Count(people, "person", "people"),
                     Text(status, "version"), Duration(Integer(status, "uptime_ms")));
}

}  // namespace

int Status(Context& context) {
  auto result = context.Call("status");
  if (!result) return context.Fail(result.error());
  const std::vector<Problem> problems = ProblemsOf(*result, context.remote(), ToMs(context.hooks().clock->Now()));
  if (context.json) {
    json::array texts;
    for (const Problem& problem : problems) texts.emplace_back(problem.text);
    (*result)["problems"] = std::move(texts);
    (*result)["served"] = context.remote();
    return context.PrintJson(*result);
  }
  const Style style = context.style();
  if (problems.empty()) {
    context.out() << Toned("Nothing is wrong.", Tone::kGood, style.color) << "\n\n";
  } else {
    context.out() << Count(static_cast<std::int64_t>(problems.size()), "problem", "problems") << ":\n";
    for (const Problem& problem : problems) context.out() << "  " << Toned(problem.text, problem.tone, style.color) << "\n";
    context.out() << "\n";
  }
  context.out() << Summary(*result);
  if (const std::int64_t pending = Integer(Member(*result, "callbacks"), "pending"); pending > 0) {
    context.out() << fmt::format("{} on the way to front-ends\n", Count(pending, "callback", "callbacks"));
  }
  if (!Items(*result, "servers").empty()) context.out() << "\n" << ServersTable(Items(*result, "servers")).Render(style);
  if (!Items(*result, "tenants").empty()) context.out() << "\n" << TenantsTable(Items(*result, "tenants")).Render(style);
  return kDone;
}

}  // namespace plenary::cli
