// rake servers:sync, servers:yaml, servers:addAll (spec scalelite 10.1 to 10.3).
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "base/encoding.hpp"
#include "cli/output.hpp"
#include "cli/rake.hpp"
#include "cli/sync.hpp"

namespace plenary::cli {
namespace {

int Refuse(const Context& context, std::string_view text) {
  context.err() << "ERROR: " << Printable(text) << "\n";
  return kFailed;
}

bool IsYes(const std::string& text) {
  return !text.empty() && !EqualsIgnoreCase(text, "n") && !EqualsIgnoreCase(text, "no") && !EqualsIgnoreCase(text, "false");
}

int ServersSyncTask(Context& context, const RakeArguments& arguments) {
  if (!arguments.Given(0)) return Refuse(context, "Missing 'path' parameter");
  const std::string mode_name = arguments.Given(1) ? arguments.At(1) : "cordon";
  const auto mode = ParseSyncMode(mode_name);
  if (!mode) return Refuse(context, fmt::format("Unknown sync mode '{}' (choose: keep cordon force)", mode_name));
  const auto text = ReadInput(context, arguments.At(0));
  if (!text) return Refuse(context, text.error().detail);
  const auto wanted = ParseServerMap(*text);
  if (!wanted) return Refuse(context, wanted.error().detail);
  // Scalelite tells this to its log only; a script must not find it in the output.
  const auto result = SyncServers(context, *wanted, *mode, IsYes(arguments.At(2)), [&](const std::string& line) {
    if (context.hooks().terminal.errors) context.err() << Printable(line) << "\n";
  });
  return result ? kDone : Refuse(context, result.error().detail);
}

int Yaml(Context& context, const RakeArguments& arguments) {
  const auto result = context.Call("servers.list");
  if (!result) return RakeAbort(context, Printable(result.error().detail));
  context.out() << WriteServerMap(Items(*result, "servers"), arguments.Given(0));
  return kDone;
}

int AddAll(Context& context, const RakeArguments& arguments) {
  const auto complain = [&](const Error& error) {
    context.err() << Printable(error.detail) << "\n";
    return kDone;  // Scalelite exits 0 here
  };
  const auto text = ReadInput(context, arguments.At(0));
  if (!text) return complain(text.error());
  const auto listed = ParseServerList(*text);
  if (!listed) return complain(listed.error());
  for (const WantedServer& server : *listed) {
    const auto added = context.Call("servers.add", {{"url", server.url}, {"secret", server.secret}});
    if (!added) return complain(added.error());
    context.out() << fmt::format("server: {}\nid: {}\n", Printable(server.url), Text(Member(*added, "server"), "id"));
  }
  return kDone;
}

constexpr RakeTask kTasks[] = {
    {"servers:sync", "[path,mode,dryrun]", "Sync cluster state with servers defined in a YAML file", ServersSyncTask},
    {"servers:yaml", "[verbose]", "Print the configured servers as a YAML file that servers:sync reads", Yaml},
    {"servers:addAll", "[path]", "Add all servers of a YAML file", AddAll},
};

}  // namespace

std::span<const RakeTask> RakeSyncTasks() { return kTasks; }

}  // namespace plenary::cli
