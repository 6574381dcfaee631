#include "admin/pool_commands.hpp"

#include <utility>

#include <boost/json/array.hpp>

#include "admin/arguments.hpp"
#include "admin/meeting_commands.hpp"
#include "admin/rows.hpp"
#include "admin/server_commands.hpp"

namespace plenary::admin {

namespace {

Task<Answer> PollRun(const CommandContext& context, const boost::json::object& arguments) {
  const auto what = RequiredText(arguments, "what");
  if (!what) co_return tl::unexpected(what.error());
  if (*what != "all" && *what != "servers" && *what != "meetings" && *what != "versions") {
    co_return Fail(ErrorCode::kInvalidArgument, "What to poll must be all, servers, meetings or versions, not " + *what + ".");
  }
  const std::vector<std::pair<std::string, std::string>> polled = co_await context.poll.Run(*what);
  boost::json::array rows;
  const auto table = context.store.Nodes();
  for (const auto& [id, error] : polled) {
    const state::NodePtr node = table->Find(id);
    if (!node) continue;
    const state::NodeLoad load = context.store.LoadOf(id);
    boost::json::object row;
    row["id"] = id;
    row["online"] = node->node.online;
    row["load"] = load.load ? boost::json::value(*load.load) : boost::json::value(nullptr);
    row["error"] = error.empty() ? boost::json::value(nullptr) : boost::json::value(error);
    rows.push_back(std::move(row));
  }
  boost::json::object result;
  result["servers"] = std::move(rows);
  co_return result;
}

class PoolCommands final : public Commands {
 public:
  explicit PoolCommands(CommandContext context) : context_(std::move(context)), started_(context_.clock.Steady()) {}

  Task<Answer> Execute(std::string command, boost::json::object arguments) override {
    Answer answer = Fail(ErrorCode::kInvalidArgument, "There is no command " + command + ".");
    if (command == "servers.list") answer = co_await ServersList(context_);
    if (command == "servers.show") answer = co_await ServersShow(context_, arguments);
    if (command == "servers.add") answer = co_await ServersAdd(context_, arguments);
    if (command == "servers.update") answer = co_await ServersUpdate(context_, arguments);
    if (command == "servers.set_state") answer = co_await ServersSetState(context_, arguments);
    if (command == "servers.remove") answer = co_await ServersRemove(context_, arguments);
    if (command == "servers.panic") answer = co_await ServersPanic(context_, arguments);
    if (command == "servers.meetings") answer = co_await ServersMeetings(context_, arguments);
    if (command == "meetings.list") answer = co_await MeetingsList(context_, arguments);
    if (command == "meetings.ask") answer = co_await MeetingsAsk(context_, arguments);
    if (command == "meetings.info") answer = co_await MeetingsInfo(context_, arguments);
    if (command == "meetings.end") answer = co_await MeetingsEnd(context_, arguments);
    if (command == "meetings.forget") answer = co_await MeetingsForget(context_, arguments);
    if (command == "poll.run") answer = co_await PollRun(context_, arguments);
    if (command == "status") answer = co_await StatusOf();
    co_return answer;
  }

 private:
  Task<Answer> StatusOf() {
    Answer answer = co_await ServersList(context_);
    (*answer)["version"] = context_.options.version;
    (*answer)["uptime_ms"] = (context_.clock.Steady() - started_).count();
    (*answer)["meetings"] = context_.store.MeetingCount();
    (*answer)["owed_ends"] = context_.store.PendingEnds().size();
    co_return answer;
  }

  CommandContext context_;
  SteadyTime started_;
};

}  // namespace

std::unique_ptr<Commands> MakePoolCommands(CommandContext context) { return std::make_unique<PoolCommands>(std::move(context)); }

}  // namespace plenary::admin
