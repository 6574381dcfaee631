#include "admin/scalelite_api.hpp"

#include <gtest/gtest.h>

#include "admin/fake_pool.hpp"
#include "base/digest.hpp"

namespace plenary::admin {
namespace {

constexpr std::string_view kServerText =
    R"({"id":"n1","url":"https://n1.example.org/bigbluebutton/api/","secret":"secret-of-server","tag":"","bbb_version":"3.0.4","state":"enabled",)"
    R"("load":15.0,"load_multiplier":"2.5","online":"online"})";

class ScaleliteApiTest : public testing::Test {
 protected:
  static std::string Signed(std::string_view call, std::string_view query = {}) {
    const HexDigest digest = Digest(DigestAlgorithm::kSha256, {call, query, "pool-secret"});
    return std::string(query) + (query.empty() ? "" : "&") + "checksum=" + std::string(digest.view());
  }
  http::Reply Get(const std::string& call, std::string_view query = {}) {
    return caller.Call(api, {"GET", "/scalelite/api/" + call, Signed(call, query)});
  }
  http::Reply Post(const std::string& call, std::string body, std::string_view query = {}, std::string type = "application/json") {
    return caller.Call(api, {"POST", "/scalelite/api/" + call, Signed(call, query), {{"Content-Type", std::move(type)}}, std::move(body)});
  }
  void Expect(const http::Reply& reply, int status, std::string_view body) {
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.content_type(), "application/json; charset=utf-8");
    EXPECT_EQ(reply.body, body);
  }
  void ExpectFailed(const http::Reply& reply, std::string_view key) {
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.content_type(), "application/xml; charset=utf-8");
    EXPECT_NE(reply.body.find("<messageKey>" + std::string(key) + "</messageKey>"), std::string::npos) << reply.body;
  }
  void ExpectEmpty(const http::Reply& reply, int status) {
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.content_type(), "text/html; charset=UTF-8");
    EXPECT_EQ(reply.body, "");
  }

  Caller caller;
  FakeCommands commands;
  observe::Log log{observe::Level::kOff, false};
  ScaleliteApi api{caller.runtime(), commands, log, {{{"pool-secret"}, {DigestAlgorithm::kSha256}}, true, "/tmp"}};
};

TEST_F(ScaleliteApiTest, ServersHaveScalelitesKeysAndNumbers) {
  Expect(Get("getServerInfo", "id=n1"), 200, kServerText);
  const http::Reply all = Get("getServers");
  EXPECT_EQ(all.body.substr(0, kServerText.size() + 1), "[" + std::string(kServerText));
  Expect(caller.Call(api, {"HEAD", "//scalelite/api/getServerInfo/", Signed("getServerInfo", "id=n1")}), 200, kServerText);
}

TEST_F(ScaleliteApiTest, AServerWithoutLoadIsUnavailable) {
  commands.answers["servers.show"] = [](const auto&) {
    boost::json::object row = ServerOnPaper("n1");
    row["load"] = nullptr;
    row["load_multiplier"] = 1.0;
    row["online"] = false;
    return boost::json::object{{"server", row}};
  };
  const std::string body = Get("getServerInfo", "id=n1").body;
  EXPECT_NE(body.find(R"("load":"unavailable","load_multiplier":"1.0","online":"offline")"), std::string::npos) << body;
}

