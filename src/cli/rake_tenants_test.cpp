// Output and status of the tenants tasks, literally (spec scalelite 10.8).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/fake_owner.hpp"

namespace plenary::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class RakeTenants : public testing::Test {
 protected:
  RakeTenants() { shell.environment["MULTITENANCY_ENABLED"] = "true"; }
  std::string LastCommand() const { return shell.pool.commands.empty() ? "" : shell.pool.commands.back(); }
  Shell shell;
};

TEST_F(RakeTenants, RefusedWhenTenancyIsNotSetAtAll) {
  shell.environment.erase("MULTITENANCY_ENABLED");
  for (const char* task : {"tenants", "tenants:showall", "tenants:add[a,b]", "tenants:update[a,b,c]", "tenants:update_lrs_basic[a,b,c,d]",
                           "tenants:update_lrs_kc[a,b,c,d,e,f,g]", "tenants:remove[a]", "tenantSettings", "tenantSettings:add[a,b,c,true]",
                           "tenantSettings:remove[a]"}) {
    EXPECT_EQ(shell.Rake(task), 1) << task;
    EXPECT_EQ(shell.out, "") << task;
    EXPECT_EQ(shell.err, "Multitenancy is disabled, task can not be completed\n") << task;
  }
  EXPECT_TRUE(shell.pool.commands.empty());
  for (const char* value : {"false", ""}) {
    shell.environment["MULTITENANCY_ENABLED"] = value;
    EXPECT_EQ(shell.Rake("tenants"), 0) << value;
    EXPECT_EQ(shell.out, "Total number of tenants: 0\n");
  }
}

TEST_F(RakeTenants, List) {
  auto& a = shell.pool.AddTenant("id-a", "t1");
  a["secrets"] = boost::json::array{"t1secret", "t1other"};
  auto& lrs = shell.pool.AddTenant("id-b", "t2")["lrs"].as_object();
  for (const char* field : {"endpoint", "username", "password", "kc_token_url", "kc_client_id", "kc_client_secret", "kc_username", "kc_password"}) {
    lrs[field] = std::string("v-") + field;
  }
  for (const char* task : {"tenants", "tenants:showall"}) {
    EXPECT_EQ(shell.Rake(task), 0);
    EXPECT_EQ(shell.out,
              "id: id-a\n\tname: t1\n\tsecrets: t1secret:t1other\n"
              "id: id-b\n\tname: t2\n\tsecrets: hush-t2\n\tlrs_endpoint: v-endpoint\n\tlrs_username: v-username\n\tlrs_password: v-password\n"
              "\tkc_token_url: v-kc_token_url\n\tkc_client_id: v-kc_client_id\n\tkc_client_secret: v-kc_client_secret\n"
              "\tkc_username: v-kc_username\n\tkc_password: v-kc_password\n"
              "Total number of tenants: 2\n");
    EXPECT_EQ(shell.err, "");
  }
}

TEST_F(RakeTenants, Add) {
  EXPECT_EQ(shell.Rake("tenants:add[t1,t1secret:t1other]"), 0);
  EXPECT_EQ(shell.out, "OK\nNew Tenant id: id1\n");
  EXPECT_EQ(LastCommand(), R"(tenants.add {"name":"t1","secrets":["t1secret","t1other"],"shared_name":true})");
  EXPECT_EQ(shell.Rake("tenants:add[t2,a,b,c:d]"), 0);
  EXPECT_EQ(LastCommand(), R"(tenants.add {"name":"t2","secrets":["a","b","c","d"],"shared_name":true})") << "further arguments are further secrets";
  for (const char* task : {"tenants:add", "tenants:add[t3]", "tenants:add[,s]", "tenants:add[t3,]", "tenants:add[t3,:]"}) {
    EXPECT_EQ(shell.Rake(task), 1) << task;
    EXPECT_EQ(shell.out, "");
    EXPECT_EQ(shell.err, "Error: both name and secrets are required to create a Tenant\n");
  }
  EXPECT_EQ(shell.Rake("tenants:add[t1,again]"), 0) << "as Scalelite: a name may be there already";
  shell.pool.command_errors["tenants.add"] = {ErrorCode::kInvalidArgument, "A tenant's name has 1 to 63 letters."};
  EXPECT_EQ(shell.Rake("tenants:add[a b,s]"), 1);
  EXPECT_EQ(shell.err, "rake aborted!\nA tenant's name has 1 to 63 letters.\n");
}

TEST_F(RakeTenants, Update) {
  shell.pool.AddTenant("id-a", "t1");
  EXPECT_EQ(shell.Rake("tenants:update[id-a,t2new]"), 0);
  EXPECT_EQ(shell.out, "OK\nUpdated Tenant id: id-a\n");
  EXPECT_EQ(LastCommand(), R"(tenants.update {"name":"t2new","tenant":"id-a"})");
  EXPECT_EQ(shell.Rake("tenants:update[id-a,,s2:s3]"), 0);
  EXPECT_EQ(LastCommand(), R"(tenants.update {"secrets":["s2","s3"],"tenant":"id-a"})");
  for (const char* task : {"tenants:update", "tenants:update[id-a]", "tenants:update[id-a,,]", "tenants:update[,x,y]"}) {
    EXPECT_EQ(shell.Rake(task), 1) << task;
    EXPECT_EQ(shell.err, "Error: id and either name or secrets are required to update a Tenant\n");
  }
  for (const char* id : {"nope", "t2new"}) {
    EXPECT_EQ(shell.Rake(std::string("tenants:update[") + id + ",x,y]"), 1) << "the task knows IDs only";
    EXPECT_EQ(shell.err, std::string("rake aborted!\nCouldn't find Tenant with id=") + id + "\n");
    EXPECT_EQ(shell.out, "");
  }
}

