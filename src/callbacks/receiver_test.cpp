#include "callbacks/receiver.hpp"

#include <optional>

#include <boost/json/parse.hpp>

#include "callbacks/fixture_for_test.hpp"
#include "callbacks/jwt.hpp"
#include "callbacks/sender.hpp"

namespace plenary::callbacks {
namespace {

using namespace test;
namespace json = boost::json;

constexpr const char* kAnalytics = "/bigbluebutton/api/analytics_callback";
constexpr const char* kReady = "/bigbluebutton/api/callbacks/recording-ready";
const std::string kKey = "end-signal-key";

class ReceiverTest : public Fixture {
 protected:
  explicit ReceiverTest(state::StateOptions options = {}) : Fixture(options), locator(*store, options.multitenancy, "") {
    EXPECT_TRUE(server.Listen(*http::ParseListenAddress("tcp://127.0.0.1:0")).has_value());
    runtime.Start();
  }
  ~ReceiverTest() override { runtime.Stop(); }

  http::OutsideReply Ask(http::OutsideCall call) {
    call.url = "http://127.0.0.1:" + std::to_string(server.ports().front()) + call.url;
    const auto reply = Get<Result<http::OutsideReply>>([&](auto done) { client.Call(call, done); });
    EXPECT_TRUE(reply.has_value()) << reply.error().detail;
    return reply.value_or(http::OutsideReply());
  }
  static std::string AnalyticsToken(const std::string& secret = "node-secret", const std::string& claims = "{}") {
    return SignJwt(R"({"alg":"HS512","typ":"JWT"})", claims, secret, DigestAlgorithm::kSha512);
  }
  http::OutsideReply SendAnalytics(const std::string& body, const std::string& token, const std::string& path = kAnalytics) {
    http::OutsideCall call;
    call.method = "POST";
    call.url = path;
    call.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + token}};
    call.body = body;
    return Ask(std::move(call));
  }
  static std::string ReadyToken(const std::string& claims, const std::string& secret = "node-secret") {
    return SignJwt(R"({"alg":"HS256"})", claims, secret, DigestAlgorithm::kSha256);
  }
  int SendReady(const std::string& token, const std::string& path = kReady) {
    http::OutsideCall call;
    call.method = "POST";
    call.url = path;
    call.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    call.body = "signed_parameters=" + token;
    return Ask(std::move(call)).status;
  }
  int SendEnd(const std::string& target) {
    http::OutsideCall call;
    call.url = target;
    return Ask(std::move(call)).status;
  }
  std::string EndTarget(const state::MeetingPtr& meeting) { return bbb::EndSignalTarget(kKey, {"", meeting->meeting_id, meeting->claim_id}); }

  IpNetworks trusted = *IpNetworks::Parse("none");
  state::TenantLocator locator;
  FakeNodes nodes;
  nodes::NodeCalls calls{nodes, {}};
  Attempts attempts;
  EndNotifier notifier{runtime, urls, outbox, log};
  EndChecks checks{runtime, *store, calls, notifier, log, {}};
  Receiver receiver{{*store, locator, trusted, urls, outbox, attempts, checks, runtime, clock, log, kKey, "/tmp"}};
  http::Server server{runtime, receiver, http::ServerOptions{}};
  http::OutsideClient client{*IpNetworks::Parse("loopback")};
};

TEST_F(ReceiverTest, Takes) {
  EXPECT_TRUE(Receiver::Takes(kAnalytics));
  EXPECT_TRUE(Receiver::Takes(kReady));
  EXPECT_TRUE(Receiver::Takes("/bigbluebutton/api/callbacks/meeting-ended"));
  EXPECT_FALSE(Receiver::Takes("/bigbluebutton/api/create"));
  EXPECT_NE(Ask({.method = "GET", .url = kAnalytics}).body.find("unsupportedRequest"), std::string::npos);
}

TEST_F(ReceiverTest, AnalyticsAreForwardedUnderTheClientsName) {
  Remember({.meeting_id = "room", .scoped_id = "room~node", .analytics_url = "http://front.example/a?x=1"});
  const http::OutsideReply reply =
      SendAnalytics(R"({"version":"1.0", "meeting_id":"room~node","customer":"forged","data":{"n":0.10,"meeting_id":"inner"}})", AnalyticsToken());
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.body, "");
  ASSERT_EQ(Due().size(), 1u);
  const records::Callback callback = Due().front();
  EXPECT_EQ(callback.kind, records::CallbackKind::kAnalytics);
  EXPECT_EQ(callback.url, "http://front.example/a?x=1");
  EXPECT_EQ(callback.meeting_id, "room");
  EXPECT_EQ(callback.payload, R"({"version":"1.0","meeting_id":"room","data":{"n":0.10,"meeting_id":"inner"},"customer":"scalelite"})");
}

TEST_F(ReceiverTest, AnalyticsOnce) {
  Remember({.meeting_id = "m1", .analytics_url = "http://front.example/a"});
  SendAnalytics(R"({"meeting_id":"m1"})", AnalyticsToken());
  SendAnalytics(R"({"meeting_id":"m1"})", AnalyticsToken());
  EXPECT_EQ(Pending().size(), 1u);
  SendAnalytics(R"({"meeting_id":"m1","version":"1.0"})", AnalyticsToken());
  EXPECT_EQ(Pending().size(), 2u);
}

