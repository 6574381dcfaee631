// For the tests of this folder: an owner that keeps the pool in memory and follows docs/control-protocol.md, and a terminal of strings.
#pragma once

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json/array.hpp>

#include "cli/cli.hpp"

namespace plenary::cli {

struct FakeMeeting {
  std::string id, server_id, name;
  std::map<std::string, std::string> info, metadata;
  std::string tenant_id = {};
};

/// The pool behind every FakeOwner of a test; lives longer than they do.
struct FakePool {
  std::map<std::string, boost::json::object> servers;
  std::vector<FakeMeeting> meetings;
  std::map<std::string, std::string> node_errors;  // server ID → what every call to it fails with
  std::map<std::string, Error> command_errors;     // command → what it fails with
  std::vector<std::string> commands;               // "servers.add {…}" in order
  std::vector<boost::json::object> tenants, tokens, callbacks, hooks, usage;  // rows as the owner gives them
  int changed_callbacks = 1;                       // by the next retry or drop
  bool multitenancy = true;
  int next_id = 1;
  bool served = true;                              // a running server answers

  boost::json::object& Add(const std::string& id, const std::string& url, const std::string& secret = "secret");
  boost::json::object& AddTenant(const std::string& id, const std::string& name);
};

class FakeOwner final : public Owner {
 public:
  explicit FakeOwner(FakePool& pool) : pool_(pool) {}
  Result<boost::json::object> Execute(std::string_view command, const boost::json::object& arguments) override;
  bool remote() const override { return pool_.served; }

 private:
  FakePool& pool_;
};

/// Runs the CLI against a FakePool.
class Shell {
 public:
  Shell();
  /// The exit status; out and err hold what was printed.
  int Run(std::vector<std::string> arguments, const std::string& input = "");
  int Rake(const std::string& task, const std::string& input = "") { return Run({"rake", task}, input); }

  FakePool pool;
  std::map<std::string, std::string, std::less<>> environment = {{"PLENARY_DATA_DIR", "/data"}};
  Terminal terminal;
  std::string out, err;
  std::function<Result<std::vector<RefusedReceiver>>(const config::LoadedSettings&)> refused_receivers;
  std::vector<std::string> opened;  // data folders of the owners that were opened
  std::vector<std::chrono::milliseconds> sleeps;
  std::size_t sleeps_until_stop = 1000;
  std::string served_dir;
  bool served_links = false;
  std::string typing;                              // "hidden shown " after a secret was typed
  WallTime now = FromMs(1'800'000'000'000);

 private:
  class FixedClock final : public Clock {
   public:
    explicit FixedClock(const WallTime& now) : now_(now) {}
    WallTime Now() const override { return now_; }
    SteadyTime Steady() const override { return {}; }

   private:
    const WallTime& now_;
  };
  class CountingRandom final : public Random {
   public:
    std::uint64_t Next() override { return value_ += 0x9E3779B97F4A7C15ull; }

   private:
    std::uint64_t value_ = 0;
  };

  FixedClock clock_{now};
  CountingRandom random_;
};

/// Writes a file below the test's temporary folder and returns its path.
std::string TemporaryFile(const std::string& name, const std::string& content);

}  // namespace plenary::cli
