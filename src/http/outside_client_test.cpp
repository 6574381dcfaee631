#include "http/outside_client.hpp"

#include <cstdlib>
#include <future>
#include <optional>

#include <gtest/gtest.h>

#include "http/raw_client_for_test.hpp"
#include "http/server.hpp"

namespace plenary::http {
namespace {

using std::chrono::milliseconds;

/// /redirect goes where its query says, /big answers 1 MB, /head a head of 200 kB, /slow after a second; anything else tells what arrived.
class Front final : public Handler {
 public:
  bool HandleNow(const Request&, Reply&) override { return false; }
  Task<void> Handle(const Request& request, Reply& reply) override {
    if (request.path == "/redirect") {
      reply.status = 302;
      reply.AddHeader("Location", request.query);
    } else if (request.path == "/big") {
      reply.body.assign(1 << 20, 'b');
    } else if (request.path == "/head") {
      for (int i = 0; i < 100; ++i) reply.AddHeader("X-Fill", std::string(2'000, 'x'));
    } else if (request.path == "/slow") {
      co_await runtime::Sleep(milliseconds(1'000));
    } else {
      SpooledBody body;
      co_await request.body->ReadAll(body, 1 << 20);
      reply.body.append(request.method).append(" ").append(request.target).append("|").append(request.Header("X-Test")).append("|");
      reply.body.append(request.Header("Authorization")).append("|").append(request.Header("Cookie")).append("|").append(body.memory());
      reply.AddHeader("Set-Cookie", "a=b");
    }
  }
};

class OutsideClientTest : public ::testing::Test {
 protected:
  OutsideClientTest() : server_(runtime_, front_, ServerOptions{}) {
    EXPECT_TRUE(server_.Listen(*ParseListenAddress("tcp://127.0.0.1:0")).has_value());
    runtime_.Start();
  }
  ~OutsideClientTest() override { runtime_.Stop(); }

  static IpNetworks Networks(std::string_view text) { return *IpNetworks::Parse(text); }
  std::string Url(const std::string& path, const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(server_.ports().front()) + path;
  }
  static Result<OutsideReply> Ask(OutsideClient& client, OutsideCall call) {
    std::promise<Result<OutsideReply>> promise;
    client.Call(std::move(call), [&promise](Result<OutsideReply> reply) { promise.set_value(std::move(reply)); });
    return promise.get_future().get();
  }
  static Result<OutsideReply> Get(OutsideClient& client, const std::string& url) {
    OutsideCall call;
    call.url = url;
    return Ask(client, std::move(call));
  }
  static ErrorCode CodeOf(const Result<OutsideReply>& reply) { return reply ? ErrorCode::kConflict : reply.error().code; }

  Front front_;
  runtime::Runtime runtime_{1};
  Server server_;
};

TEST_F(OutsideClientTest, SendsWhatItIsGiven) {
  OutsideClient client(Networks("loopback"));
  OutsideCall call;
  call.method = "POST";
  call.url = Url("/p?q=1");
  call.headers = {{"X-Test", "yes"}, {"Content-Type", "application/json"}};
  call.body = "{}";
  const Result<OutsideReply> reply = Ask(client, std::move(call));
  ASSERT_TRUE(reply.has_value()) << reply.error().detail;
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "POST /p?q=1|yes|||{}");
  const Result<OutsideReply> second = Get(client, Url("/again"));
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->body, "GET /again||||");  // no cookie came back
}

TEST_F(OutsideClientTest, AnAddressThatIsNotAllowedIsRefusedWithTheLineToSet) {
  OutsideClient client(Networks("none"));
  const Result<OutsideReply> numeric = Get(client, Url("/x"));
  EXPECT_EQ(CodeOf(numeric), ErrorCode::kPermission);
  EXPECT_EQ(numeric.error().detail, "127.0.0.1 is a loopback address; to allow it: CALLBACK_ALLOW_NETS=127.0.0.1/32 (or loopback)");
  for (const char* host : {"localhost", "2130706433", "0x7f.1", "0.0.0.0", "[::ffff:127.0.0.1]", "[::1]"}) {
    EXPECT_EQ(CodeOf(Get(client, Url("/x", host))), ErrorCode::kPermission) << host;
  }
  const Result<OutsideReply> lan = Get(client, "http://10.0.0.5/x");
  EXPECT_EQ(CodeOf(lan), ErrorCode::kPermission);
  EXPECT_EQ(lan.error().detail, "10.0.0.5 is a private address; to allow it: CALLBACK_ALLOW_NETS=10.0.0.5/32 (or private)");
  EXPECT_EQ(Get(client, "http://[fe80::1]/").error().detail,
            "fe80::1 is a link-local address; to allow it: CALLBACK_ALLOW_NETS=fe80::1/128 (or link-local)");
  EXPECT_EQ(Get(client, "http://192.0.2.1/").error().detail,
            "192.0.2.1 is not a public address; to allow it: CALLBACK_ALLOW_NETS=192.0.2.1/32");
}

TEST_F(OutsideClientTest, ANameIsJudgedByItsAddress) {
  OutsideClient client(Networks("127.0.0.1"));
  const Result<OutsideReply> reply = Get(client, Url("/x", "localhost"));
  ASSERT_TRUE(reply.has_value()) << reply.error().detail;
  EXPECT_EQ(reply->status, 200);
}

TEST_F(OutsideClientTest, RedirectsAreFollowedForGetOnlyAndCheckedEach) {
  OutsideClient client(Networks("127.0.0.1"));
  OutsideCall call;
  call.url = Url("/redirect?" + Url("/there"));
  call.headers = {{"X-Test", "kept"}, {"Authorization", "Bearer dropped"}};
  call.max_redirects = 1;
  const Result<OutsideReply> followed = Ask(client, call);
  ASSERT_TRUE(followed.has_value()) << followed.error().detail;
  EXPECT_EQ(followed->body, "GET /there|kept|||");

  call.max_redirects = 0;
  EXPECT_EQ(Ask(client, call)->status, 302);
  call.max_redirects = 1;
  call.url = Url("/redirect?" + Url("/redirect?/loop"));
  EXPECT_EQ(Ask(client, call)->status, 302);  // more than it may
  call.method = "POST";
  EXPECT_EQ(Ask(client, call)->status, 302);

  call.method = "GET";
  call.url = Url("/redirect?http://127.0.0.2:" + std::to_string(server_.ports().front()) + "/inner");
  const Result<OutsideReply> refused = Ask(client, call);
  EXPECT_EQ(CodeOf(refused), ErrorCode::kPermission);
  call.url = Url("/redirect?file:///etc/passwd");
  EXPECT_EQ(CodeOf(Ask(client, call)), ErrorCode::kInvalidArgument);
}

TEST_F(OutsideClientTest, OnlyHttpUrlsWithoutUser) {
  OutsideClient client(Networks("loopback"));
  for (const std::string url : {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "", "http://", "no url", "http://a b/",
                                "http://u:p@127.0.0.1/x", "http://u@127.0.0.1/x", "unix:///run/x", "http://127.0.0.1:99999/"}) {
    EXPECT_EQ(CodeOf(Get(client, url)), ErrorCode::kInvalidArgument) << url;
  }
}

TEST_F(OutsideClientTest, LongRepliesAreCutAndLongHeadsRefused) {
  OutsideClient client(Networks("loopback"));
  const Result<OutsideReply> big = Get(client, Url("/big"));
  ASSERT_TRUE(big.has_value()) << big.error().detail;
  EXPECT_EQ(big->status, 200);
  EXPECT_EQ(big->body.size(), 64u * 1024);
  EXPECT_EQ(CodeOf(Get(client, Url("/head"))), ErrorCode::kNoReply);
}

TEST_F(OutsideClientTest, TimeoutsAndClosedPorts) {
  OutsideClient client(Networks("loopback"));
  OutsideCall call;
  call.url = Url("/slow");
  call.timeout = milliseconds(100);
  EXPECT_EQ(CodeOf(Ask(client, call)), ErrorCode::kNoReply);
  std::uint16_t closed = 0;
  {
    const test::RawListener listener;
    closed = listener.port();
  }
  EXPECT_EQ(CodeOf(Get(client, "http://127.0.0.1:" + std::to_string(closed) + "/")), ErrorCode::kUnreachable);
  EXPECT_EQ(CodeOf(Get(client, "http://does-not-exist.invalid/")), ErrorCode::kUnreachable);
}

TEST_F(OutsideClientTest, CallsUnderWayAreCancelled) {
  std::promise<Result<OutsideReply>> promise;
  {
    OutsideClient client(Networks("loopback"));
    OutsideCall call;
    call.url = Url("/slow");
    client.Call(std::move(call), [&promise](Result<OutsideReply> reply) { promise.set_value(std::move(reply)); });
  }
  EXPECT_EQ(CodeOf(promise.get_future().get()), ErrorCode::kCancelled);
}

TEST_F(OutsideClientTest, WhyRefused) {
  const OutsideClient client(Networks("10.0.0.0/8"));
  EXPECT_EQ(client.WhyRefused("http://10.1.2.3/x"), "");
  EXPECT_EQ(client.WhyRefused("https://192.168.0.1/x"),
            "192.168.0.1 is a private address; to allow it: CALLBACK_ALLOW_NETS=192.168.0.1/32 (or private)");
  EXPECT_NE(client.WhyRefused("http://localhost/x"), "");
  EXPECT_NE(client.WhyRefused("ftp://10.1.2.3/x"), "");
  EXPECT_EQ(client.WhyRefused("http://does-not-exist.invalid/x"), "");
}

TEST_F(OutsideClientTest, Coroutine) {
  OutsideClient client(Networks("loopback"));
  std::promise<Result<OutsideReply>> promise;
  OutsideCall call;
  call.url = Url("/x");
  const auto run = [](OutsideClient& client, OutsideCall call, std::promise<Result<OutsideReply>>& promise) -> Task<void> {
    Result<OutsideReply> reply = co_await client.AwaitCall(std::move(call));
    promise.set_value(std::move(reply));
  };
  runtime::Spawn(runtime_.Worker(0), run(client, std::move(call), promise));
  EXPECT_EQ(promise.get_future().get()->status, 200);
}

/// The variables are read when a client is made.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

TEST_F(OutsideClientTest, AProxyIsUsedAndItsTargetsAreChecked) {
  // The server plays the proxy: nobody else would answer for that address.
  const Variable proxy("http_proxy", Url(""));
  OutsideClient client(Networks("192.0.2.0/24"));  // not the proxy's own address
  const Result<OutsideReply> through = Get(client, "http://192.0.2.1/x?y=1");
  ASSERT_TRUE(through.has_value()) << through.error().detail;
  EXPECT_EQ(through->body, "GET /x?y=1||||");
  EXPECT_EQ(CodeOf(Get(client, "http://10.0.0.5/x")), ErrorCode::kPermission);
  EXPECT_EQ(CodeOf(Get(client, "http://localhost/x")), ErrorCode::kPermission);
  EXPECT_EQ(CodeOf(Get(client, "http://does-not-exist.invalid/x")), ErrorCode::kUnreachable);  // what can't be checked isn't asked for
  EXPECT_NE(client.WhyRefused("http://10.0.0.5/x"), "");
  EXPECT_EQ(client.WhyRefused("http://192.0.2.1/x"), "");
}

TEST_F(OutsideClientTest, NoProxyMeansTheOrdinaryCheck) {
  const Variable proxy("http_proxy", Url(""));
  const Variable direct("no_proxy", "127.0.0.1");
  OutsideClient client(Networks("none"));
  EXPECT_EQ(CodeOf(Get(client, Url("/x"))), ErrorCode::kPermission);
}

}  // namespace
}  // namespace plenary::http
