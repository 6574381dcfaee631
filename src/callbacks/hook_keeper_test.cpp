#include "callbacks/hook_keeper.hpp"

#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "bbb/params.hpp"
#include "state/test_support.hpp"

namespace plenary::callbacks {
namespace {

using namespace std::chrono_literals;

enum class Webhooks { kNew, kOld, kMissing, kBroken };

/// All nodes at once: n1.test and n2.test with their hooks.
class FakeNodes final : public http::NodeClient {
 public:
  Task<Result<http::NodeReply>> Call(http::NodeCall call) override {
    Result<http::NodeReply> reply = Answer(call);
    co_await runtime::Sleep(pause_);
    co_return reply;
  }

  /// "n1:url …" of what is registered, sorted by node; with "!" for raw messages.
  std::string Hooks() {
    const std::lock_guard lock(mutex_);
    std::string all;
    for (const auto& [host, hooks] : hooks_) {
      for (const Hook& hook : hooks) all += host.substr(0, 2) + ":" + hook.url + (hook.raw ? "! " : " ");
    }
    return all;
  }
  void Set(Webhooks webhooks) {
    const std::lock_guard lock(mutex_);
    webhooks_ = webhooks;
  }
  /// Answers say what was so long ago.
  void Pause(std::chrono::milliseconds pause) { pause_ = pause; }
  void Flush() {
    const std::lock_guard lock(mutex_);
    hooks_.clear();
  }
  void Add(const std::string& host, std::string url) {
    const std::lock_guard lock(mutex_);
    hooks_[host].push_back({std::move(url)});
  }
  std::size_t calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  struct Hook {
    std::string url;
    bool raw = false;
  };

  Result<http::NodeReply> Answer(const http::NodeCall& call) {
    const std::lock_guard lock(mutex_);
    ++calls_;
    if (webhooks_ == Webhooks::kMissing) return http::NodeReply{.status = 404, .body = "<html></html>"};
    if (webhooks_ == Webhooks::kBroken) return Fail(ErrorCode::kNoReply, "no answer");
    const std::size_t question = call.target.find('?');
    bbb::Params params;
    if (!params.AddQuery(call.target.substr(question + 1))) return Fail(ErrorCode::kBadReply);
    const std::string name = call.target.substr(0, question);
    std::string body;
    std::vector<Hook>& hooks = hooks_[call.endpoint.host];
    if (webhooks_ == Webhooks::kOld && params.Get("checksum").size() != 40) {
      bbb::AppendHookFailed(body, {"checksumError", "You did not pass the checksum security check."});
    } else if (name.ends_with("hooks/list")) {
      std::vector<bbb::ListedHook> listed;
      for (const Hook& hook : hooks) listed.push_back({.id = hook.url, .callback_url = hook.url, .raw = hook.raw});
      bbb::AppendHooks(body, listed);
    } else if (name.ends_with("hooks/create")) {
      hooks.push_back({std::string(params.Get("callbackURL")), params.Get("getRaw") == "true"});
      bbb::AppendHookCreated(body, "1", false);
    } else {
      std::erase_if(hooks, [&params](const Hook& hook) { return hook.url == params.Get("hookID"); });
      bbb::AppendHookRemoved(body);
    }
    return http::NodeReply{.status = 200, .content_type = "text/xml", .body = std::move(body)};
  }

