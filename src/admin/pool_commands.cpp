#include "admin/pool_commands.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>

#include "admin/arguments.hpp"
#include "admin/callback_commands.hpp"
#include "admin/hook_commands.hpp"
#include "admin/meeting_commands.hpp"
#include "admin/rows.hpp"
#include "admin/server_commands.hpp"
#include "admin/tenant_commands.hpp"
#include "admin/token_commands.hpp"
#include "runtime/blocking.hpp"

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

/// What the process was started with.
Task<Answer> SettingsList(const CommandContext& context, const boost::json::object&) {
  boost::json::array rows;
  for (const config::SettingInForce& setting : context.options.settings) {
    boost::json::object row;
    row["name"] = std::string(setting.name);
    row["value"] = setting.value;
    row["source"] = setting.source;
    row["has_effect"] = setting.has_effect;
    rows.push_back(std::move(row));
  }
  boost::json::object result;
  result["settings"] = std::move(rows);
  result["warnings"] = boost::json::array(context.options.warnings.begin(), context.options.warnings.end());
  co_return result;
}

struct Command {
  std::string_view name;
  Task<Answer> (*run)(const CommandContext& context, const boost::json::object& arguments);
};

constexpr Command kCommands[] = {
    {"servers.list", ServersList},
    {"servers.show", ServersShow},
    {"servers.add", ServersAdd},
    {"servers.update", ServersUpdate},
    {"servers.set_state", ServersSetState},
    {"servers.remove", ServersRemove},
    {"servers.panic", ServersPanic},
    {"servers.meetings", ServersMeetings},
    {"meetings.list", MeetingsList},
    {"meetings.ask", MeetingsAsk},
    {"meetings.info", MeetingsInfo},
    {"meetings.end", MeetingsEnd},
    {"meetings.forget", MeetingsForget},
    {"poll.run", PollRun},
    {"tenants.list", TenantsList},
    {"tenants.show", TenantsShow},
    {"tenants.add", TenantsAdd},
    {"tenants.update", TenantsUpdate},
    {"tenants.remove", TenantsRemove},
    {"tenants.roll_secret", TenantsRollSecret},
    {"tenants.settings_add", TenantsSettingsAdd},
    {"tenants.settings_remove", TenantsSettingsRemove},
    {"tenants.usage", TenantsUsage},
    {"tokens.list", TokensList},
    {"tokens.create", TokensCreate},
    {"tokens.revoke", TokensRevoke},
    {"callbacks.list", CallbacksList},
    {"callbacks.receivers", CallbacksReceivers},
    {"callbacks.retry", CallbacksRetry},
    {"callbacks.drop", CallbacksDrop},
    {"hooks.list", HooksList},
    {"hooks.remove", HooksRemove},
    {"settings.list", SettingsList},
};

class PoolCommands final : public Commands {
 public:
  explicit PoolCommands(CommandContext context) : context_(std::move(context)), started_(context_.clock.Steady()) {}

  Task<Answer> Execute(std::string command, boost::json::object arguments) override {
    Answer answer = Fail(ErrorCode::kInvalidArgument, "There is no command " + command + ".");
    const auto row = std::find_if(std::begin(kCommands), std::end(kCommands), [&](const Command& c) { return c.name == command; });
    if (row != std::end(kCommands)) answer = co_await row->run(context_, arguments);
    if (command == "status") answer = co_await StatusOf();
    co_return answer;
  }

 private:
  /// Without secrets: it is what monitoring reads.
  Task<Answer> StatusOf() {
    auto work = [this] { return context_.outbox.Counts(); };
    const auto counts = co_await runtime::Blocking<Result<records::CallbackCounts>>(context_.runtime, std::move(work));
    if (!counts) co_return tl::unexpected(counts.error());
    boost::json::array servers, tenants;
    const auto nodes = context_.store.Nodes();
    for (const state::NodePtr& node : nodes->all()) {
      boost::json::object row = ServerRow(context_.store, *node);
      row["secret"] = nullptr;
      servers.push_back(std::move(row));
    }
    const auto table = context_.store.Tenants();
    for (const state::TenantPtr& tenant : table->all()) {
      boost::json::object row;
      row["id"] = tenant->tenant.id;
      row["name"] = tenant->tenant.name;
      row["enabled"] = tenant->tenant.enabled;
      row["use"] = UseRow(*tenant->meters);
      tenants.push_back(std::move(row));
    }
    boost::json::object callbacks;
    callbacks["pending"] = counts->pending;
    callbacks["dead"] = counts->dead;
    boost::json::object result;
    result["version"] = context_.options.version;
    result["uptime_ms"] = (context_.clock.Steady() - started_).count();
    result["servers"] = std::move(servers);
    result["tenants"] = std::move(tenants);
    result["multitenancy"] = context_.options.multitenancy;
    result["meetings"] = context_.store.MeetingCount();
    result["owed_ends"] = context_.store.PendingEnds().size();
    result["callbacks"] = std::move(callbacks);
    co_return result;
  }

  CommandContext context_;
  SteadyTime started_;
};

}  // namespace

std::unique_ptr<Commands> MakePoolCommands(CommandContext context) { return std::make_unique<PoolCommands>(std::move(context)); }

}  // namespace plenary::admin
