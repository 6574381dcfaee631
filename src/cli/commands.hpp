// Every command as a function of its options; parser.cpp fills the options. Each returns the exit status.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/context.hpp"

namespace plenary::cli {

/// servers add and update; absent = not given.
struct ServerOptions {
  std::string id;
  std::optional<std::string> url, secret, secret_file, tag, checksum_algorithm;
  std::optional<double> load_multiplier;
  bool enable = false;
};

struct PanicOptions {
  std::string id;
  bool keep_state = false, skip_end_calls = false, yes = false;
};

struct SyncOptions {
  std::string path;
  std::string mode = "cordon";
  bool dry_run = false;
};

struct RakeOptions {
  std::vector<std::string> tasks;
  bool list_tasks = false;
};

int ServersList(Context& context, bool show_secrets);
int ServersShow(Context& context, const std::string& id, bool show_secrets);
int ServersAdd(Context& context, const ServerOptions& options);
int ServersUpdate(Context& context, const ServerOptions& options);
int ServersRemove(Context& context, const std::string& id, bool force);
int ServersSetState(Context& context, const std::string& id, const std::string& state);
int ServersPanic(Context& context, const PanicOptions& options);
int ServersMeetings(Context& context, const std::vector<std::string>& ids);
int ServersSync(Context& context, const SyncOptions& options);
int ServersExport(Context& context);

int MeetingsList(Context& context);
int MeetingsInfo(Context& context, const std::string& id);
int MeetingsEnd(Context& context, const std::vector<std::string>& ids, bool yes);

int Poll(Context& context, const std::string& what);
int Status(Context& context);
int Serve(Context& context, const ServeFlags& flags);
int ConfigCheck(Context& context);
int ConfigDocs(Context& context);
int Rake(Context& context, const RakeOptions& options);

}  // namespace plenary::cli
