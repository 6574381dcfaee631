#include "cli/parser.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "base/suggest.hpp"

namespace plenary::cli {
namespace {

constexpr const char* kExitCodes = "Exit status: 0 done, 1 failed, 2 wrong usage or settings, 3 not reachable, 64 nothing to change.";

const std::vector<std::string> kShells = {"bash", "zsh", "fish"};
const std::vector<std::string> kPolls = {"all", "servers", "meetings", "versions"};
const std::vector<std::string> kSyncModes = {"keep", "cordon", "force"};
const std::vector<std::string> kScopes = {"admin", "read-only", "tenant", "node"};
const std::vector<std::string> kCallbackStates = {"pending", "dead", "delivered"};

std::string OneOf(const std::vector<std::string>& words) { return fmt::format("one of {}", fmt::join(words, ", ")); }

/// As CLI::IsMember, with a message in words.
std::function<std::string(const std::string&)> MustBe(const std::vector<std::string>& words) {
  return [words](const std::string& value) {
    if (std::find(words.begin(), words.end(), value) != words.end()) return std::string();
    const std::string nearest = Nearest(value, words);
    return fmt::format("'{}' is not {}{}", Printable(value), OneOf(words),
                       nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest));
  };
}

std::string CheckDuration(const std::string& value) {
  return ParseDuration(value) ? std::string() : fmt::format("'{}' is no time such as 90s, 30m, 12h or 7d", Printable(value));
}

std::string CheckLimit(const std::string& value) {
  constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
  const auto number = ParseInt(value);
  return number && *number >= 0 && *number <= kMost ? std::string() : fmt::format("must be a whole number from 0 to {}", kMost);
}

std::string CheckAlgorithm(const std::string& value) {
  return value.empty() || ParseDigestName(value) ? std::string()
                                                 : fmt::format("'{}' is not one of SHA1, SHA256, SHA384, SHA512", Printable(value));
}

// CLI11 takes "[a,b]" for a list wherever several values are allowed, but a meeting's ID may look like that. Such arguments are
// marked before it sees them, and the mark is taken off every value.
constexpr char kLiteral = '\x01';

std::string Marked(std::string argument) { return argument.starts_with('[') && argument.ends_with(']') ? kLiteral + argument : argument; }

std::string Unmarked(std::string value) {
  if (value.starts_with(kLiteral)) value.erase(0, 1);
  return value;
}

void UnmarkValues(CLI::App& command) {
  for (CLI::Option* option : command.get_options()) {
    if (option->get_items_expected_max() > 0) option->transform(Unmarked);
  }
  for (CLI::App* child : command.get_subcommands([](CLI::App*) { return true; })) UnmarkValues(*child);
}

}  // namespace

struct Parser::Impl {
  explicit Impl(Context& c) : context(c) {}

  using Action = std::function<int()>;

  /// A command that does something.
  CLI::App* Command(CLI::App& parent, const std::string& name, const std::string& help, Action command_action) {
    CLI::App* command = Group(parent, name, help);
    command->callback([this, command_action] { action = command_action; });
    return command;
  }

  /// --data, --config and --json work behind every word.
  CLI::App* Group(CLI::App& parent, const std::string& name, const std::string& help) {
    CLI::App* group = parent.add_subcommand(name, help);
    AddCommon(*group);
    return group;
  }

  void AddCommon(CLI::App& command) {
    command.add_option("--data", context.data_dir, "Data folder (else PLENARY_DATA_DIR)")->type_name("DIR");
    command.add_option("--config", context.config_file, "Settings file (else PLENARY_CONFIG)")->type_name("FILE");
    command.add_flag("--json", context.json, "Answer in JSON");
  }

  CLI::Option* Id(CLI::App& command, std::string& target, const std::string& what) {
    return command.add_option("ID", target, what)->required()->type_name("");
  }

  /// One of some words; completion offers them.
  CLI::Option* Choice(CLI::App& command, const std::string& name, std::string& target, const std::vector<std::string>& words,
                      const std::string& help) {
    choices[&command] = words;
    return command.add_option(name, target, help)->check(MustBe(words))->type_name("");
  }

