#include "app/main.hpp"

#include <csignal>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include <boost/json/array.hpp>

#include "admin/control_socket.hpp"
#include "app/application.hpp"
#include "app/data_folder.hpp"
#include "app/sample_links.hpp"
#include "base/url.hpp"
#include "cli/cli.hpp"
#include "http/outside_client.hpp"

namespace plenary::app {

namespace {

/// A server runs: the command goes over its socket.
class RemoteOwner final : public cli::Owner {
 public:
  explicit RemoteOwner(std::string socket) : socket_(std::move(socket)) {}
  Result<boost::json::object> Execute(std::string_view command, const boost::json::object& arguments) override {
    return admin::CallControlSocket(socket_, command, arguments);
  }
  bool remote() const override { return true; }

 private:
  std::string socket_;
};

/// Nobody serves: this process owns the folder while it lives.
class LocalOwner final : public cli::Owner {
 public:
  explicit LocalOwner(std::unique_ptr<Application> application) : application_(std::move(application)) {}
  Result<boost::json::object> Execute(std::string_view command, const boost::json::object& arguments) override {
    return application_->Execute(std::string(command), arguments);
  }
  bool remote() const override { return false; }

 private:
  std::unique_ptr<Application> application_;
};

Result<std::unique_ptr<cli::Owner>> OpenOwner(const config::LoadedSettings& loaded) {
  const std::string& folder = loaded.settings.data_dir;
  if (IsOwned(folder)) {
    // It may be starting at this very moment; a command a second later finds its socket.
    auto owner = std::make_unique<RemoteOwner>(ControlSocketPath(folder));
    return owner;
  }
  config::LoadedSettings quiet = loaded;
  if (quiet.settings.log_level < config::LogLevel::kError) quiet.settings.log_level = config::LogLevel::kError;
  quiet.settings.worker_threads = 1;
  auto application = Application::Start(quiet, Mode::kCommand);
  if (!application) return tl::unexpected(application.error());
  return std::make_unique<LocalOwner>(std::move(*application));
}

/// Asks the owner of the data folder who wants callbacks, and judges with the settings of this call.
Result<std::vector<cli::RefusedReceiver>> RefusedReceivers(const config::LoadedSettings& loaded) {
  std::vector<cli::RefusedReceiver> refused;
  if (!HoldsState(loaded.settings.data_dir)) return refused;
  auto owner = OpenOwner(loaded);
  if (!owner) return tl::unexpected(owner.error());
  const auto answer = (*owner)->Execute("callbacks.receivers", {});
  if (!answer) return tl::unexpected(answer.error());
  const http::OutsideClient client(loaded.settings.callback_allow_nets);
  for (const boost::json::value& receiver : answer->at("receivers").as_array()) {
    const std::string url(receiver.as_string());
    std::string why = client.WhyRefused(url);
    if (why.empty()) continue;
    const Result<Endpoint> endpoint = ParseEndpoint(url);
    refused.push_back({endpoint ? endpoint->host_header : url, std::move(why)});
  }
  return refused;
}

int Serve(const config::LoadedSettings& loaded, const cli::ServeFlags& flags) {
  auto application = Application::Start(loaded, Mode::kServe);
  if (!application) {
    std::cerr << "plenary: " << application.error().detail << "\n";
    return cli::kFailed;
  }
  if (flags.print_links) PrintSampleLinks(**application, std::cout);
  (*application)->RunUntilSignal();
  return cli::kDone;
}

/// Arguments may hold secrets, which the process list shows to every user of the machine: the program goes on with a copy.
std::vector<std::string> TakeArguments(int argc, char** argv) {
  std::vector<std::string> arguments(argv, argv + argc);
  if (argc > 1 && arguments[1] == "serve") return arguments;  // holds none, and operators look for its folder
  for (int i = 2; i < argc; ++i) std::memset(argv[i], 0, arguments[static_cast<std::size_t>(i)].size());
  return arguments;
}

}  // namespace

int Main(int argc, char** argv) {
  const std::vector<std::string> arguments = TakeArguments(argc, argv);
  std::vector<const char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
  std::signal(SIGPIPE, SIG_IGN);
  cli::Hooks hooks = cli::ProcessHooks();
  hooks.version = PLENARY_VERSION;
  hooks.open_owner = OpenOwner;
  hooks.serve = Serve;
  hooks.refused_receivers = RefusedReceivers;
  return cli::Main(argc, pointers.data(), hooks);
}

}  // namespace plenary::app
