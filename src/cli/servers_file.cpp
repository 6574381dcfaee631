// plenary servers sync and export: the pool as a file.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/server_file.hpp"
#include "cli/sync.hpp"

namespace plenary::cli {

int ServersSync(Context& context, const SyncOptions& options) {
  const auto mode = ParseSyncMode(options.mode);
  if (!mode)
    return context.Fail({ErrorCode::kInvalidArgument, fmt::format("Unknown sync mode '{}' (choose: keep cordon force)", options.mode)});
  const auto text = ReadInput(context, options.path);
  if (!text) return context.Fail(text.error());
  const auto wanted = ParseServerMap(*text);
  if (!wanted) return context.Fail(wanted.error());
  boost::json::array lines;
  const auto result = SyncServers(context, *wanted, *mode, options.dry_run, [&](const std::string& line) {
    if (context.json) {
      lines.emplace_back(line);
    } else {
      context.out() << Printable(line) << "\n";
    }
  });
  if (!result) return context.Fail(result.error());
  if (context.json) {
    context.PrintJson({{"changes", result->changes}, {"problems", result->problems}, {"dry_run", options.dry_run}, {"log", lines}});
  } else if (result->changes == 0) {
    context.out() << "Nothing to change.\n";
  } else {
    context.out() << Count(static_cast<std::int64_t>(result->changes), "change", "changes")
                  << (options.dry_run ? " would be made.\n" : " made.\n");
  }
  if (result->problems > 0) return kFailed;
  return result->changes == 0 ? kNothingToChange : kDone;
}

int ServersExport(Context& context) {
  const auto result = context.Call("servers.list");
  if (!result) return context.Fail(result.error());
  if (context.json) return context.PrintJson(*result);
  context.out() << WriteServerMap(Items(*result, "servers"), false);
  return kDone;
}

}  // namespace plenary::cli