  CLI::Option* Tenant(CLI::App& command, std::string& target) {
    return command.add_option("TENANT", target, "The tenant, by name or ID")->required()->type_name("");
  }

  void SecretFile(CLI::App& command, std::optional<std::string>& target) {
    command.add_option("--secret-file", target, "Read the secret from a file (or from - )")->type_name("FILE");
  }

  void ShowSecrets(CLI::App& command, bool& target) { command.add_flag("--show-secrets", target, "Show the secrets"); }

  CLI::Option* Many(CLI::App& command, const std::string& name, std::vector<std::string>& target, const std::string& what) {
    return command.add_option(name, target, what)->type_name("");
  }

  void AddServerOptions(CLI::App& command) {
    SecretFile(command, server.secret_file);
    command.add_option("--tag", server.tag, "Only meetings that ask for this tag are placed there")->type_name("TAG");
    command.add_option("--load-multiplier", server.load_multiplier, "Weigh the load of this server; 2 counts double (not 0)")
        ->type_name("X");
    command.add_option("--checksum-algorithm", server.checksum_algorithm, "SHA1, SHA256, SHA384 or SHA512 for calls to this server")
        ->check(CheckAlgorithm)
        ->type_name("A");
  }

  void AddServers();
  void AddMeetings();
  void AddTenants();
  void AddTenantDetails(CLI::App& tenants);
  void AddTokens();
  void AddCallbacks();
  void AddRest();
  int Complain(const CLI::ParseError& error);
  CommandTree TreeOf(const CLI::App& command) const;

  Context& context;
  CLI::App app{"Plenary: one address for many BigBlueButton servers.", "plenary"};
  Action action;

  ServerOptions server;
  PanicOptions panic;
  SyncOptions sync;
  TenantOptions tenant;
  RollOptions roll;
  TenantSettingOptions setting;
  TenantMembers members;
  UsageOptions usage;
  TokenOptions token;
  CallbackOptions callback;
  RakeOptions rake;
  ServeFlags serve;
  std::string id, what = "all", shell;
  std::vector<std::string> ids;
  std::map<const CLI::App*, std::vector<std::string>> choices;  // values of positional arguments
  bool show_secrets = false, force = false, yes = false;
};

void Parser::Impl::AddServers() {
  CLI::App& servers = *Group(app, "servers", "The BigBlueButton servers of the pool");
  servers.require_subcommand(1);

  CLI::App* list = Command(servers, "list", "All servers", [this] { return ServersList(context, show_secrets); });
  ShowSecrets(*list, show_secrets);
  CLI::App* show = Command(servers, "show", "One server", [this] { return ServersShow(context, id, show_secrets); });
  Id(*show, id, "The server");
  ShowSecrets(*show, show_secrets);

  CLI::App* add =
      Command(servers, "add", "Add a server; it stays disabled until it is enabled", [this] { return ServersAdd(context, server); });
  add->add_option("URL", server.url, "API address, https://…/bigbluebutton/api")->required()->type_name("");
  add->add_option("SECRET", server.secret, "The server's secret, or - to read it from standard input")->type_name("");
  add->add_option("--id", server.id, "ID of the server: letters, digits, - _ . (else a UUID or the host name)")->type_name("ID");
  AddServerOptions(*add);
  add->add_flag("--enable", server.enable, "Enable it at once");
  add->footer("A secret given as an argument is visible in the process list and in the shell's history; prefer - or --secret-file.");

  CLI::App* update = Command(servers, "update", "Change a server", [this] { return ServersUpdate(context, server); });
  Id(*update, server.id, "The server");
  update->add_option("--url", server.url, "New API address")->type_name("URL");
  update->add_option("--secret", server.secret, "New secret, or - to read it from standard input")->type_name("SECRET");
  AddServerOptions(*update);
  update->footer("An empty --tag or --checksum-algorithm removes it. A secret given as an argument is visible in the process list.");

  CLI::App* remove = Command(servers, "remove", "Remove a server", [this] { return ServersRemove(context, id, force); });
  Id(*remove, id, "The server");
  remove->add_flag("--force", force, "Also while meetings are on it; they are forgotten, not ended");

  const auto add_state = [&](const std::string& verb, const std::string& state, const std::string& help) {
    Id(*Command(servers, verb, help, [this, state] { return ServersSetState(context, id, state); }), id, "The server");
  };
  add_state("enable", "enabled", "New meetings may be placed on a server");
  add_state("cordon", "cordoned", "No new meetings; disabled by itself when the last one is over");
  add_state("disable", "disabled", "No new meetings; running ones go on");

  CLI::App* panic_command =
      Command(servers, "panic", "End all meetings of a server and disable it", [this] { return ServersPanic(context, panic); });
  Id(*panic_command, panic.id, "The server");
  panic_command->add_flag("--keep-state", panic.keep_state, "Leave it enabled");
  panic_command->add_flag("--skip-end-calls", panic.skip_end_calls, "Forget the meetings without asking the server to end them");
  panic_command->add_flag("--yes", panic.yes, "Do not ask");

  CLI::App* meetings = Command(servers, "meetings", "Ask servers what runs on them", [this] { return ServersMeetings(context, ids); });
  Many(*meetings, "ID", ids, "The servers (all when none is named)");

  CLI::App* sync_command = Command(servers, "sync", "Make the pool match a YAML file", [this] { return ServersSync(context, sync); });
  sync_command->add_option("FILE", sync.path, "The file, or - for standard input")->required()->type_name("");
  sync_command
      ->add_option("--mode", sync.mode,
                   "Servers that are not listed: keep; cordon: remove when empty; force: end their meetings and remove")
      ->check(MustBe(kSyncModes))
      ->type_name("MODE");
  sync_command->add_flag("--dry-run", sync.dry_run, "Only say what would be done");
  Command(servers, "export", "Print the servers, with their secrets, as a YAML file that sync reads",
          [this] { return ServersExport(context); });
}

