// Makes the pool match a list of servers, by commands of the control protocol (spec scalelite 10.2).
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "cli/context.hpp"
#include "cli/server_file.hpp"

namespace plenary::cli {

struct SyncResult {
  std::size_t changes = 0;   // made, or with a dry run: that would be made
  std::size_t problems = 0;  // told in the log: meetings that could not be ended
};

/// What to do with servers that are not listed: keep them, remove empty ones and cordon the others, or end their meetings and remove all.
enum class SyncMode { kKeep, kCordon, kForce };
std::optional<SyncMode> ParseSyncMode(std::string_view text);

/// Stops at the first command that fails. `log` gets a line for everything that is done.
Result<SyncResult> SyncServers(Context& context, const std::vector<WantedServer>& wanted, SyncMode mode, bool dry_run,
                               const std::function<void(const std::string&)>& log);

}  // namespace plenary::cli
