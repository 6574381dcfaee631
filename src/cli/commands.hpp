// Every command as a function of its options; parser.cpp fills the options. Each returns the exit status.
#pragma once

#include <cstdint>
#include <map>
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

/// tenants add and update; absent = not given.
struct TenantOptions {
  std::string tenant;  // ID or name
  std::optional<std::string> name, secret_file, checksum_algorithms;
  std::vector<std::string> secrets;
  bool show_secrets = false;
};

struct RollOptions {
  std::string tenant;
  std::optional<std::string> secret, secret_file, keep;
  bool show_secrets = false;
};

/// tenants set and unset.
struct TenantSettingOptions {
  std::string tenant;
  std::vector<std::string> settings;
  bool overrides = false, defaults = false;
};

/// tenants limits, lrs and look: the names of the protocol's members and their new values as they were typed.
struct TenantMembers {
  std::string tenant;
  std::map<std::string, std::optional<std::string>> lrs, look;
  std::map<std::string, std::optional<std::int64_t>> limits;
};

struct UsageOptions {
  std::string tenant;  // "" = all
  std::optional<std::string> month;
  bool csv = false;
};

struct TokenOptions {
  std::string scope;
  std::optional<std::string> name, tenant, server, expires;
};

struct CallbackOptions {
  std::vector<std::string> ids;
  std::optional<std::string> state, tenant;
  std::optional<std::int64_t> after, limit;
  bool all = false, yes = false;
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

int TenantsList(Context& context, bool show_secrets);
int TenantsShow(Context& context, const std::string& tenant, bool show_secrets);
int TenantsAdd(Context& context, const TenantOptions& options);
int TenantsUpdate(Context& context, const TenantOptions& options);
int TenantsEnable(Context& context, const std::string& tenant, bool enabled);
int TenantsRemove(Context& context, const std::string& tenant, bool force, bool yes);
int TenantsRollSecret(Context& context, const RollOptions& options);
int TenantsSet(Context& context, const TenantSettingOptions& options);
int TenantsUnset(Context& context, const TenantSettingOptions& options);
int TenantsMembers(Context& context, const TenantMembers& members);
int TenantsUsage(Context& context, const UsageOptions& options);

int TokensList(Context& context);
int TokensCreate(Context& context, const TokenOptions& options);
int TokensRevoke(Context& context, const std::string& id);

int CallbacksList(Context& context, const CallbackOptions& options);
int CallbacksRetry(Context& context, const CallbackOptions& options);
int CallbacksDrop(Context& context, const CallbackOptions& options);

int HooksList(Context& context, const std::optional<std::string>& tenant);
int HooksRemove(Context& context, const std::string& id);

int Poll(Context& context, const std::string& what);
int Status(Context& context);
int Serve(Context& context, const ServeFlags& flags);
int ConfigCheck(Context& context);
int ConfigDocs(Context& context);
int Rake(Context& context, const RakeOptions& options);

}  // namespace plenary::cli
