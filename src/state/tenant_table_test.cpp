#include "state/tenant_table.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "state/test_support.hpp"

namespace plenary::state::testing {
namespace {

TenantPtr View(const std::string& id, const std::string& name) {
  auto view = std::make_shared<TenantView>();
  view->tenant = MakeTenant(id);
  view->tenant.name = name;
  return view;
}

TEST(TenantTable, FindsByNameInAnyCaseAndById) {
  const TenantTable table({View("3", "zeta"), View("1", "Acme"), View("2", "acme-2"), View("acme", "other")});
  std::vector<std::string> names;
  for (const TenantPtr& tenant : table.all()) names.push_back(tenant->tenant.name);
  EXPECT_EQ(names, (std::vector<std::string>{"Acme", "acme-2", "other", "zeta"}));
  EXPECT_EQ(table.FindByName("aCME")->tenant.id, "1");
  EXPECT_EQ(table.FindByName("ACME-2")->tenant.id, "2");
  EXPECT_EQ(table.FindByName("acm"), nullptr);
  EXPECT_EQ(table.FindByName("zz"), nullptr);
  EXPECT_EQ(table.FindByName(""), nullptr);
  EXPECT_EQ(table.FindById("3")->tenant.name, "zeta");
  EXPECT_EQ(table.FindById("zeta"), nullptr);
  EXPECT_EQ(table.Find("acme")->tenant.name, "other");  // an ID comes first
  EXPECT_EQ(table.Find("ZETA")->tenant.id, "3");
  EXPECT_EQ(table.Find("nobody"), nullptr);
}

TEST(TokenTable, FindsByDigestWhereverItStands) {
  std::vector<pool::ApiToken> tokens;
  for (const char* id : {"c", "a", "b"}) tokens.push_back(MakeToken(id, pool::TokenScope::kAdmin));
  tokens[0].created_at_ms = 30;
  tokens[1].created_at_ms = 10;
  tokens[2].created_at_ms = 20;
  const TokenTable table(tokens);
  EXPECT_EQ(table.all()[0].id, "a");
  EXPECT_EQ(table.all()[2].id, "c");
  for (const pool::ApiToken& token : tokens) {
    ASSERT_NE(table.FindByDigest(token.digest), nullptr);
    EXPECT_EQ(table.FindByDigest(token.digest)->id, token.id);
    std::string wrong = token.digest;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    EXPECT_EQ(table.FindByDigest(wrong), nullptr);
    EXPECT_EQ(table.FindByDigest(token.digest.substr(0, 63)), nullptr);
  }
  EXPECT_EQ(table.FindByDigest(""), nullptr);
}

TEST(TenantMeters, WithoutALimitEveryCallIsAdmitted) {
  TenantMeters meters;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(meters.AdmitCall(0));
  EXPECT_EQ(meters.refused, 0);
}

TEST(TenantMeters, CallsPerSecondAreExactAcrossThreads) {
  TenantMeters meters;
  meters.max_calls = 70;
  std::atomic<int> admitted{0};
  const auto storm = [&](std::int64_t now_us) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, now_us] {
        for (int i = 0; i < 50; ++i) admitted += meters.AdmitCall(now_us) ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
  };
  storm(5'000'000);
  EXPECT_EQ(admitted, 70);
  EXPECT_EQ(meters.refused, 330);
  storm(6'000'000);
  EXPECT_EQ(admitted, 70);
  storm(6'000'001);
  EXPECT_EQ(admitted, 140);
}

}  // namespace
}  // namespace plenary::state::testing