TEST_F(ScaleliteApiTest, NoServers) {
  commands.answers["servers.list"] = [](const auto&) { return boost::json::object{{"servers", boost::json::array()}}; };
  Expect(Get("getServers"), 404, R"({"error":"No servers are configured"})");
  Expect(Get("getServerInfo", "id=nope"), 404, R"({"error":"Couldn't find server with id=nope"})");
  Expect(Get("getServerInfo"), 404, R"({"error":"Couldn't find server with id="})");
}

TEST_F(ScaleliteApiTest, AddServer) {
  EXPECT_EQ(Post("addServer", R"({"server":{"url":"u","secret":"s","load_multiplier":"2.5","tag":"t"}})").status, 201);
  EXPECT_EQ(commands.Last(), R"(servers.add {"url":"u","secret":"s","any_url":true,"load_multiplier":2.5E0,"tag":"t"})");
  EXPECT_EQ(Post("addServer", R"({"url":"u","secret":"s","load_multiplier":"abc"})").status, 201);
  EXPECT_EQ(commands.Last(), R"(servers.add {"url":"u","secret":"s","any_url":true})");
  Expect(Post("addServer", R"({"server":{"url":"u","secret":" "}})"), 400, R"({"error":"Server needs a URL and a secret"})");
  for (const char* body : {"{}", R"({"server":{}})", ""}) ExpectFailed(Post("addServer", body), "internalError");
  EXPECT_NE(Post("addServer", "{}").body.find("param is missing or the value is empty: server"), std::string::npos);
  commands.answers["servers.add"] = [](const auto&) { return Fail(ErrorCode::kInvalidArgument, "That is no URL."); };
  Expect(Post("addServer", R"({"url":"u","secret":"s"})"), 400, R"({"error":"That is no URL."})");
  commands.answers["servers.add"] = [](const auto&) { return Fail(ErrorCode::kAlreadyExists, "taken"); };
  ExpectEmpty(Post("addServer", R"({"url":"u","secret":"s"})"), 500);
}

TEST_F(ScaleliteApiTest, UpdateServer) {
  Expect(Post("updateServer", R"({"id":"n1","server":{"state":"cordon","load_multiplier":3,"secret":"new","tag":""}})"), 200, kServerText);
  const auto calls = commands.Calls();
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_EQ(boost::json::serialize(calls[1].arguments), R"({"load_multiplier":3E0,"secret":"new","tag":"","id":"n1"})");
  EXPECT_EQ(commands.Last(), R"(servers.set_state {"id":"n1","state":"cordoned"})");
  Expect(Post("updateServer", R"({"id":"n1"})"), 200, kServerText);
  EXPECT_EQ(commands.Calls().size(), 4u) << "nothing to change: only looked up";
  Expect(Post("updateServer", R"({"id":"n1","server":{"state":"enabled","secret":"x"}})"), 400, R"({"error":"Invalid state parameter: enabled"})");
  Expect(Post("updateServer", R"({"id":"n1","server":{"state":"enable","load_multiplier":0}})"), 400,
         R"({"error":"Load-multiplier must be a non-zero number"})");
  EXPECT_EQ(commands.Last(), R"(servers.show {"id":"n1"})") << "neither was carried out";
  Expect(Post("updateServer", "{}", "id=n1"), 400, R"({"error":"param is missing or the value is empty: server"})");
  Expect(Post("updateServer", R"({"server":{"state":"enable"}})"), 404, R"({"error":"Couldn't find server with id="})");
}

TEST_F(ScaleliteApiTest, DeleteAndPanic) {
  Expect(Post("deleteServer", R"({"id":"n1"})"), 200, R"({"success":"Server id=n1 was destroyed"})");
  EXPECT_EQ(commands.Last(), R"(servers.remove {"id":"n1","force":true})");
  Expect(Post("deleteServer", "", "id=n2"), 200, R"({"success":"Server id=n2 was destroyed"})");
  Expect(Post("deleteServer", "{}"), 404, R"({"error":"Couldn't find server with id="})");
  Expect(Post("panicServer", R"({"id":"n1","keep_state":true})"), 200,
         R"({"success":"Server id=n1 has been disabled and the meetings have been destroyed"})");
  EXPECT_EQ(commands.Last(), R"(servers.panic {"id":"n1","keep_state":true})");
  Post("panicServer", R"({"id":"n1","keep_state":"false"})");
  EXPECT_EQ(commands.Last(), R"(servers.panic {"id":"n1","keep_state":false})");
  commands.answers["servers.panic"] = [](const auto&) { return Fail(ErrorCode::kIo, "disk full"); };
  Expect(Post("panicServer", R"({"id":"n1"})"), 400, R"({"error":"Couldn't disable server id=n1"})");
}

TEST_F(ScaleliteApiTest, Tenants) {
  Expect(Get("getTenants"), 200,
         R"([{"id":"id-one","name":"one","secrets":"secret-1:secret-2"},{"id":"id-two","name":"two","secrets":"secret-1:secret-2"}])");
  constexpr std::string_view kTenantText =
      R"({"new_record":false,"destroyed":false,"name":"one","secrets":"secret-1:secret-2","lrs_endpoint":"https://lrs","lrs_username":"u",)"
      R"("lrs_password":"secret-of-lrs","id":"id-one"})";
  Expect(Get("getTenantInfo", "id=id-one"), 200, kTenantText);
  Expect(Get("getTenantInfo", "id=one"), 404, R"({"error":"Couldn't find Tenant with id=one"})");
  Expect(Post("addTenant", R"({"tenant":{"name":"new","secrets":"a::b"}})"), 201,
         R"({"tenant":{"name":"new","secrets":"secret-1:secret-2","new_record":false,"destroyed":false,"id":"id-new"}})");
  EXPECT_EQ(commands.Last(), R"(tenants.add {"name":"new","secrets":["a","b"],"shared_name":true})");
  Expect(Post("addTenant", R"({"name":"new","secrets":":"})"), 400, R"({"message":"Error: both name and secrets are required to create a Tenant"})");
  ExpectFailed(Post("addTenant", "{}"), "internalError");
  Expect(Post("updateTenant", R"({"id":"id-one","tenant":{"name":"","secrets":"x"}})"), 200, "{\"tenant\":" + std::string(kTenantText) + "}");
  EXPECT_EQ(commands.Last(), R"(tenants.update {"secrets":["x"],"tenant":"id-one"})");
  commands.answers["tenants.update"] = [](const auto&) { return Fail(ErrorCode::kAlreadyExists, "The name is taken."); };
  Expect(Post("updateTenant", R"({"id":"id-one","tenant":{"name":"two"}})"), 422, R"({"error":"The name is taken."})");
  Expect(Post("updateTenant", R"({"id":"nope","tenant":{"name":"two"}})"), 404, R"({"error":"Couldn't find Tenant with id=nope"})");
  Expect(Post("deleteTenant", "", "id=id-two"), 200, R"({"success":"Tenant id=id-two was destroyed"})");
  EXPECT_EQ(commands.Last(), R"(tenants.remove {"tenant":"id-two","force":true})");
  commands.answers["tenants.list"] = [](const auto&) { return boost::json::object{{"tenants", boost::json::array()}}; };
  Expect(Get("getTenants"), 200, R"({"message":"No tenants exist"})");
}

TEST_F(ScaleliteApiTest, WithoutTenancyTenantsAreRefusedAfterTheChecksum) {
  ScaleliteApi without(caller.runtime(), commands, log, {{{"pool-secret"}, {DigestAlgorithm::kSha256}}, false, "/tmp"});
  Expect(caller.Call(without, {"GET", "/scalelite/api/getTenants", Signed("getTenants")}), 412, R"({"message":"Multitenancy is disabled"})");
  ExpectFailed(caller.Call(without, {"GET", "/scalelite/api/getTenants", "checksum=00"}), "checksumError");
  EXPECT_TRUE(commands.Calls().empty());
}

TEST_F(ScaleliteApiTest, TheOrderOfChecks) {
  const auto send = [&](FakeRequest request) { return caller.Call(api, std::move(request)); };
  const std::string add = "/scalelite/api/addServer";
  ExpectEmpty(send({"POST", add, "a=%", {{"Content-Type", "text/plain"}}, "{"}), 400);
  ExpectFailed(send({"POST", "/scalelite/api/getServers", Signed("getServers")}), "unsupportedRequest");
  for (const char* path : {"/scalelite/api", "/scalelite/apix/getServers", "/scalelite/api/nope", "/scalelite/api/getServers/x"}) {
    ExpectFailed(send({"GET", path, Signed("getServers")}), "unsupportedRequest");
  }
  ExpectFailed(send({"POST", add, "checksum=00", {{"Content-Type", "text/xml"}}, "{"}), "unsupportedContentType");
  ExpectFailed(send({"POST", add, "checksum=00", {}, "{}", true}), "unsupportedContentType");
  ExpectFailed(send({"POST", add, Signed("addServer"), {{"Content-Type", "text/xml"}}, "", true}), "internalError");
  ExpectEmpty(send({"POST", add, "checksum=00", {{"Content-Type", "application/json"}}, "{"}), 400);
  ExpectFailed(send({"POST", add, "checksum=00", {{"Content-Type", "Application/JSON; charset=utf-8"}}, "{}"}), "checksumError");
  ExpectFailed(send({"GET", "/scalelite/api/getServers", Signed("addServer")}), "checksumError");
  ExpectEmpty(Post("addServer", std::string(kMaxJsonBytes + 1, ' ')), 413);
  EXPECT_TRUE(commands.Calls().empty());
}

TEST_F(ScaleliteApiTest, TheChecksumMayStandInTheBody) {
  const std::string digest(Digest(DigestAlgorithm::kSha256, {"deleteServer", "pool-secret"}).view());
  const auto send = [&](std::string body) {
    return caller.Call(api, {"POST", "/scalelite/api/deleteServer", "", {{"Content-Type", "text/x-json"}}, std::move(body)});
  };
  EXPECT_EQ(send(R"({"id":"n1","checksum":")" + digest + "\"}").status, 200);
  EXPECT_NE(send(R"({"id":"n1","checksum":"x"})").body.find("checksumError"), std::string::npos);
}

}  // namespace
}  // namespace plenary::admin