void Parser::Impl::AddMeetings() {
  CLI::App& meetings = *Group(app, "meetings", "The meetings of the pool");
  meetings.require_subcommand(1);
  Command(meetings, "list", "All meetings", [this] { return MeetingsList(context); });
  Id(*Command(meetings, "info", "One meeting, asked from its server", [this] { return MeetingsInfo(context, id); }), id, "The meeting");
  CLI::App* end = Command(meetings, "end", "End meetings", [this] { return MeetingsEnd(context, ids, yes); });
  Many(*end, "ID", ids, "The meetings")->required();
  end->add_flag("--yes", yes, "Do not ask");
}

void Parser::Impl::AddTenants() {
  CLI::App& tenants = *Group(app, "tenants", "The front-ends or customers that share the pool");
  tenants.require_subcommand(1);
  ShowSecrets(*Command(tenants, "list", "All tenants", [this] { return TenantsList(context, show_secrets); }), show_secrets);
  CLI::App* show = Command(tenants, "show", "One tenant", [this] { return TenantsShow(context, id, show_secrets); });
  Tenant(*show, id);
  ShowSecrets(*show, show_secrets);

  constexpr const char* kVisible = "A secret given as an argument is visible in the process list; prefer - or --secret-file.";
  constexpr const char* kAlgorithms = "SHA1, SHA256, SHA384 and SHA512, separated by ':'; empty: those of the pool";
  CLI::App* add = Command(tenants, "add", "Add a tenant", [this] { return TenantsAdd(context, tenant); });
  add->add_option("NAME", tenant.name, "First label of its host, or segment of the path: letters, digits, - _ .")
      ->required()
      ->type_name("");
  Many(*add, "SECRET", tenant.secrets, "Its secrets, or - to read one from standard input; without any one is made");
  SecretFile(*add, tenant.secret_file);
  add->add_option("--checksum-algorithms", tenant.checksum_algorithms, kAlgorithms)->type_name("A:B");
  ShowSecrets(*add, tenant.show_secrets);
  add->footer(kVisible);

  CLI::App* update =
      Command(tenants, "update", "Change name, secrets or algorithms of a tenant", [this] { return TenantsUpdate(context, tenant); });
  Tenant(*update, tenant.tenant);
  update->add_option("--name", tenant.name, "New name")->type_name("NAME");
  update->add_option("--secret", tenant.secrets, "Secrets that take the place of all it has, or -; see also roll-secret")
      ->type_name("SECRET")
      ->allow_extra_args(false);
  SecretFile(*update, tenant.secret_file);
  update->add_option("--checksum-algorithms", tenant.checksum_algorithms, kAlgorithms)->type_name("A:B");
  update->footer(kVisible);

  Tenant(*Command(tenants, "enable", "Accept calls of a tenant again", [this] { return TenantsEnable(context, id, true); }), id);
  Tenant(*Command(tenants, "disable", "Refuse all calls of a tenant", [this] { return TenantsEnable(context, id, false); }), id);

  CLI::App* remove = Command(tenants, "remove", "Remove a tenant", [this] { return TenantsRemove(context, id, force, yes); });
  Tenant(*remove, id);
  remove->add_flag("--force", force, "Also while it has meetings; they go on, and nobody can reach them");
  remove->add_flag("--yes", yes, "Do not ask");

  CLI::App* roll_secret = Command(tenants, "roll-secret", "Give a tenant a new secret; the old one is accepted for some time yet",
                                  [this] { return TenantsRollSecret(context, roll); });
  Tenant(*roll_secret, roll.tenant);
  roll_secret->add_option("SECRET", roll.secret, "The new secret, or - to read it from standard input; without it one is made")
      ->type_name("");
  SecretFile(*roll_secret, roll.secret_file);
  roll_secret->add_option("--keep", roll.keep, "How long the old one is accepted; default 7d")->check(CheckDuration)->type_name("TIME");
  ShowSecrets(*roll_secret, roll.show_secrets);
  roll_secret->footer(kVisible);
  AddTenantDetails(tenants);

  CLI::App* usage_command =
      Command(tenants, "usage", "Meetings, most people and minutes per month (UTC)", [this] { return TenantsUsage(context, usage); });
  usage_command->add_option("TENANT", usage.tenant, "The tenant, by name or ID; all when none is named")->type_name("");
  usage_command->add_option("--month", usage.month, "One month, as 2026-11")->type_name("MONTH");
  usage_command->add_flag("--csv", usage.csv, "As CSV; the default when the output is no terminal");
}

