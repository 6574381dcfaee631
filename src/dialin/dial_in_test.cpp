#include "dialin/dial_in.hpp"

#include <future>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/hmac.hpp"
#include "runtime/runtime.hpp"
#include "state/test_support.hpp"

namespace plenary::dialin {
namespace {

constexpr std::string_view kFirst = "11111111-1111-4111-8111-111111111111";
constexpr std::string_view kSecond = "22222222-2222-4222-8222-222222222222";
constexpr std::string_view kPassword = "pool-secret";

class TextBody final : public http::BodySource {
 public:
  explicit TextBody(std::string text) : text_(std::move(text)) {}
  Task<Status> ReadAll(http::SpooledBody& into, std::uint64_t max_bytes) override {
    if (text_.size() > max_bytes) co_return Fail(ErrorCode::kTooLarge);
    co_return into.Append(text_);
  }

 private:
  std::string text_;
};

using Form = std::vector<std::pair<std::string, std::string>>;

std::string Encoded(const Form& form) {
  std::string out;
  for (const auto& [name, value] : form) {
    if (!out.empty()) out += '&';
    AppendFormEncoded(out, name);
    out += '=';
    AppendFormEncoded(out, value);
  }
  return out;
}

std::string Credentials(std::string_view user, std::string_view password) {
  return "Basic " + Base64Of(std::string(user) + ":" + std::string(password));
}

struct Call {
  std::string body;
  std::string path = "/fsapi";
  std::string host = "lb.test";
  std::string method = "POST";
  std::optional<std::string> authorization = Credentials("fsapi", kPassword);
  std::string content_type = "application/x-www-form-urlencoded";
};

class DialInTest : public testing::Test {
 protected:
  DialInTest() {
    options_.password = kPassword;
    runtime_.Start();
  }
  ~DialInTest() override { runtime_.Stop(); }

