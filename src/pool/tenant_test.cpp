#include "pool/tenant.hpp"

#include <gtest/gtest.h>

namespace plenary::pool {
namespace {

Tenant Sound() {
  Tenant tenant;
  tenant.id = "5f1e7a3c-0000-4000-8000-000000000001";
  tenant.name = "acme";
  tenant.secrets = {"s1", "s2"};
  return tenant;
}

/// What CheckTenant says of a sound tenant after `spoil`; "" when it is fine.
template <class Spoil>
std::string Complaint(const Spoil& spoil) {
  Tenant tenant = Sound();
  spoil(tenant);
  const Status checked = CheckTenant(tenant);
  return checked ? "" : checked.error().detail;
}

TEST(TenantName, HostLabelsAndPathSegments) {
  for (const char* good : {"a", "acme", "A-1_b.c", "0"}) EXPECT_TRUE(IsValidTenantName(good)) << good;
  for (const char* bad : {"", "a b", "a/b", "a~b", "\xc3\xa4", "a:b", "a%"}) EXPECT_FALSE(IsValidTenantName(bad)) << bad;
  EXPECT_TRUE(IsValidTenantName(std::string(63, 'a')));
  EXPECT_FALSE(IsValidTenantName(std::string(64, 'a')));
}

TEST(CheckTenant, ASoundOne) {
  EXPECT_EQ(Complaint([](Tenant&) {}), "");
  EXPECT_EQ(Complaint([](Tenant& tenant) {
              tenant.retired_secrets = {{"old", 5}};
              tenant.lrs.endpoint = "https://lrs.test/x";
              tenant.lrs.kc_token_url = "https://kc.test/token";
              tenant.limits = {.meetings = 1, .participants = 2, .creates_per_second = 3, .calls_per_second = 4};
              tenant.settings = {{"1", "duration", "60", true}, {"2", "duration<=", "120"}, {"3", "disabledFeatures+=", "chat"},
                                 {"4", "welcome-=", ""}, {"5", "meta_x", ""}};
              tenant.logo_url = "http://cdn.test/logo.png?x=1";
            }),
            "");
}

TEST(CheckTenant, Secrets) {
  EXPECT_EQ(Complaint([](Tenant& t) { t.secrets.clear(); }), "A tenant needs a secret.");
  EXPECT_EQ(Complaint([](Tenant& t) { t.secrets.push_back(""); }), "A secret must not be empty.");
  EXPECT_EQ(Complaint([](Tenant& t) { t.secrets[0] = "a:b"; }), "A secret must not contain ':', which stands between secrets.");
  EXPECT_EQ(Complaint([](Tenant& t) { t.secrets[0] = "a\nb"; }), "A secret must not contain control characters.");
  EXPECT_EQ(Complaint([](Tenant& t) { t.retired_secrets = {{"", 1}}; }), "A secret must not be empty.");
  EXPECT_NE(Complaint([](Tenant& t) { t.secrets[0].assign(1025, 'x'); }), "");
  EXPECT_NE(Complaint([](Tenant& t) { t.secrets.assign(101, "x"); }), "");
  EXPECT_EQ(Complaint([](Tenant& t) { t.secrets = {"leak me\x01"}; }).find("leak me"), std::string::npos);
}

TEST(CheckTenant, IdAndName) {
  EXPECT_NE(Complaint([](Tenant& t) { t.id.clear(); }), "");
  EXPECT_NE(Complaint([](Tenant& t) { t.id = "a~b"; }), "");
  EXPECT_NE(Complaint([](Tenant& t) { t.name = "a b"; }), "");
}

TEST(CheckTenant, Urls) {
  EXPECT_EQ(Complaint([](Tenant& t) { t.logo_url = "javascript:alert(1)"; }).find("logo_url: "), 0u);
  EXPECT_NE(Complaint([](Tenant& t) { t.style_url = "https://user:pw@cdn.test/"; }), "");
  EXPECT_NE(Complaint([](Tenant& t) { t.presentation_url = "https://cdn.test/a b"; }), "");
  EXPECT_NE(Complaint([](Tenant& t) { t.lrs.endpoint = "lrs.test"; }), "");
  EXPECT_NE(Complaint([](Tenant& t) { t.lrs.kc_token_url = "ftp://kc.test/"; }), "");
  EXPECT_NE(Complaint([](Tenant& t) { t.logo_url = "https://cdn.test/" + std::string(2048, 'x'); }), "");
  EXPECT_NE(Complaint([](Tenant& t) { t.lrs.password.assign(1025, 'x'); }), "");
}

TEST(CheckTenant, Limits) {
  EXPECT_NE(Complaint([](Tenant& t) { t.limits.meetings = -1; }), "");
  EXPECT_NE(Complaint([](Tenant& t) { t.limits.participants = -1; }), "");
  EXPECT_NE(Complaint([](Tenant& t) { t.limits.creates_per_second = 100'001; }), "");
  EXPECT_EQ(Complaint([](Tenant& t) { t.limits.calls_per_second = 100'001; }),
            "The limit calls_per_second is a number from 0 (none) to 100000.");
}

TEST(CheckTenant, Settings) {
  const auto with = [](std::string param, std::string value) {
    return Complaint([&](Tenant& t) { t.settings = {{"1", param, value, false}}; });
  };
  EXPECT_EQ(with("duration<=", "two"), "duration<= needs a whole number above 0.");
  EXPECT_EQ(with("duration<=", "0"), "duration<= needs a whole number above 0.");
  EXPECT_EQ(with("Meta_Tenant-ID", "x"), "'Meta_Tenant-ID' can't be set: it says whose meeting it is.");
  EXPECT_EQ(with("disabledFeatures+=", ""), "disabledFeatures+= needs a value to add.");
  EXPECT_EQ(with("welcome-=", "x"), "welcome-= takes no value.");
  EXPECT_EQ(with("", "x"), "'' is not the name of a parameter.");
  EXPECT_EQ(with("<=", "1"), "'<=' is not the name of a parameter.");
  EXPECT_NE(with("a&b", "1"), "");
  EXPECT_NE(with("welcome", std::string(16'385, 'x')), "");
  EXPECT_NE(Complaint([](Tenant& t) { t.settings = {{"", "a", "1"}}; }), "");
  Tenant twice = Sound();
  twice.settings = {{"1", "a", "1"}, {"1", "b", "2"}};
  EXPECT_EQ(CheckTenant(twice).error().code, ErrorCode::kAlreadyExists);
}

TEST(SettingParam, Operators) {
  const auto parse = [](std::string_view param) {
    const SettingTarget target = ParseSettingParam(param);
    return std::make_pair(std::string(target.param), target.op);
  };
  EXPECT_EQ(parse("duration<="), std::make_pair(std::string("duration"), SettingOperator::kCap));
  EXPECT_EQ(parse("disabledFeatures+="), std::make_pair(std::string("disabledFeatures"), SettingOperator::kAdd));
  EXPECT_EQ(parse("welcome-="), std::make_pair(std::string("welcome"), SettingOperator::kDeny));
  EXPECT_EQ(parse("welcome"), std::make_pair(std::string("welcome"), SettingOperator::kSet));
  EXPECT_EQ(parse("a=b"), std::make_pair(std::string("a=b"), SettingOperator::kSet));
  EXPECT_EQ(parse(""), std::make_pair(std::string(), SettingOperator::kSet));
}

}  // namespace
}  // namespace plenary::pool
