#include "api/lrs.hpp"

#include <atomic>
#include <future>
#include <memory>

#include <gtest/gtest.h>

#include "base/cipher.hpp"
#include "base/hmac.hpp"
#include "http/server.hpp"
#include "runtime/gather.hpp"
#include "runtime/runtime.hpp"

namespace plenary::api {
namespace {

class FixedRandom final : public Random {
 public:
  std::uint64_t Next() override {
    on_a_loop = on_a_loop || runtime::Runtime::ThreadIndex();
    return next_++;
  }
  std::atomic<bool> on_a_loop = false;

 private:
  std::atomic<std::uint64_t> next_ = 0x4142434445464748ull;
};

class TestClock final : public Clock {
 public:
  WallTime Now() const override { return FromMs(now_ms.load()); }
  SteadyTime Steady() const override { return SteadyTime(std::chrono::milliseconds(now_ms.load())); }
  std::atomic<std::int64_t> now_ms{1'000'000};
};

/// Gives a new token for each call.
class Keycloak final : public http::Handler {
 public:
  bool HandleNow(const http::Request&, http::Reply&) override { return false; }
  Task<void> Handle(const http::Request& request, http::Reply& reply) override {
    http::SpooledBody body;
    const Status read = co_await request.body->ReadAll(body, 10'000);
    if (!read) co_return;
    target = request.target;
    form = body.memory();
    const int number = ++calls;
    reply.status = status;
    reply.body = answer.empty() ? R"({"access_token":"token-)" + std::to_string(number) + R"(","expires_in":60})" : answer;
  }

  std::atomic<int> calls = 0;
  int status = 200;
  std::string answer;
  std::string target, form;
};

class LrsPayloadsTest : public testing::Test {
 protected:
  LrsPayloadsTest() {
    const auto address = http::ParseListenAddress("tcp://127.0.0.1:0");
    EXPECT_TRUE(address && server_.Listen(*address));
    runtime_.Start();
    tenant_.id = "11111111-1111-4111-8111-111111111111";
    tenant_.name = "bn";
    tenant_.lrs.endpoint = "https://lrs/e";
  }
  ~LrsPayloadsTest() override { runtime_.Stop(); }

  void UseKeycloak() {
    tenant_.lrs.kc_token_url = "http://127.0.0.1:" + std::to_string(server_.ports().front()) + "/realms/x/token?lost=1";
    tenant_.lrs.kc_client_id = "client";
    tenant_.lrs.kc_client_secret = "s&cret";
    tenant_.lrs.kc_username = "üser";
    tenant_.lrs.kc_password = "p w";
  }

  std::string Payload() { return Payload(tenant_); }
  std::string Payload(const pool::Tenant& tenant) {
    std::promise<std::string> promise;
    runtime::Spawn(runtime_.Worker(0), Run(payloads_, tenant, promise));
    return promise.get_future().get();
  }
  static Task<void> Run(LrsPayloads& payloads, const pool::Tenant& tenant, std::promise<std::string>& promise) {
    std::string payload = co_await payloads.For(tenant, std::string("node-secret"));
    promise.set_value(std::move(payload));
  }

  /// Of all at once.
  void Payloads(const std::vector<pool::Tenant>& tenants) {
    std::vector<std::promise<std::string>> promises(tenants.size());
    runtime::Spawn(runtime_.Worker(0), RunAll(payloads_, tenants, promises));
    for (auto& promise : promises) EXPECT_NE(promise.get_future().get(), "");
  }
  static Task<void> RunAll(LrsPayloads& payloads, const std::vector<pool::Tenant>& tenants, std::vector<std::promise<std::string>>& promises) {
    std::vector<Task<void>> tasks;
    for (std::size_t i = 0; i < tenants.size(); ++i) tasks.push_back(Run(payloads, tenants[i], promises[i]));
    co_await runtime::Gather(std::move(tasks), std::chrono::seconds(30));
  }

