#include "app/application.hpp"

#include <systemd/sd-daemon.h>

#include <csignal>
#include <cstdlib>
#include <future>
#include <optional>
#include <thread>

#include <boost/asio/post.hpp>

#include "admin/control_socket.hpp"
#include "admin/pool_commands.hpp"
#include "admin/rest_api.hpp"
#include "admin/scalelite_api.hpp"
#include "api/bbb_api.hpp"
#include "app/data_folder.hpp"
#include "app/options.hpp"
#include "app/router.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "bbb/calls.hpp"
#include "callbacks/attempts.hpp"
#include "callbacks/end_checks.hpp"
#include "callbacks/end_notifier.hpp"
#include "callbacks/hook_keeper.hpp"
#include "callbacks/hook_receiver.hpp"
#include "callbacks/receiver.hpp"
#include "callbacks/sender.hpp"
#include "dialin/dial_in.hpp"
#include "http/host_guard.hpp"
#include "http/node_client.hpp"
#include "http/outside_client.hpp"
#include "http/public_url.hpp"
#include "http/server.hpp"
#include "nodes/node_calls.hpp"
#include "observe/access_log.hpp"
#include "observe/log.hpp"
#include "poller/poller.hpp"
#include "poller/usage_meter.hpp"
#include "records/callback_urls.hpp"
#include "records/database.hpp"
#include "records/history.hpp"
#include "records/hook_store.hpp"
#include "records/outbox.hpp"
#include "records/usage.hpp"
#include "runtime/runtime.hpp"
#include "state/sqlite/sqlite_store.hpp"
#include "state/tenant_locator.hpp"

namespace plenary::app {

namespace {

constexpr std::chrono::seconds kDrainLimit{30};
constexpr std::chrono::milliseconds kLockPatience{2'000};

/// The commands' view of the poller.
class PollAdapter final : public admin::PollControl {
 public:
  PollAdapter(poller::Poller& poller, bool poll_on_change) : poller_(poller), poll_on_change_(poll_on_change) {}

  Task<std::vector<std::pair<std::string, std::string>>> Run(std::string what) override {
    const poller::Round round = what == "servers"    ? poller::Round::kServers
                                : what == "meetings" ? poller::Round::kMeetings
                                : what == "versions" ? poller::Round::kVersions
                                                     : poller::Round::kAll;
    const std::vector<poller::RoundResult> results = co_await poller_.Run(round, std::vector<std::string>());
    std::vector<std::pair<std::string, std::string>> rows;
    for (const poller::RoundResult& result : results) rows.emplace_back(result.node_id, result.error);
    co_return rows;
  }

  Task<void> Changed(std::string server_id) override {
    if (poll_on_change_) co_await poller_.Look(server_id);
    poller_.NodeChanged(std::move(server_id));
  }

 private:
  poller::Poller& poller_;
  bool poll_on_change_;
};

/// The commands' view of the kept decisions.
class DecisionAdapter final : public admin::DecisionLog {
 public:
  explicit DecisionAdapter(records::History& history) : history_(history) {}
  std::optional<pool::Decision> Last(const std::string& tenant_id, const std::string& meeting_id) override {
    history_.Flush();  // a meeting that was created a moment ago
    return history_.LastDecision(tenant_id, meeting_id);
  }

 private:
  records::History& history_;
};

/// Nodes' posts to our hooks, as a room of the router.
class HookRoom final : public http::Handler {
 public:
  explicit HookRoom(callbacks::HookReceiver& receiver) : receiver_(receiver) {}
  bool HandleNow(const http::Request&, http::Reply&) override { return false; }
  Task<void> Handle(const http::Request& request, http::Reply& reply) override {
    std::string path_buffer;
    const std::string_view path = bbb::NormalizePath(request.path, path_buffer);
    co_await receiver_.Handle(request, path, reply);
  }

 private:
  callbacks::HookReceiver& receiver_;
};

/// libcurl's world is the environment: what a settings file says goes there, before any thread exists.
void SetProxies(const config::Settings& settings) {
  const std::pair<const char*, const std::string&> proxies[] = {
      {"http_proxy", settings.http_proxy}, {"https_proxy", settings.https_proxy}, {"no_proxy", settings.no_proxy}};
  for (const auto& [name, value] : proxies) {
    if (!value.empty()) ::setenv(name, value.c_str(), 1);
  }
}

/// What our own listening address tells nodes on the same machine; "" when it is every address of this machine.
std::string GuessPublicUrl(const std::vector<std::string>& binds, const std::vector<std::string>& addresses) {
  const bool specific = !binds.empty() && binds.front().find("0.0.0.0") == std::string::npos && binds.front().find("[::]") == std::string::npos;
  return specific && addresses.front().starts_with("http") ? addresses.front() : std::string();
}

}  // namespace

/// Members in the order of their making; destroyed in reverse.
struct Application::Impl {
  Impl(const config::LoadedSettings& l) : loaded(l), log(LogLevelOf(l.settings), l.settings.log_format == config::LogFormat::kJson) {}

