// What the tests of this folder share: stores in a folder of their own, a pool of one node that answers what it is told to, and a front-end that
// remembers what it was sent.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "http/outside_client.hpp"
#include "http/server.hpp"
#include "nodes/node_calls.hpp"
#include "records/callback_urls.hpp"
#include "records/outbox.hpp"
#include "state/sqlite/sqlite_store.hpp"
#include "state/test_support.hpp"

namespace plenary::callbacks::test {

using std::chrono::milliseconds;

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "plenary-callbacks-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// What `start(done)` reports, waited for.
template <class T, class Start>
T Get(Start start) {
  std::promise<T> promise;
  start([&promise](T value) { promise.set_value(std::move(value)); });
  return promise.get_future().get();
}

/// False when it does not come true within five seconds.
inline bool Soon(const std::function<bool()>& holds) {
  for (int i = 0; i < 1'000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return false;
}

struct Seen {
  std::string method, target, content_type, authorization, user_agent, body;
};

/// Answers 200 to everything until told otherwise.
class FrontEnd final : public http::Handler {
 public:
  bool HandleNow(const http::Request&, http::Reply&) override { return false; }
  Task<void> Handle(const http::Request& request, http::Reply& reply) override {
    http::SpooledBody body;
    co_await request.body->ReadAll(body, 1 << 20);
    milliseconds pause{0};
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back({std::string(request.method), std::string(request.target), std::string(request.Header("Content-Type")),
                       std::string(request.Header("Authorization")), std::string(request.Header("User-Agent")), std::string(body.memory())});
      ++at_once_;
      most_at_once_ = std::max(most_at_once_, at_once_);
      if (paused_path_.empty() || paused_path_ == request.path) pause = pause_;
    }
    co_await runtime::Sleep(pause);
    const std::lock_guard lock(mutex_);
    --at_once_;
    std::vector<int>& statuses = statuses_[std::string(request.path)];
    if (statuses.empty()) co_return;
    reply.status = statuses.front();
    if (statuses.size() > 1) statuses.erase(statuses.begin());
  }

  /// One after the other; the last one stays.
  void Answer(const std::string& path, std::vector<int> statuses) {
    const std::lock_guard lock(mutex_);
    statuses_[path] = std::move(statuses);
  }
  /// Before it answers: at this path, "" = everywhere.
  void Pause(milliseconds pause, const std::string& path = "") {
    const std::lock_guard lock(mutex_);
    pause_ = pause;
    paused_path_ = path;
  }
  std::vector<Seen> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  std::size_t count() const { return seen().size(); }
  int most_at_once() const {
    const std::lock_guard lock(mutex_);
    return most_at_once_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  std::map<std::string, std::vector<int>> statuses_;
  milliseconds pause_{0};
  std::string paused_path_;
  int at_once_ = 0, most_at_once_ = 0;
};

/// Unreachable until told otherwise.
class FakeNodes final : public http::NodeClient {
 public:
  Task<Result<http::NodeReply>> Call(http::NodeCall call) override {
    http::NodeReply reply;
    reply.status = 200;
    milliseconds pause{0};
    {
      const std::lock_guard lock(mutex_);
      targets_.push_back(call.target);
      reply.body = body_;
      pause = pause_;
    }
    co_await runtime::Sleep(pause);
    if (reply.body.empty()) co_return Fail(ErrorCode::kUnreachable, "down");
    co_return reply;
  }

  void Answer(const std::string& body, milliseconds pause = milliseconds(0)) {
    const std::lock_guard lock(mutex_);
    body_ = body;
    pause_ = pause;
  }
  std::vector<std::string> targets() const {
    const std::lock_guard lock(mutex_);
    return targets_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> targets_;
  std::string body_;
  milliseconds pause_{0};
};

inline const std::string kNotFound = "<response><returncode>FAILED</returncode><messageKey>notFound</messageKey><message>x</message></response>";
inline const std::string kRunning = "<response><returncode>SUCCESS</returncode><meetingID>m1</meetingID></response>";
inline const std::string kRefused = "<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey><message>x</message></response>";

class Fixture : public ::testing::Test {
 protected:
  explicit Fixture(state::StateOptions options = {})
      : database(*records::Database::Open(folder / "records.db")), urls(*database), outbox(*database, clock),
        store(*state::SqliteStore::Open(folder / "state.db", options, clock, random, nullptr)) {
    const auto added = Get<Result<state::NodePtr>>([&](auto done) {
      store->AddNode({.id = "n1", .url = "http://n1.test/bigbluebutton/api", .secret = "node-secret", .state = pool::AdminState::kEnabled}, done);
    });
    EXPECT_TRUE(added.has_value());
    const auto polled = Get<Result<state::PollOutcome>>([&](auto done) {
      store->ApplyPoll({.node_id = "n1", .started_at_ms = state::testing::kStart, .now_ms = state::testing::kStart, .meetings = {}}, done);
    });
    EXPECT_TRUE(polled.has_value());
    EXPECT_TRUE(front_server.Listen(*http::ParseListenAddress("tcp://127.0.0.1:0")).has_value());
  }
  ~Fixture() override {
    runtime.Stop();
    // As the application: what is still being written reports through the threads' contexts.
    store->Flush();
    database->Flush();
  }

  std::string Front(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(front_server.ports().front()) + path; }
  void AddTenant(const std::string& id, const std::string& name, std::vector<std::string> secrets,
                 std::vector<pool::RetiredSecret> retired = {}) {
    pool::Tenant tenant;
    tenant.id = id;
    tenant.name = name;
    tenant.secrets = std::move(secrets);
    tenant.retired_secrets = std::move(retired);
    EXPECT_TRUE(Get<Result<state::TenantPtr>>([&](auto done) { store->AddTenant(tenant, done); }).has_value());
  }
  state::MeetingPtr Claim(const std::string& meeting_id, const std::string& tenant_id = "") {
    const auto claim = Get<Result<state::ClaimResult>>([&](auto done) { store->Claim({.meeting_id = meeting_id, .tenant_id = tenant_id}, done); });
    EXPECT_TRUE(claim.has_value());
    return claim ? claim->meeting : nullptr;
  }
  state::MeetingPtr Create(const std::string& meeting_id) {
    store->Settle(Claim(meeting_id), {.internal_id = "int-" + meeting_id, .create_time_ms = 1});
    return store->FindMeeting("", meeting_id);
  }
  void Remember(records::CallbackUrls wanted) {
    EXPECT_TRUE(Get<Status>([&](auto done) { urls.Remember(wanted, done); }).has_value());
  }
  std::vector<records::Callback> Pending() {
    records::CallbackFilter filter;
    filter.state = records::CallbackState::kPending;
    return *outbox.List(filter);
  }
  /// What is first in each lane.
  std::vector<records::Callback> Due() {
    std::vector<records::Callback> due;
    const auto lanes = outbox.DueLanes(clock.now_ms + 1);
    for (const records::CallbackLane& lane : *lanes) due.push_back(**outbox.NextIn(lane, clock.now_ms + 1, {}));
    return due;
  }

  state::testing::TestClock clock;
  state::testing::TestRandom random;
  observe::Log log{observe::Level::kOff, false};
  Folder folder;
  std::unique_ptr<records::Database> database;
  records::CallbackUrlStore urls;
  records::Outbox outbox;
  std::unique_ptr<state::SqliteStore> store;
  runtime::Runtime runtime{1};
  FrontEnd front;
  http::Server front_server{runtime, front, http::ServerOptions{}};
};

}  // namespace plenary::callbacks::test
