#include "callbacks/sender.hpp"

#include <algorithm>
#include <optional>

#include "callbacks/fixture_for_test.hpp"
#include "callbacks/jwt.hpp"
#include "callbacks/key.hpp"

namespace plenary::callbacks {
namespace {

using namespace test;
using records::CallbackKind;
using records::CallbackState;

class SenderTest : public Fixture {
 protected:
  SenderTest() {
    for (int i = 1; i < 9; ++i) EXPECT_TRUE(front_server.Listen(*http::ParseListenAddress("tcp://127.0.0.1:0")).has_value());
    runtime.Start();
  }
  /// Another address of the front-end: another receiver.
  std::string FrontAt(std::size_t address, const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(front_server.ports().at(address)) + path;
  }
  std::size_t Arrived(const std::string& path) const {
    const auto seen = front.seen();
    return static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(), [&](const Seen& one) { return one.target == path; }));
  }

  void Start(const std::string& allowed = "loopback") {
    client.emplace(*IpNetworks::Parse(allowed));
    sender.emplace(outbox, attempts, *client, *store, public_url, SenderOptions{{"first", "second"}, {DigestAlgorithm::kSha256}}, clock, random, log);
    sender->Start();
  }
  void Add(CallbackKind kind, const std::string& path, const std::string& meeting = "m1", const std::string& tenant = "",
           const std::string& payload = "{}") {
    records::Callback callback;
    callback.kind = kind;
    callback.tenant_id = tenant;
    callback.meeting_id = meeting;
    callback.url = path.find("://") == std::string::npos ? Front(path) : path;
    callback.payload = payload;
    callback.order_key = OrderKeyOf(callback);
    EXPECT_TRUE(Get<Result<bool>>([&](auto done) { outbox.Enqueue(callback, milliseconds(0), done); }).value_or(false));
  }
  std::vector<records::Callback> In(CallbackState state) {
    records::CallbackFilter filter;
    filter.state = state;
    return *outbox.List(filter);
  }
  bool AllDelivered() {
    const auto counts = outbox.Counts();
    return counts && counts->pending == 0 && counts->dead == 0;
  }
  records::Callback TheDeadOne() {
    EXPECT_TRUE(Soon([&] { return In(CallbackState::kDead).size() == 1; }));
    const auto dead = In(CallbackState::kDead);
    return dead.empty() ? records::Callback() : dead.front();
  }
  /// After `attempts` failed ones.
  records::Callback ThePendingOne(int attempts) {
    EXPECT_TRUE(Soon([&] { return Pending().size() == 1 && Pending().front().attempts == attempts; })) << attempts;
    const auto pending = Pending();
    return pending.empty() ? records::Callback() : pending.front();
  }

  http::PublicUrl public_url{"https://lb.example"};
  std::optional<http::OutsideClient> client;
  Attempts attempts;
  std::optional<Sender> sender;
};

bool SignedWith(const Seen& seen, const std::string& secret) {
  return VerifyJwt(seen.authorization.substr(std::min<std::size_t>(7, seen.authorization.size())), {secret}, {DigestAlgorithm::kSha512},
                   state::testing::kStart / 1000)
      .has_value();
}

TEST_F(SenderTest, DeliversEachKind) {
  Start();
  Add(CallbackKind::kRecordingReady, "/ready", "m1", "", R"({"meeting_id":"m1","record_id":"r"})");
  Add(CallbackKind::kAnalytics, "/analytics");
  Add(CallbackKind::kMeetingEnded, "/end?k=%20v");
  Add(CallbackKind::kHook, "/hook");
  ASSERT_TRUE(Soon([&] { return AllDelivered(); }));
  ASSERT_EQ(front.count(), 4u);
  for (const Seen& seen : front.seen()) {
    if (seen.target == "/ready") {
      EXPECT_TRUE(VerifyJwt(seen.body.substr(seen.body.find('=') + 1), {"first"}, {DigestAlgorithm::kSha256}, 0).has_value());
    } else if (seen.target == "/analytics") {
      EXPECT_TRUE(SignedWith(seen, "first"));
    } else if (seen.target.starts_with("/hook?checksum=")) {
      EXPECT_EQ(seen.method, "POST");
    } else {
      EXPECT_EQ(seen.method + " " + seen.target, "GET /end?k=%20v");
      EXPECT_EQ(seen.user_agent, "Mozilla");
    }
  }
}