void Parser::Impl::AddTenantDetails(CLI::App& tenants) {
  const auto kind = [this](CLI::App& command) {
    CLI::Option* overrides = command.add_flag("--override", setting.overrides, "Whatever the front-end gives");
    command.add_flag("--default", setting.defaults, "When the front-end gives none (as without both)")->excludes(overrides);
  };
  CLI::App* set = Command(tenants, "set", "Set parameters of a tenant's meetings and joins", [this] { return TenantsSet(context, setting); });
  Tenant(*set, setting.tenant);
  Many(*set, "SETTING", setting.settings, "'logo=https://…', 'duration<=120' (cap), 'disabledFeatures+=chat' (add to list), 'welcome-=' (deny)")
      ->required();
  kind(*set);
  CLI::App* unset = Command(tenants, "unset", "Remove settings of a tenant", [this] { return TenantsUnset(context, setting); });
  Tenant(*unset, setting.tenant);
  Many(*unset, "SETTING", setting.settings, "The parameter with its operator ('duration<='), or the ID of the setting")->required();
  kind(*unset);

  const auto details = [&](const std::string& verb, const std::string& help) {
    CLI::App* command = Command(tenants, verb, help, [this] { return TenantsMembers(context, members); });
    Tenant(*command, members.tenant);
    return command;
  };
  CLI::App* limits = details("limits", "Limits of a tenant; 0 removes one");
  const auto limit = [&](const char* option, const char* member, const char* help) {
    limits->add_option(option, members.limits[member], help)->check(CheckLimit)->type_name("N");
  };
  limit("--meetings", "meetings", "Meetings at the same time");
  limit("--participants", "participants", "People at the same time");
  limit("--creates-per-second", "creates_per_second", "New meetings per second");
  limit("--calls-per-second", "calls_per_second", "Calls per second");

  CLI::App* lrs = details("lrs", "Where a tenant's learning records go; an empty value removes it");
  const auto field = [&](const char* option, const char* member, const char* help) {
    lrs->add_option(option, members.lrs[member], help)->type_name("TEXT");
  };
  field("--endpoint", "endpoint", "Address of the LRS");
  field("--username", "username", "User name for basic authentication; it wins over Keycloak");
  field("--password", "password", "Its password, or - to read it from standard input");
  field("--kc-token-url", "kc_token_url", "Keycloak: address that gives tokens");
  field("--kc-client-id", "kc_client_id", "Keycloak: client");
  field("--kc-client-secret", "kc_client_secret", "Keycloak: its secret, or -");
  field("--kc-username", "kc_username", "Keycloak: user");
  field("--kc-password", "kc_password", "Keycloak: the user's password, or -");

  CLI::App* look = details("look", "Default slide, logo and style of a tenant's meetings; an empty value removes it");
  const auto address = [&](const char* option, const char* member, const char* help) {
    look->add_option(option, members.look[member], help)->type_name("URL");
  };
  address("--presentation", "presentation_url", "Slides that a meeting without any begins with");
  address("--logo", "logo_url", "Logo");
  address("--style", "style_url", "CSS");
}