  config::LoadedSettings loaded;
  SystemClock clock;
  SystemRandom random;
  observe::Log log;
  std::unique_ptr<DataFolder> folder;
  std::vector<std::string> secrets;
  bool secret_was_made = false;
  std::unique_ptr<records::History> history;
  std::unique_ptr<records::Database> database;
  std::optional<records::CallbackUrlStore> callback_urls;
  std::optional<records::Outbox> outbox;
  callbacks::Attempts attempts;
  std::optional<records::UsageStore> usage;
  std::unique_ptr<records::HookStore> hooks;
  std::unique_ptr<state::SqliteStore> store;
  std::unique_ptr<runtime::Runtime> runtime;
  std::unique_ptr<http::NodeClient> client;
  std::optional<nodes::NodeCalls> calls;
  std::optional<callbacks::EndNotifier> end_notifier;
  std::optional<poller::Poller> poller;
  std::optional<PollAdapter> poll_adapter;
  std::optional<DecisionAdapter> decisions;
  std::unique_ptr<admin::Commands> commands;

  // What serves.
  std::optional<observe::AccessLog> access_log;
  std::optional<state::TenantLocator> tenants;
  std::optional<http::PublicUrl> public_url;
  std::unique_ptr<http::OutsideClient> outside;
  std::optional<api::LrsPayloads> lrs;
  api::ApiOptions api_options;
  std::optional<api::BbbApi> api;
  std::optional<callbacks::EndChecks> end_checks;
  std::optional<callbacks::HookReceiver> hook_receiver;
  std::optional<HookRoom> hook_room;
  std::optional<callbacks::Receiver> callback_receiver;
  std::optional<callbacks::HookKeeper> hook_keeper;
  std::optional<callbacks::Sender> sender;
  std::optional<poller::UsageMeter> usage_meter;
  std::optional<admin::ScaleliteApi> scalelite_api;
  std::optional<admin::RestApi> rest_api;
  std::optional<dialin::DialIn> dial_in;
  std::optional<http::HostGuard> host_guard;
  std::optional<Router> router;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<admin::ControlSocket> control;
  std::vector<std::string> addresses;
  bool running = false;  // the threads
  sigset_t signals{};

  Status OpenStores() {
    auto owned = DataFolder::Own(loaded.settings.data_dir, kLockPatience);
    if (!owned) return tl::unexpected(owned.error());
    folder = std::move(*owned);
    auto records = records::Database::Open(folder->RecordsDb());
    if (!records) return tl::unexpected(records.error());
    database = std::move(*records);
    history = std::make_unique<records::History>(folder->RecordsDb(), [this](const std::string& text) { log.Warn(text); });
    callback_urls.emplace(*database);
    outbox.emplace(*database, clock);
    usage.emplace(*database);
    auto registrations = records::HookStore::Open(*database);
    if (!registrations) return tl::unexpected(registrations.error());
    hooks = std::move(*registrations);
    auto opened = state::SqliteStore::Open(folder->StateDb(), StateOptionsOf(loaded.settings), clock, random, history.get());
    if (!opened) return tl::unexpected(opened.error());
    store = std::move(*opened);
    return {};
  }

  Status ChooseSecrets() {
    secrets = loaded.settings.secrets;
    if (!secrets.empty()) return {};
    auto secret = folder->SharedSecret(random);
    if (!secret) return tl::unexpected(secret.error());
    secrets.push_back(std::move(*secret));
    secret_was_made = true;
    return {};
  }

