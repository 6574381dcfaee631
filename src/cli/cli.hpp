// The command line: `plenary <noun> <verb>` and `plenary rake 'task[…]'`. Parses arguments, asks the owner of the data folder (owner.hpp),
// prints. Knows no concrete types: app/ hands everything in that touches the world. One thread, one call per process.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "cli/owner.hpp"
#include "config/settings.hpp"

namespace plenary::cli {

enum ExitCode : int { kDone = 0, kFailed = 1, kUsage = 2, kNotReachable = 3, kNothingToChange = 64 };

struct ServeFlags {
  bool print_links = false;  // signed example links on stdout once it serves
};

/// What the streams are connected to.
struct Terminal {
  bool input = false, output = false, errors = false;
  std::size_t width = 0;  // columns of the output; 0 = unknown, nothing is cut
};

/// A front-end that callbacks would not reach.
struct RefusedReceiver {
  std::string receiver;  // its host
  std::string why;       // with the line to set
};

struct Hooks {
  std::string version;
  /// Connects to whoever serves `settings.data_dir`, else takes the folder's lock for this process. Called at most once at a time;
  /// the lock is released when the owner is destroyed. kUnreachable: the folder is owned, but its owner does not answer.
  std::function<Result<std::unique_ptr<Owner>>(const config::LoadedSettings& loaded)> open_owner;
  /// Serves until SIGTERM or SIGINT; returns the exit status. `loaded.settings.data_dir` already is what --data says.
  std::function<int(const config::LoadedSettings& loaded, const ServeFlags& flags)> serve;
  /// The front-ends whose stored callback URLs `loaded` refuses (CALLBACK_ALLOW_NETS). Resolves names; blocks. May be empty: nothing is checked.
  std::function<Result<std::vector<RefusedReceiver>>(const config::LoadedSettings& loaded)> refused_receivers;

  config::Environment environment;
  std::istream* in = nullptr;
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;
  Terminal terminal;
  const Clock* clock = nullptr;
  Random* random = nullptr;
  /// Shows (or hides) what is typed on the terminal of `in`.
  std::function<void(bool visible)> show_typing;
  /// Waits; false as soon as the process was asked to stop (SIGTERM, SIGINT).
  std::function<bool(std::chrono::milliseconds duration)> sleep;
};

/// This process's environment, streams, terminal, clock, randomness and signals; the members up to `environment` are left to the caller.
/// With it `Main` may block SIGTERM and SIGINT in the calling thread (only `rake poll[…]` does, before it opens an owner).
Hooks ProcessHooks();

/// Runs one command and returns the exit status; nothing is thrown.
int Main(int argc, const char* const* argv, const Hooks& hooks);

}  // namespace plenary::cli
