#include "cli/parser.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "base/digest.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/suggest.hpp"

namespace plenary::cli {
namespace {

constexpr const char* kExitCodes = "Exit status: 0 done, 1 failed, 2 wrong usage or settings, 3 not reachable, 64 nothing to change.";

const std::vector<std::string> kShells = {"bash", "zsh", "fish"};
const std::vector<std::string> kPolls = {"all", "servers", "meetings", "versions"};
const std::vector<std::string> kSyncModes = {"keep", "cordon", "force"};

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

  /// --data and --json work behind every word.
  CLI::App* Group(CLI::App& parent, const std::string& name, const std::string& help) {
    CLI::App* group = parent.add_subcommand(name, help);
    AddCommon(*group);
    return group;
  }

  void AddCommon(CLI::App& command) {
    command.add_option("--data", context.data_dir, "Data folder (else PLENARY_DATA_DIR)")->type_name("DIR");
    command.add_flag("--json", context.json, "Answer in JSON");
  }

  CLI::Option* Id(CLI::App& command, std::string& target, const std::string& what) {
    return command.add_option("ID", target, what)->required()->type_name("");
  }

  CLI::Option* Many(CLI::App& command, const std::string& name, std::vector<std::string>& target, const std::string& what) {
    return command.add_option(name, target, what)->type_name("");
  }

  void AddServerOptions(CLI::App& command) {
    command.add_option("--secret-file", server.secret_file, "Read the secret from a file (or from - )")->type_name("FILE");
    command.add_option("--tag", server.tag, "Only meetings that ask for this tag are placed there")->type_name("TAG");
    command.add_option("--load-multiplier", server.load_multiplier, "Weigh the load of this server; 2 counts double (not 0)")
        ->type_name("X");
    command.add_option("--checksum-algorithm", server.checksum_algorithm, "SHA1, SHA256, SHA384 or SHA512 for calls to this server")
        ->check(CheckAlgorithm)
        ->type_name("A");
  }

  void AddServers();
  void AddMeetings();
  void AddRest();
  int Complain(const CLI::ParseError& error);

  Context& context;
  CLI::App app{"Plenary: one address for many BigBlueButton servers.", "plenary"};
  Action action;

  ServerOptions server;
  PanicOptions panic;
  SyncOptions sync;
  RakeOptions rake;
  ServeFlags serve;
  std::string id, what = "all", shell;
  std::vector<std::string> ids;
  bool show_secrets = false, force = false, yes = false;
};

void Parser::Impl::AddServers() {
  CLI::App& servers = *Group(app, "servers", "The BigBlueButton servers of the pool");
  servers.require_subcommand(1);

  CLI::App* list = Command(servers, "list", "All servers", [this] { return ServersList(context, show_secrets); });
  list->add_flag("--show-secrets", show_secrets, "Show the secrets");
  CLI::App* show = Command(servers, "show", "One server", [this] { return ServersShow(context, id, show_secrets); });
  Id(*show, id, "The server");
  show->add_flag("--show-secrets", show_secrets, "Show the secret");

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

void Parser::Impl::AddRest() {
  Command(app, "status", "What is wrong, and the pool at a glance", [this] { return Status(context); });
  CLI::App* poll = Command(app, "poll", "Poll the servers now and wait for it", [this] { return Poll(context, what); });
  poll->add_option("WHAT", what, OneOf(kPolls) + "; default all")->check(MustBe(kPolls))->type_name("");

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
  completion->add_option("SHELL", shell, OneOf(kShells))->required()->check(MustBe(kShells))->type_name("");
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

namespace {

CommandTree TreeOf(const CLI::App& app) {
  CommandTree tree{app.get_name(), app.get_description(), {}, {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) tree.options.push_back("--" + name);
  }
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) tree.children.push_back(TreeOf(*child));
  if (tree.name == "poll") tree.choices = kPolls;
  if (tree.name == "completion") tree.choices = kShells;
  return tree;
}

}  // namespace

CommandTree Parser::Tree() const { return TreeOf(impl_->app); }

}  // namespace plenary::cli