  void BuildCommands() {
    runtime = std::make_unique<runtime::Runtime>(WorkerCountOf(loaded.settings));
    client = http::MakeNodeClient(*runtime);
    calls.emplace(*client, TimeoutsOf(loaded.settings));
    end_notifier.emplace(*runtime, *callback_urls, *outbox, log);
    end_notifier->Watch(*store);
    poller.emplace(*runtime, *store, *calls, clock, random, log, PollerOptionsOf(loaded.settings));
    poll_adapter.emplace(*poller, loaded.settings.poll_on_change);
    decisions.emplace(*history);
    const admin::CommandOptions options{loaded.settings.server_id_is_hostname, loaded.settings.multitenancy, PLENARY_VERSION, loaded.in_force,
                                        loaded.warnings};
    commands = admin::MakePoolCommands(
        {options, *store, *calls, *poll_adapter, *decisions, *outbox, *callback_urls, *hooks, *usage, *runtime, clock, random, log});
  }

  Status BuildServer() {
    BuildRooms();
    server = std::make_unique<http::Server>(*runtime, *router, http::ServerOptions());
    if (const Status listening = Listen(); !listening) return listening;
    public_url->Guess(GuessPublicUrl(loaded.settings.bind, addresses));
    return {};
  }

  void BuildRooms() {
    const config::Settings& settings = loaded.settings;
    access_log.emplace(settings.access_log && log.Enabled(observe::Level::kInfo), log.json(), 2);
    tenants.emplace(*store, settings.multitenancy, settings.base_url);
    public_url.emplace(settings.public_url);
    outside = std::make_unique<http::OutsideClient>(settings.callback_allow_nets);
    lrs.emplace(*runtime, *outside, random, clock, log);
    api_options = ApiOptionsOf(settings, secrets, folder->Spool());
    api.emplace(api::Services{api_options, *store, *calls, *tenants, settings.trusted_proxies, *public_url, *callback_urls, *hooks, *lrs, clock,
                              log});

    end_checks.emplace(*runtime, *store, *calls, *end_notifier, log);
    hook_receiver.emplace(callbacks::HookReceiverServices{*store, *hooks, *outbox, *public_url, clock, log, settings.multitenancy, folder->Spool()});
    hook_room.emplace(*hook_receiver);
    callback_receiver.emplace(callbacks::ReceiverServices{*store, *tenants, settings.trusted_proxies, *callback_urls, *outbox, attempts,
                                                          *end_checks, *runtime, clock, log, api_options.end_signal_key, folder->Spool()});
    hook_keeper.emplace(*runtime, *store, *calls, *hooks, *public_url, clock, log);
    sender.emplace(*outbox, attempts, *outside, *store, *public_url, callbacks::SenderOptions{secrets, settings.checksum_algorithms}, clock, random,
                   log);
    usage_meter.emplace(*runtime, *store, *usage, clock, log);

    scalelite_api.emplace(*runtime, *commands, log, admin::ScaleliteApiOptions{api_options.policy, settings.multitenancy, folder->Spool()});
    rest_api.emplace(*runtime, *commands, [this] { return store->Tokens(); }, clock, log, folder->Spool());
    dial_in.emplace(DialInOptionsOf(settings, secrets), *store, *tenants);
    host_guard.emplace(ServedHosts(settings), settings.multitenancy);
    const Rooms rooms{*api, *callback_receiver, *hook_room, *scalelite_api, *rest_api, *dial_in};
    router.emplace(rooms, *host_guard, settings.trusted_proxies, clock, *access_log);
  }

  Status Listen() {
    for (const std::string& bind : loaded.settings.bind) {
      auto address = http::ParseListenAddress(bind);
      if (!address) return Fail(address.error().code, "BIND=" + bind + ": " + address.error().detail);
      if (const Status listening = server->Listen(*address); !listening) {
        return Fail(listening.error().code, "BIND=" + bind + ": " + listening.error().detail);
      }
      const std::uint16_t port = server->ports().back();
      if (address->kind == http::ListenAddress::Kind::kUnix) {
        addresses.push_back("unix://" + address->path);
        continue;
      }
      const bool any = address->host == "0.0.0.0" || address->host == "::";
      const std::string host = any ? "127.0.0.1" : address->host.find(':') != std::string::npos ? "[" + address->host + "]" : address->host;
      addresses.push_back((address->kind == http::ListenAddress::Kind::kTls ? "https://" : "http://") + host + ":" + std::to_string(port));
    }
    return {};
  }