TEST_F(SenderTest, EachSecretOnceUntilOneIsTaken) {
  front.Answer("/a", {401, 200});
  Start();
  Add(CallbackKind::kAnalytics, "/a");
  ASSERT_TRUE(Soon([&] { return AllDelivered(); }));
  ASSERT_EQ(front.count(), 2u);
  EXPECT_TRUE(SignedWith(front.seen()[0], "first"));
  EXPECT_TRUE(SignedWith(front.seen()[1], "second"));
}

TEST_F(SenderTest, SecretsOfTheTenantAtTheMoment) {
  AddTenant("id-a", "uni-a", {"tenant-secret"});
  Start();
  Add(CallbackKind::kAnalytics, "/a", "m1", "id-a");
  ASSERT_TRUE(Soon([&] { return AllDelivered(); }));
  EXPECT_TRUE(SignedWith(front.seen().front(), "tenant-secret"));
  Add(CallbackKind::kAnalytics, "/a", "m1", "id-gone");
  EXPECT_EQ(TheDeadOne().last_error, "its tenant was removed");
  EXPECT_EQ(front.count(), 1u);
}

TEST_F(SenderTest, AReplacedSecretIsTriedWhileItIsInTime) {
  AddTenant("id-a", "uni-a", {"new"}, {{"old", clock.now_ms + 1'000}, {"outdated", clock.now_ms - 1}});
  front.Answer("/a", {401, 200});
  Start();
  Add(CallbackKind::kAnalytics, "/a", "m1", "id-a");
  ASSERT_TRUE(Soon([&] { return AllDelivered(); }));
  ASSERT_EQ(front.count(), 2u);
  EXPECT_TRUE(SignedWith(front.seen()[0], "new"));
  EXPECT_TRUE(SignedWith(front.seen()[1], "old"));
}

TEST_F(SenderTest, AHookIsRefusedWhenNoSecretIsTaken) {
  AddTenant("id-a", "uni-a", {"new"}, {{"old", clock.now_ms + 1'000}});
  front.Answer("/hook", {401, 500});
  Start();
  Add(CallbackKind::kHook, "/hook", "m1", "id-a");
  const records::Callback waiting = ThePendingOne(1);
  EXPECT_EQ(waiting.last_status, 500);  // the second secret's answer
  front.Answer("/hook", {401, 200});
  EXPECT_TRUE(outbox.Retry({}, std::nullopt, true).has_value());
  ASSERT_TRUE(Soon([&] { return AllDelivered(); }));
  ASSERT_EQ(front.count(), 4u);
  EXPECT_EQ(front.seen()[2].body, front.seen()[3].body);
  EXPECT_NE(front.seen()[2].target, front.seen()[3].target) << "signed with the other secret";

  front.Answer("/hook", {401});
  Add(CallbackKind::kHook, "/hook", "m2", "id-a");
  ASSERT_TRUE(Soon([&] { return AllDelivered(); }));
  EXPECT_EQ(front.count(), 6u);
  front.Answer("/hook", {500});
  Add(CallbackKind::kHook, "/hook", "m3", "id-a");
  ThePendingOne(1);
  EXPECT_EQ(front.count(), 7u) << "another answer than 401 says nothing about the secret";
}

TEST_F(SenderTest, FailuresAreRepeatedWithGrowingPauses) {
  front.Answer("/a", {500});
  Start();
  Add(CallbackKind::kAnalytics, "/a");
  const records::Callback once = ThePendingOne(1);
  EXPECT_EQ(once.last_status, 500);
  EXPECT_EQ(once.last_error, "the receiver answered 500");
  EXPECT_EQ(front.count(), 2u);  // both secrets
  EXPECT_GE(once.next_attempt_ms - clock.now_ms, 4'500);
  EXPECT_LE(once.next_attempt_ms - clock.now_ms, 5'500);
  clock.now_ms = once.next_attempt_ms;
  EXPECT_TRUE(outbox.Retry({once.id}, std::nullopt, false).has_value());  // news, so that the test need not wait
  const records::Callback twice = ThePendingOne(2);
  EXPECT_GE(twice.next_attempt_ms - clock.now_ms, 13'500);
  EXPECT_LE(twice.next_attempt_ms - clock.now_ms, 16'500);
  front.Answer("/a", {204});
  EXPECT_TRUE(outbox.Retry({once.id}, std::nullopt, false).has_value());
  EXPECT_TRUE(Soon([&] { return AllDelivered(); }));
  EXPECT_EQ(front.count(), 5u);
}

TEST_F(SenderTest, BackoffAndTheEnd) {
  using std::chrono::seconds;
  EXPECT_EQ(Sender::BackoffAfter(1), seconds(5));
  EXPECT_EQ(Sender::BackoffAfter(2), seconds(15));
  EXPECT_EQ(Sender::BackoffAfter(7), std::chrono::hours(3));
  EXPECT_EQ(Sender::BackoffAfter(100), std::chrono::hours(6));
  seconds total{0};
  for (int attempts = 1; attempts < Sender::kMaxAttempts; ++attempts) total += Sender::BackoffAfter(attempts);
  EXPECT_GT(total, std::chrono::hours(66));
  EXPECT_LT(total, std::chrono::hours(78));

  Add(CallbackKind::kMeetingEnded, "/end");
  front.Answer("/end", {503});
  const std::int64_t id = Pending().front().id;
  for (int i = 1; i < Sender::kMaxAttempts; ++i) EXPECT_TRUE(outbox.Failed(id, 503, "x", clock.now_ms).has_value());
  Start();
  EXPECT_EQ(TheDeadOne().last_error, "given up after 19 attempts: the receiver answered 503");
}

TEST_F(SenderTest, ForbiddenAddressesAndInvalidUrlsAreDeadAtOnce) {
  Start("none");
  Add(CallbackKind::kAnalytics, "/a");
  EXPECT_EQ(TheDeadOne().last_error, "127.0.0.1 is a loopback address; to allow it: CALLBACK_ALLOW_NETS=127.0.0.1/32 (or loopback)");
  EXPECT_TRUE(outbox.Drop({}, std::nullopt, true).has_value());
  Add(CallbackKind::kAnalytics, "file:///etc/passwd");
  EXPECT_EQ(TheDeadOne().attempts, 1);
  EXPECT_EQ(front.count(), 0u);
}

TEST_F(SenderTest, GoneIsDone) {
  front.Answer("/a", {410});
  front.Answer("/ready", {404});
  Start();
  Add(CallbackKind::kAnalytics, "/a");
  Add(CallbackKind::kRecordingReady, "/ready");
  EXPECT_TRUE(Soon([&] { return AllDelivered(); }));
  EXPECT_EQ(front.count(), 2u);
}

TEST_F(SenderTest, InOrderPerMeetingAndReceiver) {
  front.Answer("/a", {500});
  Start();
  Add(CallbackKind::kAnalytics, "/a", "m1", "", R"({"n":1})");
  Add(CallbackKind::kAnalytics, "/a", "m1", "", R"({"n":2})");
  Add(CallbackKind::kAnalytics, "/b", "m1", "", R"({"n":3})");
  EXPECT_TRUE(Soon([&] { return front.count() == 3; }));  // the first one with both secrets, and the one for another receiver
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(front.count(), 3u);
  front.Answer("/a", {200});
  EXPECT_TRUE(outbox.Retry({}, std::nullopt, true).has_value());
  ASSERT_TRUE(Soon([&] { return AllDelivered(); }));
  ASSERT_EQ(front.count(), 5u);
  EXPECT_EQ(front.seen()[3].body, R"({"n":1})");
  EXPECT_EQ(front.seen()[4].body, R"({"n":2})");
}

TEST_F(SenderTest, FewAtOncePerHost) {
  front.Pause(milliseconds(30));
  for (int i = 0; i < 20; ++i) Add(CallbackKind::kMeetingEnded, "/end", "m" + std::to_string(i));
  Start();
  ASSERT_TRUE(Soon([&] { return AllDelivered(); }));
  EXPECT_EQ(front.count(), 20u);
  EXPECT_EQ(front.most_at_once(), static_cast<int>(Sender::kMaxCallsPerHost));
}

// More than four calls' worth of time waits for the slow receiver; whatever else is due goes ahead of that.
TEST_F(SenderTest, ASlowReceiverHoldsUpNoOther) {
  front.Pause(milliseconds(1'000), "/slow");
  for (int i = 0; i < 200; ++i) Add(CallbackKind::kMeetingEnded, "/slow", "m" + std::to_string(i));
  Start();
  ASSERT_TRUE(Soon([&] { return Arrived("/slow") == Sender::kMaxCallsPerHost; }));
  Add(CallbackKind::kMeetingEnded, FrontAt(1, "/quick"));
  EXPECT_TRUE(Soon([&] { return Arrived("/quick") == 1; }));
}

TEST_F(SenderTest, ATenantWithManySlowReceiversHoldsUpNoOther) {
  AddTenant("id-a", "uni-a", {"a"});
  AddTenant("id-b", "uni-b", {"b"});
  front.Pause(milliseconds(20'000), "/slow");
  for (int receiver = 0; receiver < 8; ++receiver) {
    for (int i = 0; i < 4; ++i) Add(CallbackKind::kMeetingEnded, FrontAt(receiver, "/slow"), "m" + std::to_string(i), "id-a");
  }
  Start();
  ASSERT_TRUE(Soon([&] { return Arrived("/slow") == Sender::kSharedCalls; }));
  for (const char* meeting : {"m1", "m2", "m3"}) Add(CallbackKind::kMeetingEnded, FrontAt(8, "/quick"), meeting, "id-b");
  EXPECT_TRUE(Soon([&] { return Arrived("/quick") == 3; }));
  EXPECT_EQ(Arrived("/slow"), Sender::kSharedCalls);
}

TEST_F(SenderTest, ASilentReceiverIsLeftAloneForAWhile) {
  // Nobody listens on port 1. Of many callbacks for it only the first few are tried, and one for another receiver goes out.
  for (int i = 0; i < 40; ++i) Add(CallbackKind::kMeetingEnded, "http://127.0.0.1:1/end", "m" + std::to_string(i));
  Add(CallbackKind::kMeetingEnded, "/end");
  const auto attempts_now = [&] {
    std::size_t all = 0;
    for (const records::Callback& callback : Pending()) all += static_cast<std::size_t>(callback.attempts);
    return all;
  };
  const auto wake = [&] { Add(CallbackKind::kMeetingEnded, "/end"); };
  Start();
  EXPECT_TRUE(Soon([&] { return front.count() == 1 && attempts_now() == Sender::kMaxCallsPerHost; }));
  wake();
  EXPECT_TRUE(Soon([&] { return front.count() == 2; }));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(attempts_now(), Sender::kMaxCallsPerHost) << "what was not sent has not been tried";
  for (const records::Callback& callback : Pending()) EXPECT_TRUE(callback.attempts == 1 || callback.last_error.empty()) << callback.last_error;

  clock.now_ms += 4'000;  // one more is tried, then twice as long none
  wake();
  EXPECT_TRUE(Soon([&] { return attempts_now() == Sender::kMaxCallsPerHost + 1; }));
  clock.now_ms += 7'000;
  wake();
  EXPECT_TRUE(Soon([&] { return front.count() == 4; }));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(attempts_now(), Sender::kMaxCallsPerHost + 1);
}

TEST_F(SenderTest, StopWaitsForCallsUnderWay) {
  front.Pause(milliseconds(200));
  Add(CallbackKind::kMeetingEnded, "/end");
  Start();
  EXPECT_TRUE(Soon([&] { return front.count() == 1; }));
  sender->Stop();
  EXPECT_TRUE(AllDelivered());
  Add(CallbackKind::kMeetingEnded, "/end", "m2");
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(front.count(), 1u);
}

}  // namespace
}  // namespace plenary::callbacks