TEST_F(RakeTenants, Lrs) {
  shell.pool.AddTenant("id-a", "t1");
  EXPECT_EQ(shell.Rake("tenants:update_lrs_basic[id-a,http://x/lrs,user,pass]"), 0);
  EXPECT_EQ(shell.out, "OK\nUpdated Tenant id: id-a\n");
  EXPECT_EQ(LastCommand(), R"(tenants.update {"lrs":{"endpoint":"http://x/lrs","username":"user","password":"pass"},"tenant":"id-a"})");
  for (const char* task : {"tenants:update_lrs_basic", "tenants:update_lrs_basic[id-a,http://x]", "tenants:update_lrs_basic[,a,b,c]"}) {
    EXPECT_EQ(shell.Rake(task), 1) << task;
    EXPECT_EQ(shell.err, "Error: id, LRS_ENDPOINT, LRS_USERNAME, LRS_PASSWORD are required to update a Tenant\n");
  }
  EXPECT_EQ(shell.Rake("tenants:update_lrs_kc[id-a,http://x/lrs,http://k/token,cid,cs,ku,kp]"), 0);
  EXPECT_EQ(LastCommand(),
            R"(tenants.update {"lrs":{"endpoint":"http://x/lrs","kc_token_url":"http://k/token","kc_client_id":"cid","kc_client_secret":"cs",)"
            R"("kc_username":"ku","kc_password":"kp"},"tenant":"id-a"})");
  EXPECT_EQ(shell.Rake("tenants:update_lrs_kc[id-a,a,b]"), 1);
  EXPECT_EQ(shell.err,
            "Error: LRS_ENDPOINT, KC_TOKEN_URL, KC_CLIENT_ID, KC_CLIENT_SECRET, KC_USERNAME, KC_PASSWORD are required to update a Tenant\n");
  EXPECT_EQ(shell.Rake("tenants:update_lrs_basic[nope,a,b,c]"), 1);
  EXPECT_THAT(shell.err, StartsWith("rake aborted!\n"));
}

TEST_F(RakeTenants, Remove) {
  shell.pool.AddTenant("id-a", "t1")["use"].as_object()["meetings"] = 2;
  EXPECT_EQ(shell.Rake("tenants:remove[t1]"), 1);
  EXPECT_EQ(shell.Rake("tenants:remove[id-a]"), 0);
  EXPECT_EQ(shell.out, "Tenant was successfully deleted.\n");
  EXPECT_EQ(LastCommand(), R"(tenants.remove {"tenant":"id-a","force":true})");
  EXPECT_EQ(shell.Rake("tenants:remove[id-a]"), 1);
  EXPECT_EQ(shell.err, "rake aborted!\nCouldn't find Tenant with id=id-a\n");
  EXPECT_EQ(shell.Rake("tenants:remove"), 1);
  EXPECT_EQ(shell.err, "rake aborted!\nCouldn't find Tenant with id=\n");
  EXPECT_EQ(shell.out, "");
}

TEST_F(RakeTenants, Settings) {
  shell.pool.AddTenant("id-a", "t1");
  shell.pool.AddTenant("id-b", "t2");
  EXPECT_EQ(shell.Rake("tenantSettings:add[id-a,muteOnStart,false,true]"), 0);
  EXPECT_EQ(shell.out, "OK\nNew TenantSetting id: s1\n");
  EXPECT_EQ(LastCommand(), R"(tenants.settings_add {"tenant":"id-a","param":"muteOnStart","value":"false","override":true})");
  EXPECT_EQ(shell.Rake("tenantSettings:add[id-a,welcome,Hi\\, all,True]"), 0);
  EXPECT_EQ(LastCommand(), R"(tenants.settings_add {"tenant":"id-a","param":"welcome","value":"Hi, all","override":false})")
      << "only exactly true overrides";
  EXPECT_EQ(shell.Rake("tenantSettings"), 0);
  EXPECT_EQ(shell.out,
            "Tenant: t1\n  id: s1\n\tparam: muteOnStart\n\tvalue: false\n\toverride: true\n"
            "  id: s2\n\tparam: welcome\n\tvalue: Hi, all\n\toverride: false\nTenant: t2\n");
  EXPECT_EQ(shell.err, "  No custom settings are configured\n");
  for (const char* task : {"tenantSettings:add", "tenantSettings:add[id-a,b,c]", "tenantSettings:add[id-a,b,,true]"}) {
    EXPECT_EQ(shell.Rake(task), 1) << task;
    EXPECT_EQ(shell.err, "Error: tenant_id, param, value and override are required to create a TenantSetting\n");
  }
  EXPECT_EQ(shell.Rake("tenantSettings:add[nope,b,c,true]"), 1);
  EXPECT_EQ(shell.err, "rake aborted!\nCouldn't find Tenant with id=nope\n");
  EXPECT_EQ(shell.Rake("tenantSettings:remove[s1]"), 0);
  EXPECT_EQ(shell.out, "TenantSetting was successfully deleted.\n");
  for (const char* task : {"tenantSettings:remove[s1]", "tenantSettings:remove"}) {
    EXPECT_EQ(shell.Rake(task), 1);
    EXPECT_THAT(shell.err, StartsWith("rake aborted!\nCouldn't find TenantSetting with id="));
  }
}

TEST_F(RakeTenants, AreListed) {
  EXPECT_EQ(shell.Run({"rake", "--tasks"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("rake tenants:add[name,secrets]"));
  EXPECT_THAT(shell.out, HasSubstr("rake tenantSettings:remove[id]"));
}

}  // namespace
}  // namespace plenary::cli
