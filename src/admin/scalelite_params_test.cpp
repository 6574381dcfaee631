#include "admin/scalelite_params.hpp"

#include <gtest/gtest.h>

#include "admin/json.hpp"

namespace plenary::admin {
namespace {

ScaleliteParams Read(std::string_view query, std::optional<std::string_view> body = std::nullopt) {
  bbb::Params params;
  EXPECT_TRUE(params.AddQuery(query));
  return ScaleliteParams::Read(params, body, "server").value();
}

std::string Wrapped(const ScaleliteParams& params) {
  if (params.Wrapped() == nullptr) return {};
  std::string text;
  AppendJson(text, *params.Wrapped());
  return text;
}

TEST(ScaleliteParams, TheQueryWinsOverTheBody) {
  const ScaleliteParams params = Read("id=query", R"({"id":"body","other":5})");
  EXPECT_EQ(params.Text("id"), "query");
  EXPECT_EQ(params.Text("other"), "5");
  EXPECT_EQ(params.Text("missing"), "");
}

TEST(ScaleliteParams, ABodyWithoutTheWrapperIsWrapped) {
  EXPECT_EQ(Wrapped(Read("", R"({"url":"u","secret":"s"})")), R"({"url":"u","secret":"s"})");
  EXPECT_EQ(Wrapped(Read("", R"({"id":"x","server":{"tag":"t"}})")), R"({"tag":"t"})");
  EXPECT_EQ(Wrapped(Read("server[url]=u&server[tag]", R"({"id":"x"})")), R"({"url":"u","tag":null})");
}

TEST(ScaleliteParams, WhatIsEmptyOrNoObjectIsMissing) {
  for (const char* body : {"{}", R"({"server":{}})", R"({"server":"text"})", R"({"server":null})"}) EXPECT_EQ(Wrapped(Read("", body)), "") << body;
  EXPECT_EQ(Wrapped(Read("url=u&secret=s")), "") << "only bodies are wrapped";
  EXPECT_EQ(Wrapped(Read("", "[1]")), R"({"_json":[1]})");
}

TEST(ScaleliteParams, MalformedJsonIsRefused) {
  const bbb::Params none;
  EXPECT_FALSE(ScaleliteParams::Read(none, "{", "server"));
  EXPECT_FALSE(ScaleliteParams::Read(none, "", "server"));
}

TEST(ScaleliteParams, TheChecksumOfTheBody) {
  EXPECT_EQ(Read("", R"({"checksum":"abc"})").body_checksum(), "abc");
  EXPECT_EQ(Read("checksum=abc", "{}").body_checksum(), "");
}

TEST(ScaleliteParams, TheTextFalseIsFalse) {
  for (const char* body : {R"({"keep_state":true})", R"({"keep_state":"true"})", R"({"keep_state":1})", R"({"keep_state":"x"})"}) {
    EXPECT_TRUE(Read("", body).Flag("keep_state")) << body;
  }
  for (const char* body : {R"({})", R"({"keep_state":false})", R"({"keep_state":"false"})", R"({"keep_state":"0"})", R"({"keep_state":null})"}) {
    EXPECT_FALSE(Read("", body).Flag("keep_state")) << body;
  }
}

TEST(ScaleliteParams, DecimalsAsRubyReadsThem) {
  EXPECT_EQ(DecimalOf(2.5), 2.5);
  EXPECT_EQ(DecimalOf(3), 3.0);
  EXPECT_EQ(DecimalOf(" +1.5x"), 1.5);
  EXPECT_EQ(DecimalOf("-2"), -2.0);
  for (const char* none : {"", "abc", "nan", "inf", "1e999"}) EXPECT_EQ(DecimalOf(none), 0.0) << none;
  EXPECT_EQ(DecimalOf(nullptr), 0.0);
}

}  // namespace
}  // namespace plenary::admin