  std::atomic<std::chrono::milliseconds> pause_{0ms};
  std::mutex mutex_;
  Webhooks webhooks_ = Webhooks::kNew;
  std::map<std::string, std::vector<Hook>> hooks_;
  std::size_t calls_ = 0;
};

class HookKeeperTest : public ::testing::Test {
 protected:
  HookKeeperTest() : runtime_(1), calls_(nodes_, {}) {
    std::string folder = std::filesystem::temp_directory_path() / "plenary-keeper-XXXXXX";
    folder_ = ::mkdtemp(folder.data());
    database_ = records::Database::Open(folder_ + "/records.db").value();
    hooks_ = records::HookStore::Open(*database_).value();
    pool_.AddNode("n1");
  }
  ~HookKeeperTest() override {
    if (keeper_) boost::asio::post(runtime_.Control(), [this] { keeper_->Stop(); });
    runtime_.Stop();
    keeper_.reset();
    hooks_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Start(const std::string& public_url = "https://lb.test") {
    url_ = std::make_unique<http::PublicUrl>(public_url);
    keeper_ = std::make_unique<HookKeeper>(runtime_, *pool_.state, calls_, *hooks_, *url_, pool_.clock, log_);
    keeper_->Start();
    runtime_.Start();
  }
  void Register(const std::string& id, bool raw = false) {
    hooks_->Add({.id = id, .callback_url = "https://front.test/" + id, .raw = raw}, [](const auto&) {});
  }
  /// The keeper looks at once, and not only every second.
  void Nudge() { Register("nudge-" + std::to_string(++nudges_)); }
  /// … and everything that it then does is done.
  void NudgeAndSettle() {
    Nudge();
    std::this_thread::sleep_for(100ms);
  }
  /// The node is restarted between two looks of the keeper. One failed poll is less than what makes it offline.
  void Restart(int failed_polls) {
    nodes_.Flush();
    for (int i = 0; i < failed_polls; ++i) {
      pool_.FailPoll("n1");
      pool_.clock.now_ms += state::testing::kSecond;
    }
    pool_.Poll("n1", {});
  }
  void Destroy(const std::string& id) { hooks_->Remove("", id, [](const auto&) {}); }

  template <class Condition>
  static bool Eventually(Condition condition) {
    for (int i = 0; i < 500; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
  bool HooksBecome(const std::string& expected) {
    const bool reached = Eventually([&] { return nodes_.Hooks() == expected; });
    if (!reached) ADD_FAILURE() << "hooks are " << nodes_.Hooks();
    return reached;
  }

  static constexpr const char* kMapped = "n1:https://lb.test/bigbluebutton/api/callbacks/hooks/n1 ";

  state::testing::Pool pool_;
  runtime::Runtime runtime_;
  FakeNodes nodes_;
  nodes::NodeCalls calls_;
  observe::Log log_{observe::Level::kOff, false};
  std::string folder_;
  std::unique_ptr<records::Database> database_;
  std::unique_ptr<records::HookStore> hooks_;
  std::unique_ptr<http::PublicUrl> url_;
  std::unique_ptr<HookKeeper> keeper_;
  int nudges_ = 0;
};

TEST_F(HookKeeperTest, AHookWhileSomebodyIsRegistered) {
  nodes_.Add("n1.test", "https://somebody.else/");
  const std::string others = "n1:https://somebody.else/ ";
  Start();
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(nodes_.calls(), 0u) << "nobody is registered";
  Register("a");
  HooksBecome(others + kMapped);
  Register("b");
  Register("raw", true);
  HooksBecome(others + kMapped + "n1:https://lb.test/bigbluebutton/api/callbacks/hooks/n1/raw! ");
  Destroy("a");
  Destroy("b");
  HooksBecome(others + "n1:https://lb.test/bigbluebutton/api/callbacks/hooks/n1/raw! ");
}

TEST_F(HookKeeperTest, OursGoWhenNobodyIsLeft) {
  nodes_.Add("n1.test", "https://somebody.else/");
  Register("a");
  Start();
  HooksBecome("n1:https://somebody.else/ " + std::string(kMapped));
  Destroy("a");
  HooksBecome("n1:https://somebody.else/ ");
}

TEST_F(HookKeeperTest, EveryFiveMinutes) {
  Register("a");
  Start();
  HooksBecome(kMapped);
  nodes_.Flush();
  pool_.clock.now_ms += 4 * state::testing::kMinute;
  NudgeAndSettle();
  EXPECT_EQ(nodes_.Hooks(), "");
  pool_.clock.now_ms += state::testing::kMinute;
  Nudge();
  HooksBecome(kMapped);
}

TEST_F(HookKeeperTest, WhenANodeComes) {
  Register("a");
  Start();
  HooksBecome(kMapped);
  pool_.AddNode("n2");
  Nudge();
  const std::string both = std::string(kMapped) + "n2:https://lb.test/bigbluebutton/api/callbacks/hooks/n2 ";
  HooksBecome(both);
  pool_.SetState("n2", pool::AdminState::kDisabled);
  NudgeAndSettle();
  nodes_.Flush();
  pool_.SetState("n2", pool::AdminState::kCordoned);
  pool_.Poll("n2", {state::testing::Listed("m", "i")});
  Nudge();
  HooksBecome("n2:https://lb.test/bigbluebutton/api/callbacks/hooks/n2 ");
}

TEST_F(HookKeeperTest, WhenANodeReturnsBetweenTwoLooks) {
  Register("a");
  Start();
  for (const int failed_polls : {2, 1}) {
    HooksBecome(kMapped);
    NudgeAndSettle();
    Restart(failed_polls);
    Nudge();
  }
  HooksBecome(kMapped);
}

TEST_F(HookKeeperTest, WhenANodeReturnsDuringAComparison) {
  Register("a");
  Start();
  HooksBecome(kMapped);
  NudgeAndSettle();
  nodes_.Pause(200ms);
  const std::size_t calls = nodes_.calls();
  pool_.clock.now_ms += 5 * state::testing::kMinute;
  Nudge();
  ASSERT_TRUE(Eventually([&] { return nodes_.calls() == calls + 1; }));
  Restart(2);
  Nudge();
  HooksBecome(kMapped);
}

TEST_F(HookKeeperTest, ANodeThatDoesNotAnswerIsLeftAloneUntilItDoes) {
  Register("a");
  Start();
  HooksBecome(kMapped);
  NudgeAndSettle();
  const std::size_t calls = nodes_.calls();
  pool_.FailPoll("n1");
  pool_.clock.now_ms += 5 * state::testing::kMinute;
  NudgeAndSettle();
  EXPECT_EQ(nodes_.calls(), calls);
  pool_.Poll("n1", {});
  NudgeAndSettle();
  EXPECT_EQ(nodes_.calls(), calls + 1) << "compared once";
  NudgeAndSettle();
  EXPECT_EQ(nodes_.calls(), calls + 1);
}

TEST_F(HookKeeperTest, OldWebhooksKnowSha1Only) {
  nodes_.Set(Webhooks::kOld);
  Register("a");
  Start();
  HooksBecome(kMapped);
  const std::size_t calls = nodes_.calls();
  EXPECT_EQ(calls, 3u) << "one refusal, then the list and the hook";
}

TEST_F(HookKeeperTest, AVersionThatIsKnownIsNotGuessed) {
  nodes_.Set(Webhooks::kOld);
  pool_.state->SetVersion("n1", "2.7.15");
  Register("a");
  Start();
  HooksBecome(kMapped);
  EXPECT_EQ(nodes_.calls(), 2u);
}

TEST_F(HookKeeperTest, NodesWithoutWebhooksAreLeftInPeace) {
  nodes_.Set(Webhooks::kMissing);
  Register("a");
  Start();
  EXPECT_TRUE(Eventually([&] { return nodes_.calls() == 1; }));
  Register("raw", true);
  pool_.clock.now_ms += state::testing::kMinute;
  NudgeAndSettle();
  EXPECT_EQ(nodes_.calls(), 1u);
  nodes_.Set(Webhooks::kNew);
  pool_.clock.now_ms += 4 * state::testing::kMinute;
  Nudge();
  EXPECT_TRUE(Eventually([&] { return nodes_.Hooks().find("/raw!") != std::string::npos; }));
}

TEST_F(HookKeeperTest, AFailureIsTriedAgainSoon) {
  nodes_.Set(Webhooks::kBroken);
  Register("a");
  Start();
  EXPECT_TRUE(Eventually([&] { return nodes_.calls() == 1; }));
  nodes_.Set(Webhooks::kNew);
  pool_.clock.now_ms += 30 * state::testing::kSecond;
  Nudge();
  HooksBecome(kMapped);
}

TEST_F(HookKeeperTest, NothingWhileNobodyCouldReachUs) {
  Register("a");
  Start("");
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(nodes_.calls(), 0u);
  url_->Learn(true, "lb.test");
  HooksBecome(kMapped);
}

}  // namespace
}  // namespace plenary::callbacks