void Parser::Impl::AddTokens() {
  CLI::App& tokens = *Group(app, "tokens", "Who may use the API of Plenary's own, /api/v1");
  tokens.require_subcommand(1);
  Command(tokens, "list", "All tokens, without their secrets", [this] { return TokensList(context); });
  CLI::App* create = Command(tokens, "create", "Make a token; it is shown this once", [this] { return TokensCreate(context, token); });
  Choice(*create, "SCOPE", token.scope, kScopes, "admin: everything; read-only; tenant: its own tenant; node: its own server")->required();
  create->add_option("--name", token.name, "What it is for")->type_name("TEXT");
  create->add_option("--tenant", token.tenant, "The tenant, with the scope tenant")->type_name("TENANT");
  create->add_option("--server", token.server, "The server, with the scope node")->type_name("ID");
  create->add_option("--expires", token.expires, "How long it is valid, as 12h or 90d; without it: for ever")
      ->check(CheckDuration)
      ->type_name("TIME");
  Id(*Command(tokens, "revoke", "Make a token invalid", [this] { return TokensRevoke(context, id); }), id, "The token");
}

void Parser::Impl::AddCallbacks() {
  CLI::App& callbacks = *Group(app, "callbacks", "What is still to be told to front-ends");
  callbacks.require_subcommand(1);
  const auto of_tenant = [this](CLI::App& command) {
    command.add_option("--tenant", callback.tenant, "Only of this tenant")->type_name("TENANT");
  };
  CLI::App* list = Command(callbacks, "list", "Pending and dead ones", [this] { return CallbacksList(context, callback); });
  list->add_option("--state", callback.state, OneOf(kCallbackStates))->check(MustBe(kCallbackStates))->type_name("STATE");
  of_tenant(*list);
  list->add_option("--after", callback.after, "Only those with a higher ID")->type_name("ID");
  list->add_option("--limit", callback.limit, "At most so many; default 100")->check(CLI::Range(1, 1000))->type_name("N");
  const auto change = [&](const std::string& verb, const std::string& help, auto command_action) {
    CLI::App* command = Command(callbacks, verb, help, [this, command_action] { return command_action(context, callback); });
    Many(*command, "ID", callback.ids, "The callbacks");
    command->add_flag("--all", callback.all, "All pending and dead ones");
    of_tenant(*command);
    return command;
  };
  change("retry", "Try callbacks again now", CallbacksRetry);
  change("drop", "Give callbacks up for good", CallbacksDrop)->add_flag("--yes", callback.yes, "Do not ask");

  CLI::App& hooks = *Group(app, "hooks", "Webhooks that front-ends have registered");
  hooks.require_subcommand(1);
  of_tenant(*Command(hooks, "list", "All webhooks", [this] { return HooksList(context, callback.tenant); }));
  Id(*Command(hooks, "remove", "Remove a webhook", [this] { return HooksRemove(context, id); }), id, "The webhook");
}

