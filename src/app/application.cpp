#include "app/application.hpp"

#include <systemd/sd-daemon.h>

#include <csignal>
#include <future>
#include <optional>
#include <thread>

#include <boost/asio/post.hpp>

#include "admin/control_socket.hpp"
#include "admin/pool_commands.hpp"
#include "api/bbb_api.hpp"
#include "app/data_folder.hpp"
#include "app/options.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "http/node_client.hpp"
#include "http/server.hpp"
#include "nodes/node_calls.hpp"
#include "observe/access_log.hpp"
#include "observe/log.hpp"
#include "poller/poller.hpp"
#include "records/history.hpp"
#include "runtime/runtime.hpp"
#include "state/sqlite/sqlite_store.hpp"

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
  std::optional<pool::Decision> Last(const std::string& meeting_id) override {
    history_.Flush();  // a meeting that was created a moment ago
    return history_.LastDecision(meeting_id);
  }

 private:
  records::History& history_;
};

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
  std::unique_ptr<state::SqliteStore> store;
  std::unique_ptr<runtime::Runtime> runtime;
  std::unique_ptr<http::NodeClient> client;
  std::optional<nodes::NodeCalls> calls;
  std::optional<observe::AccessLog> access_log;
  api::ApiOptions api_options;
  std::optional<api::BbbApi> api;
  std::optional<poller::Poller> poller;
  std::optional<PollAdapter> poll_adapter;
  std::optional<DecisionAdapter> decisions;
  std::unique_ptr<admin::Commands> commands;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<admin::ControlSocket> control;
  std::vector<std::string> addresses;
  bool running = false;  // the threads
  sigset_t signals{};

  Status OpenStores() {
    auto owned = DataFolder::Own(loaded.settings.data_dir, kLockPatience);
    if (!owned) return tl::unexpected(owned.error());
    folder = std::move(*owned);
    history = std::make_unique<records::History>(folder->RecordsDb(), [this](const std::string& text) { log.Warn(text); });
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
    poller.emplace(*runtime, *store, *calls, clock, random, log, PollerOptionsOf(loaded.settings));
    poll_adapter.emplace(*poller, loaded.settings.poll_on_change);
    decisions.emplace(*history);
    commands = admin::MakePoolCommands({{loaded.settings.server_id_is_hostname, PLENARY_VERSION}, *store, *calls, *poll_adapter, *decisions, *runtime,
                                        clock, random, log});
  }

  Status BuildServer() {
    access_log.emplace(loaded.settings.access_log && log.Enabled(observe::Level::kInfo), log.json(), 2);
    api_options = ApiOptionsOf(loaded.settings, secrets, folder->Spool());
    api.emplace(api::Services{api_options, *store, *calls, clock, log}, *access_log);
    server = std::make_unique<http::Server>(*runtime, *api, http::ServerOptions());
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
    if (running) {
      std::promise<void> stopped;
      boost::asio::post(runtime->Control(), [&] {
        poller->Stop();
        stopped.set_value();
      });
      stopped.get_future().wait();
    }
    if (runtime) runtime->Stop();
    server.reset();
    // Before the threads' contexts: whoever still waits for a claim is told, and that goes through them.
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
    for (const std::string& address : impl->addresses) {
      impl->log.Info("serving", {{"address", address}, {"servers", static_cast<long long>(impl->store->Nodes()->all().size())},
                                 {"meetings", static_cast<long long>(impl->store->MeetingCount())}});
    }
    const std::string& public_url = loaded.settings.public_url;
    impl->log.Info("clients reach it at", {{"address", public_url.empty() ? impl->addresses.front() : public_url}});
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
