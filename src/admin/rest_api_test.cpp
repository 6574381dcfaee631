#include "admin/rest_api.hpp"

#include <set>

#include <gtest/gtest.h>

#include "admin/fake_pool.hpp"
#include "admin/rest_query.hpp"
#include "base/digest.hpp"

namespace plenary::admin {
namespace {

class StillClock final : public Clock {
 public:
  WallTime Now() const override { return FromMs(1'000'000); }
  SteadyTime Steady() const override { return {}; }
};

pool::ApiToken TokenFor(const std::string& text, pool::TokenScope scope) {
  pool::ApiToken token;
  token.id = text;
  token.scope = scope;
  token.digest = Digest(DigestAlgorithm::kSha256, {text}).view();
  if (scope == pool::TokenScope::kTenant) token.tenant_id = "id-one";
  if (scope == pool::TokenScope::kNode) token.node_id = "n1";
  return token;
}

class RestApiTest : public testing::Test {
 protected:
  RestApiTest() {
    pool::ApiToken expired = TokenFor("expired", pool::TokenScope::kAdmin);
    expired.expires_at_ms = 1'000'000;
    pool::ApiToken lasting = TokenFor("lasting", pool::TokenScope::kAdmin);
    lasting.expires_at_ms = 1'000'001;
    tokens = std::make_shared<state::TokenTable>(std::vector<pool::ApiToken>{
        TokenFor("admin", pool::TokenScope::kAdmin), TokenFor("read-only", pool::TokenScope::kReadOnly),
        TokenFor("tenant", pool::TokenScope::kTenant), TokenFor("node", pool::TokenScope::kNode), expired, lasting});
  }

  http::Reply Send(const std::string& token, const std::string& method, const std::string& target, const std::string& body = {},
                   std::vector<std::pair<std::string, std::string>> headers = {}) {
    const std::size_t question = std::min(target.find('?'), target.size());
    const std::string query = question < target.size() ? target.substr(question + 1) : "";
    FakeRequest request{method, "/api/v1" + target.substr(0, question), query, std::move(headers)};
    if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    request.body = body;
    return caller.Call(api, std::move(request));
  }
  http::Reply Get(const std::string& target, const std::string& token = "admin") { return Send(token, "GET", target); }
  static boost::json::object Body(const http::Reply& reply) { return boost::json::parse(reply.body).as_object(); }
  static void ExpectProblem(const http::Reply& reply, int status, std::string_view detail_has = {}) {
    EXPECT_EQ(reply.status, status) << reply.body;
    EXPECT_EQ(reply.content_type(), "application/problem+json");
    const boost::json::object body = Body(reply);
    EXPECT_EQ(body.at("status"), status);
    EXPECT_EQ(body.at("type"), "about:blank");
    EXPECT_NE(TextOf(body, "detail").find(detail_has), std::string::npos) << reply.body;
  }