  /// What a node that got `payload` would find in it if this was the JSON: the payload itself.
  static std::string SealedAgain(const std::string& payload, std::string_view json) {
    std::string raw, text = payload.substr(0, payload.find('='));
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    EXPECT_TRUE(DecodeBase64Url(text, raw) && raw.size() > 16) << payload;
    const std::string derived = Pbkdf2Sha256("node-secret", raw.substr(8, 8), 10'000, 48);
    return Base64Of(raw.substr(0, 16) + EncryptAes256Cbc(derived.substr(0, 32), derived.substr(32), json));
  }

  FixedRandom random_;
  TestClock clock_;
  observe::Log log_{observe::Level::kOff, false};
  Keycloak keycloak_;
  runtime::Runtime runtime_{1};
  http::Server server_{runtime_, keycloak_, http::ServerOptions()};
  http::OutsideClient outside_{*IpNetworks::Parse("loopback")};
  LrsPayloads payloads_{runtime_, outside_, random_, clock_, log_};
  pool::Tenant tenant_;
};

TEST_F(LrsPayloadsTest, NothingWithoutAnEndpoint) {
  tenant_.lrs = {};
  EXPECT_EQ(Payload(), "");
  tenant_.lrs.endpoint = "  ";
  tenant_.lrs.username = "u";
  EXPECT_EQ(Payload(), "");
}

TEST_F(LrsPayloadsTest, NameAndPasswordAreSealedForTheNode) {
  tenant_.lrs.username = "u";
  tenant_.lrs.password = "p\"ü";
  const std::string payload = Payload();
  EXPECT_EQ(payload, SealedAgain(payload, "{\"lrs_endpoint\":\"https://lrs/e\",\"lrs_username\":\"u\",\"lrs_password\":\"p\\\"ü\"}"));
  EXPECT_NE(payload, Payload()) << "each with a salt of its own";
  EXPECT_FALSE(random_.on_a_loop) << "what seals holds no event loop up";
}

TEST_F(LrsPayloadsTest, ANameWinsOverKeycloak) {
  UseKeycloak();
  tenant_.lrs.username = "u";
  EXPECT_NE(Payload(), "");
  EXPECT_EQ(keycloak_.calls, 0);
}

TEST_F(LrsPayloadsTest, KeycloakIsAskedForAToken) {
  UseKeycloak();
  const std::string payload = Payload();
  EXPECT_EQ(payload, SealedAgain(payload, R"({"lrs_endpoint":"https://lrs/e","lrs_token":"token-1"})"));
  EXPECT_EQ(keycloak_.target, "/realms/x/token");
  EXPECT_EQ(keycloak_.form, "client_id=client&client_secret=s%26cret&username=%C3%BCser&password=p+w&grant_type=password");
}

TEST_F(LrsPayloadsTest, ATokenIsUsedUntilShortlyBeforeItExpires) {
  UseKeycloak();
  Payload();
  clock_.now_ms += 49'000;
  Payload();
  EXPECT_EQ(keycloak_.calls, 1);
  clock_.now_ms += 2'000;
  Payload();
  EXPECT_EQ(keycloak_.calls, 2);
}

TEST_F(LrsPayloadsTest, NoTokenIsUsedForMoreThanFiveMinutes) {
  UseKeycloak();
  keycloak_.answer = R"({"access_token":"t","expires_in":86400})";
  Payload();
  clock_.now_ms += 300'000;
  Payload();
  EXPECT_EQ(keycloak_.calls, 2);
}

TEST_F(LrsPayloadsTest, ATokenWithoutALifetimeIsUsedOnce) {
  UseKeycloak();
  keycloak_.answer = R"({"access_token":"t"})";
  EXPECT_NE(Payload(), "");
  EXPECT_NE(Payload(), "");
  EXPECT_EQ(keycloak_.calls, 2);
}

TEST_F(LrsPayloadsTest, CreatesAtTheSameTimeShareACall) {
  UseKeycloak();
  keycloak_.answer = R"({"access_token":"t"})";  // remembered by nobody
  pool::Tenant changed = tenant_;
  changed.lrs.kc_password = "changed";
  // Keycloak's own event loop is busy until all of them have asked.
  Payloads({tenant_, tenant_, changed, tenant_, tenant_});
  EXPECT_EQ(keycloak_.calls, 2);
  Payload();
  EXPECT_EQ(keycloak_.calls, 3);
}

TEST_F(LrsPayloadsTest, AKeycloakThatIsDownIsLeftAloneForHalfAMinute) {
  UseKeycloak();
  keycloak_.status = 503;
  EXPECT_EQ(Payload(), "");
  keycloak_.status = 200;
  clock_.now_ms += 29'000;
  EXPECT_EQ(Payload(), "");
  EXPECT_EQ(keycloak_.calls, 1);
  pool::Tenant other = tenant_;
  other.id = "22222222-2222-4222-8222-222222222222";
  EXPECT_NE(Payload(other), "") << "other tenants have a Keycloak of their own";
  pool::Tenant mended = tenant_;
  mended.lrs.kc_password = "changed";
  EXPECT_NE(Payload(mended), "") << "new credentials are tried at once";
  clock_.now_ms += 1'000;
  EXPECT_NE(Payload(), "");
  EXPECT_EQ(keycloak_.calls, 4);
}

TEST_F(LrsPayloadsTest, TokensBelongToTheirTenantAndItsCredentials) {
  UseKeycloak();
  Payload();
  pool::Tenant other = tenant_;
  other.id = "22222222-2222-4222-8222-222222222222";
  Payload(other);
  EXPECT_EQ(keycloak_.calls, 2);
  tenant_.lrs.kc_password = "changed";
  Payload();
  EXPECT_EQ(keycloak_.calls, 3);
}

TEST_F(LrsPayloadsTest, WhatIsRememberedIsBounded) {
  UseKeycloak();
  for (std::size_t i = 0; i < LrsPayloads::kMaxTokens; ++i) {
    pool::Tenant tenant = tenant_;
    tenant.id = "tenant-" + std::to_string(i);
    Payload(tenant);
  }
  const int before = keycloak_.calls;
  EXPECT_NE(Payload(), "") << "one too many still gets its token";
  EXPECT_NE(Payload(), "");
  EXPECT_EQ(keycloak_.calls, before + 2);
  clock_.now_ms += 60'000;
  Payload();
  Payload();
  EXPECT_EQ(keycloak_.calls, before + 3) << "expired ones made room";
}

TEST_F(LrsPayloadsTest, WithoutATokenTheMeetingStartsWithout) {
  UseKeycloak();
  keycloak_.status = 401;
  EXPECT_EQ(Payload(), "");
  keycloak_.status = 200;
  constexpr int kForgotten = 30'000;
  for (const char* answer : {"no JSON", "[]", "{}", R"({"access_token":7})", R"({"access_token":""})"}) {
    keycloak_.answer = answer;
    clock_.now_ms += kForgotten;
    EXPECT_EQ(Payload(), "") << answer;
  }
  EXPECT_EQ(keycloak_.calls, 6);
  tenant_.lrs.kc_token_url = "http://127.0.0.1:1/token";
  EXPECT_EQ(Payload(), "");
  tenant_.lrs.kc_token_url = "no url";
  EXPECT_EQ(Payload(), "");
}

}  // namespace
}  // namespace plenary::api
