#include "api/param_policy.hpp"

#include <gtest/gtest.h>

namespace plenary::api {
namespace {

pool::TenantSetting Setting(std::string param, std::string value, bool overrides) { return {"id-" + param, std::move(param), std::move(value), overrides}; }

std::string Applied(const ParamPolicy& policy, const pool::Tenant* tenant, std::string_view query) {
  bbb::Params request, out;
  EXPECT_TRUE(request.AddQuery(query));
  RemoveDenied(tenant, request);
  ApplyPolicy(policy, tenant, request, out);
  std::string text;
  bbb::AppendQuery(text, out);
  return text;
}

ParamPolicy Create() {
  ParamPolicy policy;
  policy.is_create = true;
  return policy;
}

TEST(ParamPolicy, StrongestFirstTenantOverrideOverrideRequestTenantDefaultDefault) {
  ParamPolicy policy = Create();
  policy.defaults = {{"a", "default"}, {"b", "default"}, {"c", "default"}, {"d", "default"}, {"e", "default"}};
  policy.overrides = {{"d", "override"}, {"e", "override"}};
  pool::Tenant tenant;
  tenant.settings = {Setting("b", "tenant", false), Setting("c", "tenant", false), Setting("e", "tenant-override", true)};
  EXPECT_EQ(Applied(policy, &tenant, "c=request&d=request&e=request"), "a=default&b=tenant&c=request&d=override&e=tenant-override");
  EXPECT_EQ(Applied(policy, nullptr, "x=1"), "a=default&b=default&c=default&d=override&e=override&x=1");
}

TEST(ParamPolicy, ExcludesWhatTheRequestHoldsButNoDefaultsAndOverrides) {
  ParamPolicy policy = Create();
  policy.excluded = {"secret", "d"};
  policy.defaults = {{"d", "default"}};
  EXPECT_EQ(Applied(policy, nullptr, "secret=1&d=2&e=3&bare&l[]=1&l[]=2"), "d=default&e=3&bare&l=1&l=2");
}

TEST(ParamPolicy, AListIsNoWayAroundIt) {
  ParamPolicy policy = Create();
  policy.excluded = {"secret"};
  policy.defaults = {{"welcome", "default"}};
  policy.overrides = {{"record", "false"}};
  pool::Tenant tenant;
  tenant.settings = {Setting("logo-=", "", false)};
  EXPECT_EQ(Applied(policy, &tenant, "record[]=true&secret[]=1&logo[]=x&welcome[]=a&welcome[]=b"), "welcome=a&welcome=b&record=false");
}

TEST(ParamPolicy, ServerTagComesFromTheRequestOnly) {
  ParamPolicy policy = Create();
  policy.defaults = {{"meta_server-tag", "x"}};
  policy.overrides = {{"meta_server-tag", "y"}};
  pool::Tenant tenant;
  tenant.settings = {Setting("meta_server-tag", "z", true)};
  EXPECT_EQ(Applied(policy, &tenant, "meta_server-tag=node"), "meta_server-tag=node");
  policy.is_create = false;
  EXPECT_EQ(Applied(policy, &tenant, "meta_server-tag=node"), "meta_server-tag=y");
}

TEST(ParamPolicy, CapsAddsAndDenies) {
  pool::Tenant tenant;
  tenant.settings = {Setting("duration<=", "120", true), Setting("disabledFeatures+=", "chat, polls", false), Setting("welcome-=", "", false)};
  const ParamPolicy policy = Create();
  EXPECT_EQ(Applied(policy, &tenant, "duration=60&disabledFeatures=polls&welcome=hi"), "duration=60&disabledFeatures=polls%2Cchat");
  EXPECT_EQ(Applied(policy, &tenant, "duration=240"), "duration=120&disabledFeatures=chat%2Cpolls");
  EXPECT_EQ(Applied(policy, &tenant, "duration=0"), "duration=120&disabledFeatures=chat%2Cpolls");
  EXPECT_EQ(Applied(policy, &tenant, "a=b"), "a=b&disabledFeatures=chat%2Cpolls&duration=120");
  for (const std::string_view wish : {"1e9", "60.5", "+-1", "999999999999999999999"}) {
    EXPECT_EQ(Applied(policy, &tenant, "duration=" + std::string(wish)), "duration=120&disabledFeatures=chat%2Cpolls") << wish;
  }
  ParamPolicy join;
  EXPECT_EQ(Applied(join, &tenant, "fullName=A&welcome=x"), "fullName=A") << "caps and lists concern a join only where it has them";
}

TEST(ParamPolicy, ADeniedParameterMayStillHaveADefault) {
  ParamPolicy policy = Create();
  policy.defaults = {{"welcome", "ours"}};
  pool::Tenant tenant;
  tenant.settings = {Setting("welcome-=", "", true)};
  EXPECT_EQ(Applied(policy, &tenant, "welcome=theirs"), "welcome=ours");
}

TEST(ParamPolicy, WishedServerTag) {
  ParamPolicy policy = Create();
  policy.defaults = {{"meta_server-tag", "default"}};
  pool::Tenant tenant;
  bbb::Params request;
  EXPECT_EQ(WishedServerTag(policy, &tenant, request), "default");
  tenant.settings = {Setting("meta_server-tag", "tenant", false)};
  EXPECT_EQ(WishedServerTag(policy, &tenant, request), "tenant");
  request.Set("meta_server-tag", " ");
  EXPECT_EQ(WishedServerTag(policy, &tenant, request), "tenant");
  request.Set("meta_server-tag", "request");
  EXPECT_EQ(WishedServerTag(policy, &tenant, request), "request");
  policy.overrides = {{"meta_server-tag", "override"}};
  EXPECT_EQ(WishedServerTag(policy, &tenant, request), "override");
  tenant.settings.push_back(Setting("meta_server-tag", "gpu!", true));
  EXPECT_EQ(WishedServerTag(policy, &tenant, request), "gpu!");
}

}  // namespace
}  // namespace plenary::api