  void AddTenant(std::string_view id, const std::string& name, bool enabled = true) {
    pool::Tenant tenant;
    tenant.id = id;
    tenant.name = name;
    tenant.secrets = {name + "-secret", name + "-second"};
    const std::int64_t now_ms = ToMs(pool_.clock.Now());
    tenant.retired_secrets = {{name + "-retired", now_ms + 1'000}, {name + "-outdated", now_ms - 1}};
    tenant.enabled = enabled;
    auto [added, done] = state::testing::MakeSlot<state::TenantPtr>();
    pool_.state->AddTenant(std::move(tenant), done);
    pool_.journal->Run();
    ASSERT_TRUE(added->has_value() && (*added)->has_value());
  }

  /// The meeting's dial-in number.
  std::string Create(const std::string& meeting_id, std::string_view tenant_id = {}) {
    auto claim = pool_.StartClaim({.meeting_id = meeting_id, .tenant_id = std::string(tenant_id)});
    pool_.journal->Run();
    EXPECT_TRUE(claim->has_value() && (*claim)->has_value());
    return (**claim)->meeting->voice_bridge;
  }

  http::Reply& Ask(const Call& call) {
    DialIn dial_in(options_, *pool_.state, locator_);
    TextBody body(call.body);
    std::vector<http::HeaderField> headers{{"Host", call.host}, {"Content-Type", call.content_type}};
    if (call.authorization) headers.push_back({"Authorization", *call.authorization});
    http::Request request;
    request.method = call.method;
    request.path = call.path;
    request.headers = headers;
    request.has_body = !call.body.empty();
    request.content_length = call.body.size();
    request.body = &body;
    reply_.Reset();
    if (!dial_in.HandleNow(request, reply_)) {
      std::promise<void> done;
      runtime::Spawn(runtime_.Worker(0), Run(dial_in, request, reply_, done));
      done.get_future().wait();
    }
    return reply_;
  }
  http::Reply& Dial(const std::string& pin, Call call = {}) {
    call.body = Encoded({{"section", "dialplan"}, {"Caller-Destination-Number", "5551234"}, {"variable_pin", pin}});
    return Ask(call);
  }
  bool Bridged(std::string_view meeting_id) const {
    return reply_.body.find("data=\"meeting_id=" + std::string(meeting_id) + "\"") != std::string::npos;
  }
  bool Reprompted() const { return reply_.body.find("reprompt_for_pin") != std::string::npos; }

  static Task<void> Run(DialIn& dial_in, const http::Request& request, http::Reply& reply, std::promise<void>& done) {
    co_await dial_in.Handle(request, reply);
    done.set_value();
  }

  static state::StateOptions WithTenants() {
    state::StateOptions options;
    options.multitenancy = true;
    return options;
  }

  DialInOptions options_;
  state::testing::Pool pool_{WithTenants()};
  state::TenantLocator locator_{*pool_.state, true, ""};
  runtime::Runtime runtime_{1};
  http::Reply reply_;
};

TEST_F(DialInTest, ACallerWithThePinIsBridgedToTheNode) {
  pool_.AddNode("n1");
  const std::string pin = Create("room");
  EXPECT_EQ(Dial(pin).status, 200);
  EXPECT_EQ(reply_.content_type(), "application/xml; charset=utf-8");
  EXPECT_TRUE(Bridged("room")) << reply_.body;
  EXPECT_NE(reply_.body.find("data=\"sofia/external/" + pin + "@n1.test\""), std::string::npos) << reply_.body;
  EXPECT_NE(reply_.body.find("effective_caller_id_name=Unavailable"), std::string::npos);
}

TEST_F(DialInTest, ABreakoutRoomIsReachedThroughItsParent) {
  pool_.AddNode("n1");
  const std::string pin = Create("room");
  Dial(pin + "3");
  EXPECT_TRUE(Bridged("room"));
  EXPECT_NE(reply_.body.find("sofia/external/" + pin + "3@n1.test"), std::string::npos) << reply_.body;
  Dial(pin + "34");
  EXPECT_TRUE(Reprompted());
}

TEST_F(DialInTest, WhatIsAskedDecidesTheDocument) {
  Ask({.body = Encoded({{"section", "directory"}, {"Caller-Destination-Number", "1"}})});
  EXPECT_NE(reply_.body.find("<result status=\"not found\"/>"), std::string::npos);
  Ask({.body = Encoded({{"section", "dialplan"}, {"Caller-Destination-Number", " "}})});
  EXPECT_NE(reply_.body.find("<result status=\"not found\"/>"), std::string::npos);
  Ask({.body = ""});
  EXPECT_NE(reply_.body.find("<result status=\"not found\"/>"), std::string::npos);
  Ask({.body = Encoded({{"section", "dialplan"}, {"Caller-Destination-Number", "1"}, {"variable_pin", ""}})});
  EXPECT_NE(reply_.body.find("match_did_and_prompt_for_pin"), std::string::npos);
  Dial("12345");
  EXPECT_TRUE(Reprompted());
  Dial("1");
  EXPECT_TRUE(Reprompted());
}

TEST_F(DialInTest, TheCallerIsShownAsHeWishes) {
  pool_.AddNode("n1");
  const Form form{{"section", "dialplan"}, {"Caller-Destination-Number", "1000"}, {"variable_pin", Create("room")}};
  const auto shown = [&](const Form& more) {
    Form all = form;
    all.insert(all.end(), more.begin(), more.end());
    const std::string& document = Ask({.body = Encoded(all)}).body;
    constexpr std::string_view kMark = "effective_caller_id_name=";
    const std::size_t at = document.find(kMark) + kMark.size();
    return document.substr(at, document.find('"', at) - at);
  };
  EXPECT_EQ(shown({{"Caller-Caller-ID-Name", "493012345678"}}), "49301234XXXX");
  EXPECT_EQ(shown({{"Caller-Caller-ID-Name", "493012345678"}, {"Caller-Privacy-Hide-Number", "true"}}), "Unavailable");
  EXPECT_EQ(shown({{"Caller-Caller-ID-Name", "Bob"}, {"Caller-Privacy-Hide-Name", "false"}}), "Bob");
  EXPECT_EQ(shown({{"Caller-Caller-ID-Name", "Bob"}, {"Caller-Privacy-Hide-Name", "true"}}), "Unavailable");
}

TEST_F(DialInTest, WithoutThePasswordNothingIsTold) {
  const std::vector<std::optional<std::string>> wrong{std::nullopt, "", "Basic", "Basic ", "Basic !!!", Credentials("fsapi", "wrong"),
                                                      Credentials("other", kPassword), Credentials("fsapi", ""),
                                                      "Bearer " + Base64Of("fsapi:pool-secret")};
  for (const auto& authorization : wrong) {
    Ask({.body = "section=dialplan", .authorization = authorization});
    EXPECT_EQ(reply_.status, 401) << authorization.value_or("none");
    EXPECT_EQ(reply_.body, "HTTP Basic: Access denied.\n");
    EXPECT_EQ(reply_.content_type(), "text/html; charset=utf-8");
    EXPECT_NE(reply_.headers().find("WWW-Authenticate: Basic realm=\"Plenary\"\r\n"), std::string::npos);
  }
  Ask({.body = "", .authorization = "basic " + Base64Of("fsapi:pool-secret")});
  EXPECT_EQ(reply_.status, 200) << "schemes have no case";
}

TEST_F(DialInTest, TheRealmIsTheHost) {
  options_.realm = "sl.example.com";
  Ask({.authorization = std::nullopt});
  EXPECT_NE(reply_.headers().find("WWW-Authenticate: Basic realm=\"sl.example.com\"\r\n"), std::string::npos);
}

TEST_F(DialInTest, AnEmptyPasswordLetsEverybodyAsk) {
  options_.password = "";
  EXPECT_EQ(Ask({.authorization = std::nullopt}).status, 200);
}

TEST_F(DialInTest, OnlyPostIsServed) {
  Ask({.method = "GET"});
  EXPECT_EQ(reply_.status, 200);
  EXPECT_NE(reply_.body.find("<messageKey>unsupportedRequest</messageKey>"), std::string::npos);
}

TEST_F(DialInTest, BodiesThatAreNoForm) {
  EXPECT_EQ(Ask({.body = "section=%zz"}).status, 400);
  EXPECT_EQ(Ask({.body = "section=" + std::string(64 * 1024, 'x')}).status, 413);
  EXPECT_TRUE(reply_.close);
  EXPECT_EQ(Ask({.body = "{}", .content_type = "application/json"}).status, 200);
  EXPECT_NE(reply_.body.find("<result status=\"not found\"/>"), std::string::npos);
}

TEST_F(DialInTest, ATenantsHostAndPathFindItsMeetingsOnly) {
  pool_.AddNode("n1");
  AddTenant(kFirst, "first");
  AddTenant(kSecond, "second");
  const std::string first = Create("room", kFirst);
  const std::string second = Create("room", kSecond);
  const std::string nobodys = Create("open");

  Dial(first, {.host = "first.lb.test"});
  EXPECT_TRUE(Bridged("room"));
  Dial(first, {.path = "/t/first/fsapi"});
  EXPECT_TRUE(Bridged("room"));
  for (const std::string& pin : {second, second + "1", nobodys}) {
    Dial(pin, {.host = "first.lb.test"});
    EXPECT_TRUE(Reprompted()) << reply_.body;
    Dial(pin, {.path = "/t/first/fsapi"});
    EXPECT_TRUE(Reprompted()) << reply_.body;
  }
  // The pool's own address serves one FreeSWITCH for all of them; the meeting has its client's ID there.
  for (const std::string& pin : {first, second}) {
    Dial(pin);
    EXPECT_TRUE(Bridged("room")) << reply_.body;
  }
  Dial(nobodys);
  EXPECT_TRUE(Bridged("open"));
}

TEST_F(DialInTest, ATenantsSecretOpensItsOwnDoor) {
  AddTenant(kFirst, "first");
  AddTenant(kSecond, "second");
  AddTenant("33333333-3333-4333-8333-333333333333", "gone", false);
  const std::string first = Credentials("fsapi", "first-secret");
  EXPECT_EQ(Ask({.host = "first.lb.test", .authorization = first}).status, 200);
  EXPECT_EQ(Ask({.path = "/t/first/fsapi", .authorization = first}).status, 200);
  EXPECT_EQ(Ask({.host = "first.lb.test:8080"}).status, 200) << "the pool's password works everywhere";
  EXPECT_EQ(Ask({.host = "second.lb.test", .authorization = first}).status, 401);
  EXPECT_EQ(Ask({.path = "/t/second/fsapi", .authorization = first}).status, 401);
  EXPECT_EQ(Ask({.authorization = first}).status, 401);
  for (const auto& [secret, status] : {std::pair("second", 200), std::pair("retired", 200), std::pair("outdated", 401)}) {
    EXPECT_EQ(Ask({.host = "first.lb.test", .authorization = Credentials("fsapi", "first-" + std::string(secret))}).status, status) << secret;
  }
  EXPECT_EQ(Ask({.host = "gone.lb.test", .authorization = Credentials("fsapi", "gone-secret")}).status, 401);
  EXPECT_EQ(Ask({.path = "/t/gone/fsapi"}).status, 401);
  EXPECT_EQ(Ask({.path = "/t/nobody/fsapi"}).status, 401);
  EXPECT_EQ(Ask({.path = "//t//first/fsapi/", .authorization = first}).status, 200) << "paths are read as everywhere";
}

}  // namespace
}  // namespace plenary::dialin