void Parser::Impl::AddRest() {
  Command(app, "status", "What is wrong, and the pool at a glance", [this] { return Status(context); });
  CLI::App* poll = Command(app, "poll", "Poll the servers now and wait for it", [this] { return Poll(context, what); });
  Choice(*poll, "WHAT", what, kPolls, OneOf(kPolls) + "; default all");

  CLI::App* serve_command = Command(app, "serve", "Serve the API until SIGTERM", [this] { return Serve(context, serve); });
  serve_command->add_flag("--print-links", serve.print_links, "Print signed example links once it serves");

  CLI::App& config = *Group(app, "config", "The settings");
  config.require_subcommand(1);
  Command(config, "check", "Check the settings and show what is in force", [this] { return ConfigCheck(context); });
  Command(config, "docs", "Print the reference of all settings (Markdown)", [this] { return ConfigDocs(context); });

  CLI::App* rake_command =
      Command(app, "rake", "Scalelite's administration tasks: plenary rake 'servers:enable[ID]'", [this] { return Rake(context, rake); });
  Many(*rake_command, "TASK", rake.tasks, "Tasks with their arguments in brackets");
  rake_command->add_flag("-T,--tasks", rake.list_tasks, "List the tasks");

  Command(app, "version", "The version", [this] {
    if (context.json) context.PrintJson({{"version", context.hooks().version}});
    else context.out() << "plenary " << context.hooks().version << "\n";
    return static_cast<int>(kDone);
  });
  CLI::App* completion = Command(app, "completion", "Print a completion script", [this] {
    context.out() << CompletionScript(Parser(context).Tree(), shell);
    return static_cast<int>(kDone);
  });
  Choice(*completion, "SHELL", shell, kShells, OneOf(kShells))->required();
}

int Parser::Impl::Complain(const CLI::ParseError& error) {
  const CLI::App* command = &app;
  std::string path = "plenary";
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    path += " " + command->get_name();
  }
  std::vector<std::string> names;
  for (const CLI::App* child : command->get_subcommands([](const CLI::App*) { return true; })) names.push_back(child->get_name());
  std::vector<std::string> unknown = app.remaining(true);
  for (std::string& argument : unknown) argument = Unmarked(std::move(argument));
  const bool unknown_command = !names.empty() && !unknown.empty() && !unknown.front().starts_with('-');
  std::string text = unknown_command ? fmt::format("There is no command '{}'.", unknown.front()) : std::string(error.what());
  if (names.empty() && !unknown.empty()) {
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  context.err() << "Error: " << Printable(text) << "\n";
  const std::string nearest = unknown.empty() ? "" : Nearest(unknown.front(), names);
  if (!nearest.empty()) context.err() << "Did you mean " << nearest << "?\n";
  context.err() << "Try `" << path << " --help`.\n";
  return kUsage;
}

Parser::Parser(Context& context) : impl_(std::make_unique<Impl>(context)) {
  CLI::App& app = impl_->app;
  app.require_subcommand(1);
  app.set_version_flag("--version", "plenary " + context.hooks().version);
  app.footer(kExitCodes);
  impl_->AddCommon(app);
  impl_->AddServers();
  impl_->AddMeetings();
  impl_->AddTenants();
  impl_->AddTokens();
  impl_->AddCallbacks();
  impl_->AddRest();
  UnmarkValues(app);
}

Parser::~Parser() = default;

int Parser::Run(int argc, const char* const* argv) {
  std::vector<std::string> arguments;  // CLI11 wants them last first
  for (int i = argc - 1; i > 0; --i) arguments.push_back(Marked(argv[i]));
  try {
    impl_->app.parse(std::move(arguments));
  } catch (const CLI::Success& wanted) {  // --help, --version
    impl_->app.exit(wanted, impl_->context.out(), impl_->context.err());
    return kDone;
  } catch (const CLI::ParseError& error) {
    if (argc < 2) {
      impl_->context.out() << impl_->app.help();
      return kUsage;
    }
    return impl_->Complain(error);
  }
  return impl_->action();
}

CommandTree Parser::Impl::TreeOf(const CLI::App& command) const {
  CommandTree tree{command.get_name(), command.get_description(), {}, {}, {}};
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) tree.options.push_back("--" + name);
  }
  for (const CLI::App* child : command.get_subcommands([](const CLI::App*) { return true; })) tree.children.push_back(TreeOf(*child));
  if (const auto words = choices.find(&command); words != choices.end()) tree.choices = words->second;
  return tree;
}

CommandTree Parser::Tree() const { return impl_->TreeOf(impl_->app); }

}  // namespace plenary::cli