  Caller caller;
  FakeCommands commands;
  StillClock clock;
  observe::Log log{observe::Level::kOff, false};
  std::shared_ptr<const state::TokenTable> tokens;
  RestApi api{caller.runtime(), commands, [this] { return tokens; }, clock, log, "/tmp"};
};

struct ScopeCase {
  const char *method, *target, *body;
  int admin, read_only, tenant, node;
};

// The tenant's token is of "one", the node's of n1.
constexpr ScopeCase kScopes[] = {
    {"GET", "/servers", "", 200, 200, 403, 200},
    {"POST", "/servers", R"({"url":"https://x","secret":"s"})", 201, 403, 403, 403},
    {"GET", "/servers/n1", "", 200, 200, 403, 200},
    {"GET", "/servers/n2", "", 200, 200, 403, 404},
    {"GET", "/servers/nope", "", 404, 404, 403, 404},
    {"GET", "/servers/n1?show_secrets=true", "", 200, 403, 403, 403},
    {"PATCH", "/servers/n1", R"({"tag":"t"})", 200, 403, 403, 403},
    {"DELETE", "/servers/n1", "", 200, 403, 403, 403},
    {"PUT", "/servers/n1/state", R"({"state":"cordoned"})", 200, 403, 403, 200},
    {"PUT", "/servers/n2/state", R"({"state":"cordoned"})", 200, 403, 403, 404},
    {"POST", "/servers/n1/panic", "", 200, 403, 403, 403},
    {"GET", "/servers/n1/meetings", "", 200, 200, 403, 403},
    {"POST", "/poll", R"({"what":"all"})", 200, 403, 403, 403},
    {"GET", "/status", "", 200, 200, 403, 403},
    {"GET", "/settings", "", 200, 200, 403, 403},
    {"GET", "/version", "", 200, 200, 200, 200},
    {"GET", "/openapi.json", "", 200, 200, 200, 200},
    {"GET", "/meetings", "", 200, 200, 200, 403},
    {"GET", "/meetings?tenant=two", "", 200, 200, 404, 403},
    {"GET", "/meetings/m", "", 200, 200, 200, 403},
    {"GET", "/meetings/shared", "", 409, 409, 200, 403},
    {"GET", "/meetings/shared?tenant=two", "", 200, 200, 404, 403},
    {"GET", "/meetings/m/info", "", 200, 200, 200, 403},
    {"GET", "/meetings/m/info?show_secrets=true", "", 200, 403, 403, 403},
    {"DELETE", "/meetings/m", "", 200, 403, 200, 403},
    {"DELETE", "/meetings/shared?tenant=id-two", "", 200, 403, 404, 403},
    {"GET", "/tenants", "", 200, 200, 200, 403},
    {"POST", "/tenants", R"({"name":"new"})", 201, 403, 403, 403},
    {"GET", "/tenants/one", "", 200, 200, 200, 403},
    {"GET", "/tenants/id-one", "", 200, 200, 200, 403},
    {"GET", "/tenants/two", "", 200, 200, 404, 403},
    {"GET", "/tenants/nope", "", 404, 404, 404, 403},
    {"PATCH", "/tenants/one", R"({"enabled":false})", 200, 403, 403, 403},
    {"DELETE", "/tenants/one", "", 200, 403, 403, 403},
    {"POST", "/tenants/one/roll-secret", "", 200, 403, 200, 403},
    {"POST", "/tenants/two/roll-secret", "", 200, 403, 404, 403},
    {"POST", "/tenants/one/settings", R"({"param":"p","value":"v"})", 201, 403, 403, 403},
    {"DELETE", "/tenants/one/settings/setting-one", "", 200, 403, 403, 403},
    {"DELETE", "/tenants/one/settings/setting-two", "", 404, 403, 403, 403},
    {"GET", "/usage", "", 200, 200, 200, 403},
    {"GET", "/usage?tenant=two", "", 200, 200, 404, 403},
    {"GET", "/tokens", "", 200, 200, 403, 403},
    {"POST", "/tokens", R"({"scope":"admin"})", 201, 403, 403, 403},
    {"DELETE", "/tokens/k1", "", 200, 403, 403, 403},
    {"GET", "/callbacks", "", 200, 200, 200, 403},
    {"GET", "/callbacks?tenant=two", "", 200, 200, 404, 403},
    {"POST", "/callbacks/retry", R"({"ids":[1]})", 200, 403, 200, 403},
    {"POST", "/callbacks/retry", R"({"all":true,"tenant":"two"})", 200, 403, 404, 403},
    {"POST", "/callbacks/drop", R"({"ids":[1]})", 200, 403, 200, 403},
    {"GET", "/hooks", "", 200, 200, 200, 403},
    {"DELETE", "/hooks/hook-one", "", 200, 403, 200, 403},
    {"DELETE", "/hooks/hook-two", "", 200, 403, 404, 403},
};

TEST_F(RestApiTest, EveryRouteWithEveryScope) {
  std::set<std::string_view> called;
  for (const ScopeCase& one : kScopes) {
    const std::pair<const char*, int> expected[] = {{"admin", one.admin}, {"read-only", one.read_only}, {"tenant", one.tenant}, {"node", one.node}};
    for (const auto& [token, status] : expected) {
      const http::Reply reply = Send(token, one.method, one.target, one.body);
      EXPECT_EQ(reply.status, status) << token << " " << one.method << " " << one.target << ": " << reply.body;
      EXPECT_NE(reply.headers().find("Cache-Control: no-store"), std::string::npos);
      if (std::string_view(one.target).find("show_secrets") == std::string_view::npos && !std::string_view(one.target).ends_with("roll-secret")) {
        EXPECT_EQ(reply.body.find("secret-"), std::string::npos) << token << " " << one.target << ": " << reply.body;
      }
    }
    const std::string_view target(one.target);
    const std::string_view path = target.substr(0, target.find('?'));
    for (const Route& route : Routes()) {
      if (route.method == one.method && MatchPath(route.path, path)) called.insert(route.name);
    }
  }
  for (const Route& route : Routes()) EXPECT_TRUE(called.contains(route.name)) << route.name << " is missing in the table";
}

TEST_F(RestApiTest, WhatATenantAndANodeSeeIsTheirOwn) {
  EXPECT_EQ(Body(Get("/servers", "node"))["servers"].as_array().size(), 1u);
  EXPECT_EQ(Body(Get("/tenants", "tenant"))["tenants"].as_array().size(), 1u);
  for (const char* target : {"/meetings", "/usage", "/callbacks", "/hooks", "/tenants", "/meetings/shared", "/meetings/m/info"}) {
    EXPECT_EQ(Get(target, "tenant").body.find("id-two"), std::string::npos) << target;
  }
  const boost::json::object callbacks = Body(Get("/callbacks", "tenant"));
  EXPECT_TRUE(callbacks.at("pending").is_null() && callbacks.at("dead").is_null());
  EXPECT_TRUE(Body(Get("/meetings/m/info", "tenant")).at("decision").is_null());
  EXPECT_FALSE(Body(Get("/meetings/m/info", "read-only")).at("decision").is_null());
  Send("tenant", "POST", "/callbacks/drop", R"({"all":true})");
  EXPECT_EQ(commands.Last(), R"(callbacks.drop {"all":true,"tenant":"id-one"})");
  Send("tenant", "DELETE", "/meetings/m");
  EXPECT_EQ(commands.Last(), R"(meetings.end {"ids":["m"],"tenant":"id-one"})");
  EXPECT_EQ(Get("/tenants/two", "tenant").body.size(), Get("/tenants/xyz", "tenant").body.size()) << "existing or not: the same answer";
}

TEST_F(RestApiTest, TokensAreRequiredAndMayExpire) {
  const http::Reply none = Send("", "GET", "/servers");
  ExpectProblem(none, 401);
  EXPECT_NE(none.headers().find("WWW-Authenticate: Bearer realm=\"plenary\"\r\n"), std::string::npos);
  for (const std::string& token : {std::string("wrong"), std::string("expired"), std::string(5000, 'x')}) {
    const http::Reply refused = Get("/servers", token);
    ExpectProblem(refused, 401);
    EXPECT_NE(refused.headers().find("error=\"invalid_token\""), std::string::npos);
  }
  ExpectProblem(Send("", "GET", "/servers", "", {{"Authorization", "Basic YWRtaW4="}}), 401);
  ExpectProblem(Send("", "GET", "/servers", "", {{"Authorization", "Bearer "}}), 401);
  EXPECT_EQ(Send("", "GET", "/servers", "", {{"Authorization", "bearer admin"}}).status, 200);
  EXPECT_EQ(Get("/servers", "lasting").status, 200);
  EXPECT_EQ(Send("", "GET", "/openapi.json").status, 200);
  tokens = std::make_shared<state::TokenTable>(std::vector<pool::ApiToken>());
  ExpectProblem(Get("/servers"), 401);
}

TEST_F(RestApiTest, PathsAndMethodsThatAreNone) {
  for (const char* target : {"", "/", "/nope", "/servers/", "/servers/n1/nope", "//servers", "/Servers"}) ExpectProblem(Get(target), 404);
  const http::Reply reply = Send("admin", "PUT", "/servers/n1");
  ExpectProblem(reply, 405);
  EXPECT_NE(reply.headers().find("Allow: GET, HEAD, PATCH, DELETE\r\n"), std::string::npos) << reply.headers();
  ExpectProblem(Send("admin", "OPTIONS", "/servers"), 405);
  EXPECT_EQ(Send("admin", "HEAD", "/servers").status, 200);
}

TEST_F(RestApiTest, Bodies) {
  ExpectProblem(Send("admin", "POST", "/servers", "{"), 400, "JSON");
  ExpectProblem(Send("admin", "POST", "/servers", "[]"), 400, "object");
  ExpectProblem(Send("admin", "POST", "/servers", std::string(kMaxJsonBytes + 1, ' ')), 413);
  ExpectProblem(caller.Call(api, {"POST", "/api/v1/servers", "", {{"Authorization", "Bearer admin"}, {"Content-Type", "text/plain"}}, "{}"}), 415);
  ExpectProblem(caller.Call(api, {"POST", "/api/v1/servers", "", {{"Authorization", "Bearer admin"}}, "{}", true}), 415);
  ExpectProblem(Send("admin", "DELETE", "/servers/n1", "{}"), 400, "no body");
  const http::Reply wrong = Send("admin", "POST", "/servers", R"({"url":"u","colour":"red"})");
  ExpectProblem(wrong, 400);
  EXPECT_EQ(boost::json::serialize(Body(wrong).at("errors")), R"([{"field":"colour","text":"is unknown"},{"field":"secret","text":"is missing"}])");
  EXPECT_TRUE(commands.Calls().empty());
}

TEST_F(RestApiTest, ErrorsOfCommands) {
  const std::pair<ErrorCode, int> expected[] = {{ErrorCode::kInvalidArgument, 422}, {ErrorCode::kAlreadyExists, 409}, {ErrorCode::kConflict, 409},
                                                {ErrorCode::kNotFound, 404}, {ErrorCode::kLimit, 429}, {ErrorCode::kIo, 503},
                                                {ErrorCode::kUnreachable, 503}};
  for (const auto& [code, status] : expected) {
    commands.answers["servers.add"] = [code = code](const auto&) { return Fail(code, "because"); };
    ExpectProblem(Send("admin", "POST", "/servers", R"({"url":"u","secret":"s"})"), status, "because");
  }
}

TEST_F(RestApiTest, CreatedThings) {
  const http::Reply server = Send("admin", "POST", "/servers", R"({"url":"u","secret":"s","enable":true})");
  EXPECT_NE(server.headers().find("Location: /api/v1/servers/new\r\n"), std::string::npos);
  EXPECT_NE(server.headers().find("ETag: \"7\"\r\n"), std::string::npos);
  EXPECT_EQ(commands.Last(), R"(servers.add {"url":"u","secret":"s","enable":true})");
  EXPECT_TRUE(Body(server).at("secret").is_null());
  EXPECT_EQ(Body(Send("admin", "POST", "/servers?show_secrets=true", R"({"url":"u","secret":"s"})")).at("secret"), "secret-of-server");
  EXPECT_EQ(Body(Send("admin", "POST", "/tokens", R"({"scope":"node","server":"n1"})")).at("secret"), "the-token");
  const boost::json::object rolled = Body(Send("tenant", "POST", "/tenants/one/roll-secret", R"({"keep_s":60})"));
  EXPECT_EQ(rolled.at("secret"), "secret-new");
  EXPECT_TRUE(rolled.at("tenant").at("secrets").is_null());
}

TEST_F(RestApiTest, RevisionsGuardChanges) {
  for (const std::string target : {"/servers/n1", "/tenants/one"}) {
    const std::string body = target == "/servers/n1" ? R"({"tag":"t"})" : R"({"enabled":false})";
    ExpectProblem(Send("admin", "PATCH", target, body, {{"If-Match", "\"6\""}}), 412);
    ExpectProblem(Send("admin", "PATCH", target, body, {{"If-Match", "W/\"7\""}}), 412);
    ExpectProblem(Send("admin", "DELETE", target, "", {{"If-Match", "7"}}), 412);
    EXPECT_TRUE(commands.Last().find(".show ") != std::string::npos) << "nothing was changed";
    for (const char* matching : {"\"7\"", "\"6\", \"7\"", "*"}) {
      EXPECT_EQ(Send("admin", "PATCH", target, body, {{"If-Match", matching}}).status, 200);
      EXPECT_NE(commands.Last().find(R"("if_revision":7)"), std::string::npos) << commands.Last();
      EXPECT_EQ(Send("admin", "DELETE", target, "", {{"If-Match", matching}}).status, 200);
    }
    EXPECT_EQ(Send("admin", "PATCH", target, body).status, 200);
    EXPECT_EQ(commands.Last().find("if_revision"), std::string::npos);
  }
}

TEST_F(RestApiTest, RevisionsAreCheckedByTheCommandThatChanges) {
  const std::tuple<const char*, const char*, const char*, const char*> changes[] = {
      {"PATCH", "/servers/n1", R"({"tag":"t"})", "servers.update"},
      {"DELETE", "/servers/n1", "", "servers.remove"},
      {"PUT", "/servers/n1/state", R"({"state":"cordoned"})", "servers.set_state"},
      {"POST", "/servers/n1/panic", "", "servers.panic"},
      {"PATCH", "/tenants/one", R"({"enabled":false})", "tenants.update"},
      {"DELETE", "/tenants/one", "", "tenants.remove"},
      {"POST", "/tenants/one/roll-secret", "", "tenants.roll_secret"},
      {"POST", "/tenants/one/settings", R"({"param":"p","value":"v"})", "tenants.settings_add"},
      {"DELETE", "/tenants/one/settings/setting-one", "", "tenants.settings_remove"},
  };
  for (const auto& [method, target, body, command] : changes) {
    EXPECT_LT(Send("admin", method, target, body, {{"If-Match", "\"7\""}}).status, 300) << method << " " << target;
    EXPECT_TRUE(commands.Last().starts_with(std::string(command) + " ")) << commands.Last();
    EXPECT_NE(commands.Last().find(R"("if_revision":7)"), std::string::npos) << commands.Last();
    EXPECT_LT(Send("admin", method, target, body).status, 300);
    EXPECT_EQ(commands.Last().find("if_revision"), std::string::npos) << commands.Last();

    // Somebody is faster: the first look still shows the old revision.
    int shown = 0;
    commands.answers["servers.show"] = [&](const auto&) {
      boost::json::object row = ServerOnPaper("n1");
      row["revision"] = shown++ == 0 ? 7 : 8;
      return boost::json::object{{"server", row}};
    };
    commands.answers["tenants.show"] = [&](const auto&) {  // asked for the ID first
      boost::json::object row = TenantOnPaper("one");
      row["revision"] = shown++ < 2 ? 7 : 8;
      return boost::json::object{{"tenant", row}};
    };
    commands.answers[command] = [](const auto&) { return Fail(ErrorCode::kConflict, "changed"); };
    ExpectProblem(Send("admin", method, target, body, {{"If-Match", "\"7\""}}), 412);
    commands.answers.clear();
    commands.answers[command] = [](const auto&) { return Fail(ErrorCode::kConflict, "there are meetings"); };
    ExpectProblem(Send("admin", method, target, body, {{"If-Match", "\"7\""}}), 409, "meetings");
    commands.answers.clear();
  }
}

TEST_F(RestApiTest, WhatIsNotAboutTheRevisionStays409) {
  commands.answers["tenants.update"] = [](const auto&) { return Fail(ErrorCode::kAlreadyExists, "the name is taken"); };
  ExpectProblem(Send("admin", "PATCH", "/tenants/one", R"({"name":"two"})", {{"If-Match", "\"7\""}}), 409, "taken");
}

TEST_F(RestApiTest, NotModified) {
  const http::Reply same = Send("admin", "GET", "/servers/n1", "", {{"If-None-Match", "W/\"7\""}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_NE(same.headers().find("ETag: \"7\""), std::string::npos);
  EXPECT_EQ(Send("admin", "GET", "/tenants/one", "", {{"If-None-Match", "\"6\""}}).status, 200);
}

TEST_F(RestApiTest, ListsComeInPages) {
  const http::Reply first = Get("/servers?limit=1");
  boost::json::object page = Body(first);
  EXPECT_EQ(page.at("servers").as_array().size(), 1u);
  const std::string cursor = TextOf(page, "next");
  EXPECT_NE(first.headers().find("Link: </api/v1/servers?limit=1&cursor=" + cursor + ">; rel=\"next\""), std::string::npos) << first.headers();
  const http::Reply second = Get("/servers?limit=1&cursor=" + cursor);
  page = Body(second);
  EXPECT_EQ(page.at("servers").at(0).at("id"), "n2");
  EXPECT_TRUE(page.at("next").is_null());
  EXPECT_EQ(second.headers().find("Link"), std::string::npos);
}

TEST_F(RestApiTest, TenantsOfOneNameAreOnPagesOfTheirOwn) {
  commands.answers["tenants.list"] = [](const auto&) {
    boost::json::object namesake = TenantOnPaper("one");
    namesake["id"] = "id-another-one";
    return boost::json::object{{"tenants", {TenantOnPaper("one"), namesake}}, {"multitenancy", true}};
  };
  const boost::json::object first = Body(Get("/tenants?limit=1"));
  EXPECT_EQ(first.at("tenants").at(0).at("id"), "id-another-one");
  const boost::json::object second = Body(Get("/tenants?limit=1&cursor=" + TextOf(first, "next")));
  ASSERT_EQ(second.at("tenants").as_array().size(), 1u);
  EXPECT_EQ(second.at("tenants").at(0).at("id"), "id-one");
}

TEST_F(RestApiTest, CallbacksArePagedByTheirCommand) {
  const boost::json::object page = Body(Get("/callbacks?limit=3&state=pending"));
  EXPECT_EQ(commands.Last(), R"(callbacks.list {"state":"pending","after":0,"limit":3})");
  EXPECT_EQ(page.at("callbacks").as_array().size(), 3u);
  const boost::json::object rest = Body(Get("/callbacks?limit=3&cursor=" + TextOf(page, "next")));
  EXPECT_EQ(rest.at("callbacks").at(0).at("id"), 4);
  EXPECT_TRUE(rest.at("next").is_null());
  ExpectProblem(Get("/callbacks?cursor=YWJj"), 400);
}

TEST_F(RestApiTest, SettingsWithWarnings) {
  const boost::json::object body = Body(Get("/settings?limit=1"));
  EXPECT_EQ(boost::json::serialize(body.at("settings")),
            R"x([{"name":"LOADBALANCER_SECRET","value":"(set)","source":"environment","has_effect":true}])x");
  EXPECT_EQ(body.at("warnings").at(0), "Beware.");
  const boost::json::object rest = Body(Get("/settings?cursor=" + TextOf(body, "next")));
  EXPECT_EQ(rest.at("settings").at(0).at("name"), "PORT");
  EXPECT_TRUE(rest.at("next").is_null());
}

TEST_F(RestApiTest, UsageAsCsv) {
  const http::Reply csv = Send("tenant", "GET", "/usage?month=2026-11", "", {{"Accept", "text/csv"}});
  EXPECT_EQ(csv.content_type(), "text/csv; charset=utf-8");
  EXPECT_EQ(csv.body, "month,tenant,tenant_id,meetings,peak_participants,participant_minutes\r\n2026-11,one,id-one,2,3,4.5\r\n");
  EXPECT_EQ(commands.Last(), R"(tenants.usage {"tenant":"id-one","month":"2026-11"})");
}

TEST_F(RestApiTest, TheDocumentHasEveryRoute) {
  const boost::json::object document = Body(Get("/openapi.json"));
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  std::size_t operations = 0;
  std::set<std::string> ids;
  for (const auto& [path, item] : document.at("paths").as_object()) {
    for (const auto& [method, operation] : item.as_object()) {
      ++operations;
      EXPECT_TRUE(ids.insert(TextOf(operation.as_object(), "operationId")).second) << path;
    }
  }
  EXPECT_EQ(operations, Routes().size());
  EXPECT_EQ(document.at("paths").at("/openapi.json").at("get").at("security").as_array().size(), 0u);
  EXPECT_EQ(boost::json::serialize(document.at("paths").at("/servers/{id}/state").at("put").at("x-scopes")), R"(["admin","node"])");
}

}  // namespace
}  // namespace plenary::admin
