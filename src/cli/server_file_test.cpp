#include "cli/server_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <yaml-cpp/yaml.h>

#include "cli/fake_owner.hpp"

namespace plenary::cli {
namespace {

std::string ErrorOf(const std::string& text) {
  const auto parsed = ParseServerMap(text);
  return parsed ? "" : parsed.error().detail;
}

TEST(ServerFile, Defaults) {
  const auto parsed = ParseServerMap("servers:\n  bbb1:\n    secret: s1\n");
  ASSERT_TRUE(parsed) << parsed.error().detail;
  ASSERT_EQ(parsed->size(), 1u);
  const WantedServer& server = parsed->front();
  EXPECT_EQ(server.id, "bbb1");
  EXPECT_EQ(server.url, "https://bbb1/bigbluebutton/api");
  EXPECT_EQ(server.secret, "s1");
  EXPECT_EQ(server.tag, "");
  EXPECT_TRUE(server.enabled);
  EXPECT_EQ(server.load_multiplier, 1.0);
}

TEST(ServerFile, EveryParameter) {
  const auto parsed = ParseServerMap(
      "servers:\n  1.2-a_B:\n    secret: 0123\n    url: http://127.0.1.1:15001/bigbluebutton/api\n    enabled: no\n    load_multiplier: "
      "2.5\n    tag: gpu\n"
      "    load: 3\n    state: ignored\n    bbb_version: x\n    online: true\n");
  ASSERT_TRUE(parsed) << parsed.error().detail;
  const WantedServer& server = parsed->front();
  EXPECT_EQ(server.id, "1.2-a_B");
  EXPECT_EQ(server.secret, "0123") << "an unquoted number is the text that stands there";
  EXPECT_FALSE(server.enabled);
  EXPECT_EQ(server.load_multiplier, 2.5);
  EXPECT_EQ(server.tag, "gpu");
}

TEST(ServerFile, Refusals) {
  EXPECT_EQ(ErrorOf("a: [b"), "Invalid YAML document");
  EXPECT_EQ(ErrorOf(""), "Invalid YAML document");
  EXPECT_EQ(ErrorOf("- a\n"), "Invalid YAML document");
  EXPECT_EQ(ErrorOf("other: 1\n"), "Servers parameter not a hash");
  EXPECT_EQ(ErrorOf("servers: 5\n"), "Servers parameter not a hash");
  EXPECT_EQ(ErrorOf("servers: [a]\n"), "Servers parameter not a hash");
  EXPECT_EQ(ErrorOf("servers:\n  'a b': {secret: s}\n"), "Server id=a b contains invalid characters");
  EXPECT_EQ(ErrorOf("servers:\n  a: {}\n"), "Server id=a has no secret");
  EXPECT_EQ(ErrorOf("servers:\n  a:\n"), "Server id=a has no secret");
  EXPECT_EQ(ErrorOf("servers:\n  a: {secret: ' '}\n"), "Server id=a has no secret");
  EXPECT_EQ(ErrorOf("servers:\n  a: {secret: s, sekret: x, foo: 1}\n"), R"(Server id=a has bad parameters: ["sekret", "foo"])");
  EXPECT_EQ(ErrorOf("servers:\n  a: {secret: s, load_multiplier: 0}\n"), "Server id=a has invalid load_multiplier=0");
  EXPECT_EQ(ErrorOf("servers:\n  a: {secret: s, load_multiplier: -1}\n"), "Server id=a has invalid load_multiplier=-1");
  EXPECT_EQ(ErrorOf("servers:\n  a: {secret: s, load_multiplier: x}\n"), "Server id=a has invalid load_multiplier=x");
  EXPECT_EQ(ErrorOf("servers:\n  a: {secret: s, url: ftp://x}\n"), "Server id=a has invalid url=ftp://x");
  EXPECT_EQ(ErrorOf("servers:\n  a: {secret: s, url: 'http://'}\n"), "Server id=a has invalid url=http://");
  EXPECT_EQ(ErrorOf("servers:\n  a: {secret: s, enabled: maybe}\n"), "Server id=a has invalid enabled=maybe");
  EXPECT_EQ(ErrorOf("servers:\n  a: {secret: s}\n  a: {secret: t}\n"), "Server id=a is listed twice");
}

TEST(ServerFile, EmptyMapIsAPoolWithoutServers) {
  const auto parsed = ParseServerMap("servers: {}\n");
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->empty());
}

TEST(ServerFile, HostileDocumentsOnlyFail) {
  EXPECT_EQ(ErrorOf(std::string(100'000, '[')), "Invalid YAML document");
  EXPECT_EQ(ErrorOf("servers: &a {x: *a}\n").empty(), false);
}

TEST(ServerFile, Writing) {
  FakePool pool;
  auto& a = pool.Add("bbb1", "https://bbb1/bigbluebutton/api", "bbb1");
  a["load"] = 2;
  auto& b = pool.Add("bbb2", "https://bbb2.example.com/bigbluebutton/api", "bbb2");
  b["load_multiplier"] = 5;
  b["tag"] = "gpu";
  b["state"] = "cordoned";
  b["online"] = false;
  b["bbb_version"] = "3.0.4";
  const boost::json::array servers = {a, b};
  EXPECT_EQ(WriteServerMap(servers, false),
            "---\nservers:\n"
            "  bbb1:\n    url: https://bbb1/bigbluebutton/api\n    secret: bbb1\n    load_multiplier: 1.0\n    tag: ''\n    enabled: true\n"
            "  bbb2:\n    url: https://bbb2.example.com/bigbluebutton/api\n    secret: bbb2\n    load_multiplier: 5.0\n    tag: gpu\n    "
            "enabled: false\n");
  EXPECT_EQ(WriteServerMap(servers, true),
            "---\nservers:\n"
            "  bbb1:\n    url: https://bbb1/bigbluebutton/api\n    secret: bbb1\n    load_multiplier: 1.0\n    tag: ''\n    enabled: true\n"
            "    state: enabled\n    load: 2.0\n    bbb_version: ''\n    online: true\n"
            "  bbb2:\n    url: https://bbb2.example.com/bigbluebutton/api\n    secret: bbb2\n    load_multiplier: 5.0\n    tag: gpu\n    "
            "enabled: false\n"
            "    state: cordoned\n    load: -1.0\n    bbb_version: 3.0.4\n    online: false\n");
  EXPECT_EQ(WriteServerMap({}, false), "---\nservers: {}\n");
}

TEST(YamlScalar, PlainWhereItIsSafe) {
  EXPECT_EQ(YamlScalar("8cd8ef52e8e101574e400365b55e11a6"), "8cd8ef52e8e101574e400365b55e11a6");
  EXPECT_EQ(YamlScalar("e1390c88-4753-42e3-8e32-ca35be03c242"), "e1390c88-4753-42e3-8e32-ca35be03c242");
  EXPECT_EQ(YamlScalar("13390088-4753-4213-8132-110020030242"), "13390088-4753-4213-8132-110020030242");
  EXPECT_EQ(YamlScalar("3.0.4"), "3.0.4");
  EXPECT_EQ(YamlScalar("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(YamlScalar(""), "''");
  for (const char* text : {"123", "1.5", "12e4", "0x1f", "true", "No", "null", "y", "2024-05-01", "1_000", "12:30"}) {
    EXPECT_EQ(YamlScalar(text), std::string("'") + text + "'");
  }
  EXPECT_EQ(YamlScalar("a: b"), "'a: b'");
  EXPECT_EQ(YamlScalar("it's #1"), "'it''s #1'");
  EXPECT_EQ(YamlScalar("*x"), "\"*x\"");
  EXPECT_EQ(YamlScalar("~"), "\"~\"");
  EXPECT_EQ(YamlScalar("a\nb"), "\"a\\x0ab\"");
}

RC_GTEST_PROP(YamlScalarProperty, ReadsBackAsItself, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::inRange<char>(0x20, 0x7F), rc::gen::element('\n', '\t', ':', '#', ' ', '\'', '"', '-')));
  RC_ASSERT(YAML::Load("k: " + YamlScalar(text) + "\nl: 1\n")["k"].Scalar() == text);
  RC_ASSERT(YAML::Load(YamlScalar(text) + ": 1\n").begin()->first.Scalar() == text);
}

RC_GTEST_PROP(ServerFileProperty, WhatIsExportedIsImported, ()) {
  FakePool pool;
  const auto text = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>(0x21, 0x7F)));
  auto& server = pool.Add("a", "https://a/bigbluebutton/api", *text);
  server["tag"] = *text;
  server["load_multiplier"] = *rc::gen::inRange(1, 1000) / 8.0;
  const auto parsed = ParseServerMap(WriteServerMap({server}, *rc::gen::arbitrary<bool>()));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed->front().secret == std::string(server.at("secret").as_string()));
  RC_ASSERT(parsed->front().tag == std::string(server.at("tag").as_string()));
  RC_ASSERT(parsed->front().load_multiplier == server.at("load_multiplier").as_double());
}

}  // namespace
}  // namespace plenary::cli