class AnalyticsOrderTest : public ReceiverTest {
 protected:
  AnalyticsOrderTest() {
    Remember({.meeting_id = "m1", .analytics_url = Front("/a")});
    sender.emplace(outbox, attempts, client, *store, public_url, SenderOptions{{"first", "second"}, {DigestAlgorithm::kSha256}}, clock, random, log);
    sender->Start();
  }
  /// How long the node has to wait for its 204.
  milliseconds Send(const std::string& body) {
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(SendAnalytics(body, AnalyticsToken()).status, 204);
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
  }

  http::PublicUrl public_url{"https://lb.example"};
  std::optional<Sender> sender;
};

TEST_F(AnalyticsOrderTest, TheFrontEndHasAnsweredBeforeTheNodeIs) {
  front.Pause(milliseconds(50));
  Send(R"({"meeting_id":"m1"})");
  EXPECT_EQ(front.count(), 1u);
  EXPECT_TRUE(Pending().empty());
}

TEST_F(AnalyticsOrderTest, AllSecretsWereTried) {
  front.Answer("/a", {500});
  Send(R"({"meeting_id":"m1"})");
  EXPECT_EQ(front.count(), 2u);
  ASSERT_EQ(Pending().size(), 1u);
  EXPECT_EQ(Pending().front().attempts, 1);
}

TEST_F(AnalyticsOrderTest, WhatCannotBeSentHoldsNobody) {
  Remember({.meeting_id = "m2", .analytics_url = "http://10.0.0.1/a"});
  EXPECT_LT(Send(R"({"meeting_id":"m2"})"), milliseconds(900));
  EXPECT_EQ(outbox.Counts()->dead, 1);
}

