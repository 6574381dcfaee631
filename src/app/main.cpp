#include "app/main.hpp"

#include <csignal>
#include <iostream>

#include "admin/control_socket.hpp"
#include "app/application.hpp"
#include "app/data_folder.hpp"
#include "app/sample_links.hpp"
#include "cli/cli.hpp"

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

}  // namespace

int Main(int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);
  cli::Hooks hooks = cli::ProcessHooks();
  hooks.version = PLENARY_VERSION;
  hooks.open_owner = OpenOwner;
  hooks.serve = Serve;
  return cli::Main(argc, argv, hooks);
}

}  // namespace plenary::app