  ~Impl() {
    control.reset();
    if (sender) sender->Stop();
    if (running) {
      std::promise<void> stopped;
      boost::asio::post(runtime->Control(), [&] {
        poller->Stop();
        if (hook_keeper) hook_keeper->Stop();
        if (usage_meter) usage_meter->Stop();
        stopped.set_value();
      });
      stopped.get_future().wait();
    }
    // Their listeners hold what belongs to the threads' contexts.
    if (hooks) hooks->OnChange({});
    if (outbox) outbox->OnNews({});
    if (runtime) runtime->Stop();
    server.reset();
    outside.reset();
    if (database) database->Flush();  // what was kept is reported to the store
    // Before the threads' contexts: whoever still waits for a claim or for what was to be kept is told, and that goes through them.
    if (store) store->Flush();
    store.reset();
    log.Flush();
  }
};

Application::Application(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Application::~Application() = default;

Result<std::unique_ptr<Application>> Application::Start(const config::LoadedSettings& loaded, Mode mode) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  // Before any thread exists, so that all inherit it and RunUntilSignal alone receives them.
  if (mode == Mode::kServe) pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  SetProxies(loaded.settings);
  auto impl = std::make_unique<Impl>(loaded);
  impl->signals = signals;
  if (const Status status = impl->OpenStores(); !status) return tl::unexpected(status.error());
  impl->BuildCommands();
  if (mode == Mode::kServe) {
    if (const Status status = impl->ChooseSecrets(); !status) return tl::unexpected(status.error());
    if (const Status status = impl->BuildServer(); !status) return tl::unexpected(status.error());
  }
  if (mode == Mode::kServe) {
    // First, so that whoever sees the API answer can send commands, too; they wait until the threads run.
    auto control = admin::ControlSocket::Open(ControlSocketPath(loaded.settings.data_dir), *impl->runtime, *impl->commands, impl->log);
    if (!control) return tl::unexpected(control.error());
    impl->control = std::move(*control);
  }
  impl->runtime->Start();
  impl->running = true;
  if (mode == Mode::kServe) {
    impl->poller->Start();
    impl->usage_meter->Start();
    impl->sender->Start();
    impl->hook_keeper->Start();
    for (const std::string& address : impl->addresses) {
      impl->log.Info("serving", {{"address", address}, {"servers", static_cast<long long>(impl->store->Nodes()->all().size())},
                                 {"meetings", static_cast<long long>(impl->store->MeetingCount())}});
    }
    const std::string public_url = impl->public_url->Get();
    if (public_url.empty()) {
      impl->log.Warn("the public address is not known yet: callbacks and webhooks are off until a signed call by a trusted proxy shows it; "
                     "set PUBLIC_URL or URL_HOST");
    } else {
      impl->log.Info("clients and nodes reach it at", {{"address", public_url}});
    }
    for (const std::string& warning : loaded.warnings) impl->log.Warn(warning);
    for (const std::string& name : loaded.without_effect) impl->log.Info("setting accepted, without effect in this version", {{"name", name}});
    sd_notify(0, "READY=1");
  }
  return std::unique_ptr<Application>(new Application(std::move(impl)));
}

Result<boost::json::object> Application::Execute(std::string command, boost::json::object arguments) {
  using Answer = Result<boost::json::object>;
  std::promise<Answer> promise;
  struct Carrier {
    static Task<void> Run(admin::Commands& commands, std::string name, boost::json::object given, std::promise<Answer>& result) {
      Answer answer = co_await commands.Execute(std::move(name), std::move(given));
      result.set_value(std::move(answer));
    }
  };
  runtime::Spawn(impl_->runtime->Control(), Carrier::Run(*impl_->commands, std::move(command), std::move(arguments), promise));
  return promise.get_future().get();
}

const std::vector<std::string>& Application::addresses() const { return impl_->addresses; }
const std::vector<std::string>& Application::secrets() const { return impl_->secrets; }
bool Application::secret_was_made() const { return impl_->secret_was_made; }
const std::string& Application::data_dir() const { return impl_->folder->path(); }
std::string Application::secret_file() const { return impl_->folder->path() + "/secret"; }

void Application::RunUntilSignal() {
  int signal = 0;
  sigwait(&impl_->signals, &signal);
  sd_notify(0, "STOPPING=1");
  impl_->log.Info("stopping: calls under way finish, new connections are refused");
  auto drained = std::make_shared<std::promise<bool>>();
  std::future<bool> result = drained->get_future();
  impl_->server->Drain(kDrainLimit, [drained](bool all) { drained->set_value(all); });
  // A second signal while waiting ends at once.
  while (result.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) {
    const timespec now{};
    if (sigtimedwait(&impl_->signals, nullptr, &now) > 0) {
      impl_->log.Warn("stopping at once");
      return;
    }
  }
  if (!result.get()) impl_->log.Warn("stopping although some calls have not finished");
}

}  // namespace plenary::app