TEST_F(AnalyticsOrderTest, ASlowFrontEndHoldsTheNodeForASecond) {
  front.Pause(milliseconds(2'000));
  const milliseconds waited = Send(R"({"meeting_id":"m1"})");
  EXPECT_GE(waited, milliseconds(1'000));
  EXPECT_LT(waited, milliseconds(2'500));
  EXPECT_EQ(Pending().size(), 1u);
  EXPECT_LT(Send(R"({"meeting_id":"m1"})"), milliseconds(900)) << "the same again";
}

TEST_F(AnalyticsOrderTest, SoDoesOneThatWaitsForAnEarlierOne) {
  front.Answer("/a", {500});
  Send(R"({"meeting_id":"m1","n":1})");
  const milliseconds waited = Send(R"({"meeting_id":"m1","n":2})");
  EXPECT_GE(waited, milliseconds(1'000));
  EXPECT_LT(waited, milliseconds(2'500));
  EXPECT_EQ(front.count(), 2u) << "the first one with both secrets";
  EXPECT_EQ(Pending().size(), 2u);
}

TEST_F(ReceiverTest, AnalyticsThatAreNotForUsLookTheSame) {
  Remember({.meeting_id = "m1", .analytics_url = "http://front.example/a"});
  Remember({.meeting_id = "m2", .meeting_ended_url = "http://front.example/e"});
  const std::string good = R"({"meeting_id":"m1"})";
  EXPECT_EQ(SendAnalytics(good, AnalyticsToken("other")).status, 204);
  EXPECT_EQ(SendAnalytics(good, ReadyToken("{}")).status, 204);  // HS256
  EXPECT_EQ(SendAnalytics(good, AnalyticsToken("node-secret", R"({"exp":1000000000})")).status, 204);
  EXPECT_EQ(SendAnalytics(good, "").status, 204);
  for (const char* body : {R"({"meeting_id":"unknown"})", R"({"meeting_id":"m2"})", R"({"meeting_id":7})", "{}", "[]", "nonsense", ""}) {
    EXPECT_EQ(SendAnalytics(body, AnalyticsToken()).status, 204) << body;
  }
  EXPECT_EQ(SendAnalytics(R"({"meeting_id":"m1","x":")" + std::string(5 << 20, 'x') + "\"}", AnalyticsToken()).status, 204);
  EXPECT_EQ(Pending().size(), 0u);
}

TEST_F(ReceiverTest, RecordingReady) {
  Remember({.meeting_id = "room", .scoped_id = "room~node", .recording_ready_url = "http://front.example/ready"});
  const std::string token = ReadyToken(R"({"meeting_id":"room~node","record_id":"rec-1"})");
  EXPECT_EQ(SendReady(token), 200);
  EXPECT_EQ(SendReady(token), 200);  // of the next format
  ASSERT_EQ(Due().size(), 1u);
  const records::Callback callback = Due().front();
  EXPECT_EQ(callback.kind, records::CallbackKind::kRecordingReady);
  EXPECT_EQ(callback.url, "http://front.example/ready");
  EXPECT_EQ(callback.payload, R"({"meeting_id":"room","record_id":"rec-1"})");
  EXPECT_TRUE(outbox.Delivered(callback.id, 200).has_value());
  EXPECT_EQ(SendReady(token), 200);
  EXPECT_EQ(Pending().size(), 0u);
  clock.now_ms += 6 * 60'000;
  EXPECT_EQ(SendReady(token), 200);  // processed anew
  EXPECT_EQ(Pending().size(), 1u);
  EXPECT_EQ(SendReady(SignJwt(R"({"alg":"HS512"})", R"({"meeting_id":"room","record_id":"rec-2"})", "node-secret", DigestAlgorithm::kSha512)), 200);
  EXPECT_EQ(Pending().size(), 2u);
}

TEST_F(ReceiverTest, RecordingReadyRefused) {
  Remember({.meeting_id = "m1", .recording_ready_url = "http://front.example/ready"});
  EXPECT_EQ(SendReady(""), 401);
  EXPECT_EQ(SendReady(ReadyToken(R"({"meeting_id":"m1","record_id":"r"})", "other")), 401);
  EXPECT_EQ(SendReady(ReadyToken(R"({"meeting_id":"m1"})")), 400);
  EXPECT_EQ(SendReady(ReadyToken(R"({"meeting_id":["m1"],"record_id":"r"})")), 400);
  EXPECT_EQ(SendReady(ReadyToken(R"({"meeting_id":"m2","record_id":"r"})")), 404);
  EXPECT_EQ(SendReady(std::string(70'000, 'x')), 413);
  EXPECT_EQ(Pending().size(), 0u);
}

TEST_F(ReceiverTest, MeetingEnded) {
  const auto meeting = Create("m1");
  const std::string target = EndTarget(meeting);
  std::string forged = target;
  forged.back() = forged.back() == '0' ? '1' : '0';
  EXPECT_EQ(SendEnd(forged), 403);
  EXPECT_EQ(SendEnd("/bigbluebutton/api/callbacks/meeting-ended"), 403);
  EXPECT_EQ(nodes.targets().size(), 0u);
  EXPECT_EQ(SendEnd(target), 503);  // the node is unreachable
  EXPECT_NE(store->FindMeeting("", "m1"), nullptr);
  nodes.Answer(kRunning);
  EXPECT_EQ(SendEnd(target), 200);
  EXPECT_NE(store->FindMeeting("", "m1"), nullptr);
  nodes.Answer(kNotFound);
  EXPECT_TRUE(Soon([&] { return SendEnd(target) == 200 && store->FindMeeting("", "m1") == nullptr; }));
  EXPECT_EQ(SendEnd(target), 200);
}

TEST_F(ReceiverTest, EndCallbackOfAScopedMeeting) {
  const std::string target = bbb::EndCallbackTarget(kKey, {"t1", "m1", "http://front.example/end"});
  std::string forged = target;
  forged.replace(forged.find("front"), 5, "inner");
  EXPECT_EQ(SendEnd(forged + "&recordingmarks=true&meetingID=m1~t1"), 403);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(SendEnd(target + "&recordingmarks=true&meetingID=m1~t1"), 200);  // the probe and the call
  const auto pending = Pending();
  ASSERT_EQ(pending.size(), 1u);
  EXPECT_EQ(pending[0].url, "http://front.example/end?recordingmarks=true&meetingID=m1");
  EXPECT_EQ(pending[0].tenant_id, "t1");
}

class TenantReceiverTest : public ReceiverTest {
 protected:
  TenantReceiverTest() : ReceiverTest({.multitenancy = true}) {
    AddTenant("id-a", "uni-a", {"a-secret"});
    Remember({.tenant_id = "id-a", .meeting_id = "m1", .analytics_url = "http://front.example/a", .recording_ready_url = "http://front.example/r"});
  }
};

TEST_F(TenantReceiverTest, ByPathOrHost) {
  EXPECT_EQ(SendAnalytics(R"({"meeting_id":"m1"})", AnalyticsToken(), std::string("/t/uni-a") + kAnalytics).status, 204);
  ASSERT_EQ(Due().size(), 1u);
  EXPECT_EQ(Due().front().tenant_id, "id-a");
  EXPECT_EQ(Due().front().payload, R"({"meeting_id":"m1","customer":"uni-a"})");
  http::OutsideCall call;
  call.method = "POST";
  call.url = kReady;
  call.headers = {{"Host", "uni-a.lb.example:443"}};
  call.body = "signed_parameters=" + ReadyToken(R"({"meeting_id":"m1","record_id":"r"})");
  EXPECT_EQ(Ask(std::move(call)).status, 200);
  EXPECT_EQ(Pending().size(), 2u);
}

TEST_F(TenantReceiverTest, UnknownTenants) {
  const http::OutsideReply reply = SendAnalytics(R"({"meeting_id":"m1"})", AnalyticsToken(), std::string("/t/nobody") + kAnalytics);
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.body.find("checksumError"), std::string::npos);
  EXPECT_EQ(SendReady(ReadyToken(R"({"meeting_id":"m1","record_id":"r"})"), std::string("/t/nobody") + kReady), 404);
  EXPECT_EQ(Pending().size(), 0u);
}

}  // namespace
}  // namespace plenary::callbacks
