// The composition root: builds everything in order from the settings, stops it in reverse. The only place that knows concrete types.
// One per process.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "config/settings.hpp"

namespace plenary::app {

enum class Mode {
  kServe,    // everything: API, poller, control socket
  kCommand,  // only what operator's commands need; nobody listens, nothing is polled by itself
};

class Application {
 public:
  /// Opens the data folder and the stores and starts the threads. Errors are for the operator's eyes.
  static Result<std::unique_ptr<Application>> Start(const config::LoadedSettings& loaded, Mode mode);
  ~Application();

  /// Runs one command on the control thread and waits for it. Any thread but those of the runtime.
  Result<boost::json::object> Execute(std::string command, boost::json::object arguments);

  /// Addresses as a person would type them, e.g. "http://127.0.0.1:3000".
  const std::vector<std::string>& addresses() const;
  const std::vector<std::string>& secrets() const;
  bool secret_was_made() const;
  std::string secret_file() const;
  const std::string& data_dir() const;

  /// Waits for SIGTERM or SIGINT, then finishes what is under way (at most 30 s; a second signal ends at once).
  void RunUntilSignal();

 private:
  struct Impl;
  explicit Application(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenary::app
