// rake status, poll…, liveness, secret, db:… (spec scalelite 10.4, 10.5).
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "base/encoding.hpp"
#include "base/url.hpp"
#include "cli/output.hpp"
#include "cli/rake.hpp"
#include "cli/server_view.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

using StatusRow = std::vector<std::string>;
constexpr std::size_t kLoadColumn = 7;  // the only number that is one: right-aligned

StatusRow RowOf(const json::object& server) {
  const auto endpoint = ParseEndpoint(RawText(server, "url"));
  const auto load = LoadOf(server);
  const auto counter = [&](std::string_view key) { return Number(server, key) ? fmt::format("{}", Integer(server, key)) : std::string(); };
  return {endpoint ? endpoint->host : "",
          Text(server, "state"),
          Flag(server, "online") ? "online" : "offline",
          counter("meetings"),
          counter("users"),
          counter("largest_meeting"),
          counter("videos"),
          load ? RubyFloat(*load) : "",
          Text(server, "bbb_version"),
          Text(server, "tag")};
}

int StatusTask(Context& context, const RakeArguments&) {
  const auto result = context.Call("servers.list");
  if (!result) return RakeAbort(context, Printable(result.error().detail));
  std::vector<StatusRow> rows;
  for (const json::value& server : Items(*result, "servers")) rows.push_back(RowOf(AsObject(server)));
  std::stable_sort(rows.begin(), rows.end(), [](const StatusRow& a, const StatusRow& b) { return a.front() < b.front(); });

  const StatusRow titles = {"HOSTNAME", "STATE", "STATUS", "MEETINGS", "USERS", "LARGEST MEETING", "VIDEOS", "LOAD", "BBB VERSION", "TAG"};
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    widths.push_back(titles[i].size());
    for (const StatusRow& row : rows) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::string text = "\n";
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const std::size_t surplus = widths[i] - titles[i].size();
    text += fmt::format(" {}{}{} ", std::string((surplus + 1) / 2, ' '), titles[i], std::string(surplus / 2, ' '));
  }
  text += "\n";
  for (const StatusRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - DisplayWidth(row[i]), ' ');
      text += i == kLoadColumn ? fmt::format(" {}{} ", padding, row[i]) : fmt::format(" {}{} ", row[i], padding);
    }
    text += "\n";
  }
  context.out() << text;
  return kDone;
}

int PollOnce(Context& context, std::string_view what) {
  const auto result = context.Call("poll.run", {{"what", what}});
  return result ? kDone : RakeAbort(context, Printable(result.error().detail));
}

int PollAll(Context& context, const RakeArguments&) { return PollOnce(context, "all"); }
int PollServers(Context& context, const RakeArguments&) { return PollOnce(context, "servers"); }
int PollMeetings(Context& context, const RakeArguments&) { return PollOnce(context, "meetings"); }
int PollVersions(Context& context, const RakeArguments&) { return PollOnce(context, "versions"); }

/// Scalelite's poller process. `plenary serve` polls by itself; this makes it poll more often. The owner is opened anew for every round:
/// the loop outlives a restart of the server, and never keeps the lock of the data folder from it.
int PollLoop(Context& context, const RakeArguments& arguments) {
  const double seconds = arguments.Given(0) ? RakeNumber(arguments.At(0)) : 60.0;
  if (seconds <= 0 || seconds > 604'800) return RakeAbort(context, "The interval must be a number of seconds above 0.");
  const std::chrono::milliseconds interval(std::max<std::int64_t>(static_cast<std::int64_t>(seconds * 1000), 1));
  bool go_on = context.hooks().sleep(std::chrono::milliseconds(0));
  while (go_on) {
    const auto result = context.Call("poll.run", {{"what", "all"}});
    context.CloseOwner();
    if (!result) context.err() << "WARNING: " << Printable(result.error().detail) << "\n" << std::flush;
    if (!result && result.error().code == ErrorCode::kInvalidArgument) return kFailed;  // the settings: waiting does not mend them
    go_on = context.hooks().sleep(interval);
  }
  return kDone;
}

int Liveness(Context& context, const RakeArguments&) {
  context.out() << "success\n";
  return kDone;
}

int Secret(Context& context, const RakeArguments&) {
  context.out() << context.hooks().random->Text(128, "0123456789abcdef") << "\n";
  return kDone;
}

/// The stores are created and migrated when they are opened.
int Nothing(Context&, const RakeArguments&) { return kDone; }

int DatabaseVersion(Context& context, const RakeArguments&) {
  context.out() << "Current version: 20230627141045\n";  // of the tables that Scalelite knows (spec scalelite 5.2)
  return kDone;
}

constexpr RakeTask kTasks[] = {
    {"status", "", "Show the status of all servers", StatusTask},
    {"poll", "[interval]", "Run a poller that polls every interval (seconds, default 60)", PollLoop},
    {"poll:all", "", "Poll servers, meetings and versions once", PollAll},
    {"poll:servers", "", "Poll servers once", PollServers},
    {"poll:meetings", "", "Poll meetings once", PollMeetings},
    {"poll:versions", "", "Poll the BigBlueButton versions once", PollVersions},
    {"liveness", "", "Tell that the program runs", Liveness},
    {"secret", "", "Print a random secret of 128 hexadecimal digits", Secret},
    {"db:create", "", "", Nothing},
    {"db:migrate", "", "", Nothing},
    {"db:setup", "", "", Nothing},
    {"db:schema:load", "", "", Nothing},
    {"db:version", "", "Print the version of the database schema", DatabaseVersion},
};

}  // namespace

std::span<const RakeTask> RakeProcessTasks() { return kTasks; }

}  // namespace plenary::cli
