#include "admin/rest_schema.hpp"

#include <set>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "admin/fake_pool.hpp"

namespace plenary::admin {
namespace {

std::string Errors(std::string_view schema, const char* body) {
  std::string text;
  const boost::json::value parsed = boost::json::parse(body);
  for (const FieldError& error : CheckBody(SchemaNamed(schema), parsed.as_object())) text += error.field + " " + error.text + "; ";
  return text;
}

TEST(RestSchema, BodiesAreCheckedFieldByField) {
  EXPECT_EQ(Errors("ServerNew", R"({"url":"u","secret":"s","load_multiplier":2})"), "");
  EXPECT_EQ(Errors("ServerNew", R"({"url":5,"weight":1,"load_multiplier":"2","checksum_algorithm":"MD5","enable":1})"),
            "url must be a text; weight is unknown; load_multiplier must be a number; "
            "checksum_algorithm must be one of SHA1, SHA256, SHA384, SHA512; enable must be true or false; secret is missing; ");
  EXPECT_EQ(Errors("TenantPatch", R"({"limits":{"meetings":1.5,"rooms":1},"lrs":[],"secrets":["a",1]})"),
            "limits.meetings must be an integer; limits.rooms is unknown; lrs must be an object; secrets must be a list of texts; ");
  EXPECT_EQ(Errors("TenantPatch", R"({"name":null})"), "name must be a text; ");
  EXPECT_EQ(Errors("ServerPatch", R"({"load_multiplier":1e999})"), "load_multiplier must be a number; ");
  EXPECT_EQ(Errors("CallbackChoice", R"({"ids":[1,"2"],"all":true})"), "ids must be a list of integers; ");
}

TEST(RestSchema, AnswersHoldWhatTheSchemaHasAndNoSecrets) {
  boost::json::object row = TenantOnPaper("one");
  row["internal"] = "secret-leak";
  const boost::json::object masked = ShapeAnswer(SchemaNamed("Tenant"), row, false);
  EXPECT_EQ(boost::json::serialize(masked).find("secret-"), std::string::npos) << boost::json::serialize(masked);
  EXPECT_TRUE(masked.at("secrets").is_null());
  EXPECT_EQ(masked.at("lrs").at("username"), "u");
  const boost::json::object shown = ShapeAnswer(SchemaNamed("Tenant"), row, true);
  EXPECT_EQ(shown.at("lrs").at("password"), "secret-of-lrs");
  EXPECT_EQ(shown.at("retired_secrets").at(0).at("secret"), "secret-0");
  EXPECT_FALSE(shown.contains("internal"));
}

TEST(RestSchema, EveryReferenceNamesASchema) {
  std::set<std::string_view> names;
  for (const Schema& schema : Schemas()) EXPECT_TRUE(names.insert(schema.name).second) << schema.name;
  for (const Schema& schema : Schemas()) {
    for (const Field& field : schema.fields) {
      const bool compound = field.type == FieldType::kObject || field.type == FieldType::kObjects;
      EXPECT_EQ(compound, names.contains(field.of)) << schema.name << "." << field.name;
    }
  }
}

TEST(RestSchema, Csv) {
  const boost::json::array rows{boost::json::object{{"tenant_id", "a,b"}, {"tenant", "say \"x\""}, {"month", "2026-11"}, {"meetings", 2},
                                                    {"peak_participants", 3}, {"participant_minutes", 4.5}}};
  EXPECT_EQ(CsvOf(SchemaNamed("Usage"), rows),
            "month,tenant,tenant_id,meetings,peak_participants,participant_minutes\r\n2026-11,\"say \"\"x\"\"\",\"a,b\",2,3,4.5\r\n");
}

}  // namespace
}  // namespace plenary::admin
