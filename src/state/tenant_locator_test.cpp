#include "state/tenant_locator.hpp"

#include <gtest/gtest.h>

#include "state/test_support.hpp"

namespace plenary::state::testing {
namespace {

class TenantLocatorTest : public ::testing::Test {
 protected:
  TenantLocatorTest() {
    EXPECT_TRUE(pool.AddTenant(MakeTenant("bonn")));
    pool::Tenant off = MakeTenant("off");
    off.enabled = false;
    EXPECT_TRUE(pool.AddTenant(off));
  }
  std::string Found(const TenantLocator& locator, std::string_view host, std::string_view path = "/bigbluebutton/api") {
    const TenantRoute route = locator.Locate(host, path);
    return route.tenant ? route.tenant->tenant.name : "";
  }
  Pool pool;
};

TEST_F(TenantLocatorTest, FirstLabelOfAnyHost) {
  const TenantLocator locator(*pool.state, true, "");
  EXPECT_EQ(Found(locator, "bonn.lb.example"), "bonn");
  EXPECT_EQ(Found(locator, "BONN.lb.example"), "bonn");
  EXPECT_EQ(Found(locator, "bonn"), "bonn");
  EXPECT_EQ(Found(locator, "ulm.lb.example"), "");
  EXPECT_EQ(Found(locator, "off.lb.example"), "") << "disabled";
  EXPECT_EQ(Found(locator, ""), "");
}

TEST_F(TenantLocatorTest, ExactlyOneLabelInFrontOfTheBase) {
  const TenantLocator locator(*pool.state, true, "lb.example");
  EXPECT_EQ(Found(locator, "bonn.LB.example"), "bonn");
  for (const std::string_view host : {"bonn", "bonn.other.example", "a.bonn.lb.example", "bonn.lb.example.evil", "lb.example", "bonnlb.example"}) {
    EXPECT_EQ(Found(locator, host), "") << host;
  }
}

TEST_F(TenantLocatorTest, ThePathWinsOverTheHost) {
  EXPECT_TRUE(pool.AddTenant(MakeTenant("ulm")));
  const TenantLocator locator(*pool.state, true, "");
  const TenantRoute route = locator.Locate("ulm.lb.example", "/t/Bonn/bigbluebutton/api/create");
  ASSERT_TRUE(route.tenant);
  EXPECT_EQ(route.tenant->tenant.name, "bonn");
  EXPECT_EQ(route.path, "/bigbluebutton/api/create");
  EXPECT_TRUE(route.by_path);
  EXPECT_EQ(Found(locator, "ulm.lb.example", "/t/nobody/bigbluebutton/api"), "") << "not the host's";
  EXPECT_EQ(locator.Locate("x", "/t/bonn").path, "/");
  EXPECT_EQ(Found(locator, "ulm", "/t/"), "");
}

TEST_F(TenantLocatorTest, NobodyWithoutMultitenancy) {
  const TenantLocator locator(*pool.state, false, "");
  const TenantRoute route = locator.Locate("bonn.lb.example", "/t/bonn/x");
  EXPECT_FALSE(route.tenant);
  EXPECT_EQ(route.path, "/t/bonn/x");
}

TEST_F(TenantLocatorTest, Addresses) {
  const pool::Tenant tenant = MakeTenant("bonn");
  const TenantLocator locator(*pool.state, true, "");
  EXPECT_EQ(locator.AddressFor("https://lb.example:8443", nullptr, true), "https://lb.example:8443");
  EXPECT_EQ(locator.AddressFor("https://lb.example:8443", &tenant, false), "https://bonn.lb.example:8443");
  EXPECT_EQ(locator.AddressFor("https://lb.example/x", &tenant, true), "https://lb.example/x/t/bonn");
  EXPECT_EQ(locator.AddressFor("http://localhost:3000", &tenant, false), "http://localhost:3000/t/bonn");
  const TenantLocator based(*pool.state, true, "lb.example");
  EXPECT_EQ(based.AddressFor("https://LB.example:8443", &tenant, false), "https://bonn.LB.example:8443");
  EXPECT_EQ(based.AddressFor("https://nodes.example", &tenant, false), "https://nodes.example/t/bonn");
  EXPECT_EQ(locator.AddressFor("http://10.0.0.5:3000", &tenant, false), "http://10.0.0.5:3000/t/bonn");
  EXPECT_EQ(locator.AddressFor("http://[2001:db8::1]:3000", &tenant, false), "http://[2001:db8::1]:3000/t/bonn");
}

}  // namespace
}  // namespace plenary::state::testing
