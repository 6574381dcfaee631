#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "state/test_support.hpp"

namespace plenary::state::testing {
namespace {

Status Ok() { return {}; }

TEST(Tenants, AnAddedTenantIsPublishedWithItsPolicy) {
  StateOptions options;
  options.client_checksums = {DigestAlgorithm::kSha1, DigestAlgorithm::kSha256};
  Pool pool(options);
  pool::Tenant tenant = MakeTenant("t1");
  tenant.name = "Acme";
  tenant.secrets = {"s1", "s2"};
  tenant.retired_secrets = {{"old", kStart + kMinute}, {"over", kStart}};
  const auto added = pool.AddTenant(tenant);
  ASSERT_TRUE(added);
  EXPECT_EQ((*added)->tenant.revision, 1u);
  EXPECT_EQ((*added)->policy.secrets, (std::vector<std::string>{"s1", "s2", "old"}));
  EXPECT_EQ((*added)->policy.algorithms, options.client_checksums);
  EXPECT_NE((*added)->meters, nullptr);
  EXPECT_EQ(pool.state->Tenants()->FindByName("acme"), *added);
  const auto updated = pool.UpdateTenant("t1", [](pool::Tenant& t) {
    t.checksum_algorithms = {DigestAlgorithm::kSha512};
    t.enabled = false;
    return Status();
  });
  EXPECT_EQ((*updated)->policy.algorithms, (std::vector<DigestAlgorithm>{DigestAlgorithm::kSha512}));
  EXPECT_EQ(pool.state->Tenants()->FindById("t1"), *updated);  // a disabled one stays in the table
  EXPECT_EQ((*updated)->meters, (*added)->meters);
}

TEST(Tenants, NothingIsSeenBeforeItIsDurable) {
  Pool pool;
  auto [added, done] = MakeSlot<TenantPtr>();
  pool.state->AddTenant(MakeTenant("t1"), done);
  EXPECT_FALSE(added->has_value());
  EXPECT_TRUE(pool.state->Tenants()->all().empty());
  pool.journal->Run();
  EXPECT_TRUE((*added)->has_value());
  EXPECT_EQ(pool.state->Tenants()->all().size(), 1u);
}

TEST(Tenants, OfTenantsWithOneNameTheNewestIsFound) {  // spec scalelite 4.5
  Pool pool;
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t1")));
  pool::Tenant second = MakeTenant("t0");
  second.name = "T1";
  EXPECT_EQ(pool.AddTenant(second).error().code, ErrorCode::kAlreadyExists);
  pool.clock.now_ms += 1;
  auto [added, done] = MakeSlot<TenantPtr>();
  pool.state->AddTenant(second, done, TenantName::kShared);
  pool.journal->Run();
  ASSERT_TRUE(**added);
  EXPECT_EQ(pool.state->Tenants()->FindByName("t1")->tenant.id, "t0");
  EXPECT_TRUE(pool.UpdateTenant("t1", [](pool::Tenant& t) { t.secrets = {"s"}; return Status(); })) << "its name isn't new";
  EXPECT_TRUE(pool.RemoveTenant("t0"));
  EXPECT_EQ(pool.state->Tenants()->FindByName("t1")->tenant.id, "t1") << "removing one leaves the other";
}

TEST(Tenants, WhatIsRefused) {
  Pool pool;
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t1")));
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t2")));
  pool::Tenant same_name = MakeTenant("t3");
  same_name.name = "T1";
  pool::Tenant no_secret = MakeTenant("t4");
  no_secret.secrets.clear();
  EXPECT_EQ(pool.AddTenant(MakeTenant("t1")).error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(pool.AddTenant(same_name).error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(pool.AddTenant(no_secret).error().code, ErrorCode::kInvalidArgument);
  const auto rename = [](pool::Tenant& t) {
    t.name = "T1";
    return Status();
  };
  EXPECT_EQ(pool.UpdateTenant("t2", rename).error().code, ErrorCode::kAlreadyExists);
  EXPECT_TRUE(pool.UpdateTenant("t1", rename));  // its own name in another case
  EXPECT_EQ(pool.UpdateTenant("t9", rename).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(pool.UpdateTenant("t2", [](pool::Tenant&) { return Status(plenary::Fail(ErrorCode::kNotFound, "no such setting")); }).error().detail,
            "no such setting");
  EXPECT_EQ(pool.RemoveTenant("t9").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(pool.state->Tenants()->all().size(), 2u);
}

TEST(Tenants, RevisionsGrowAndGuard) {
  Pool pool;
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t1")));
  const auto steal = [](pool::Tenant& t) {
    t.id = "t2";
    t.revision = 77;
    t.logo_url = "https://cdn.test/x.png";
    return Status();
  };
  const auto updated = pool.UpdateTenant("t1", steal, 1);
  ASSERT_TRUE(updated);
  EXPECT_EQ((*updated)->tenant.id, "t1");
  EXPECT_EQ((*updated)->tenant.revision, 2u);
  EXPECT_EQ(pool.UpdateTenant("t1", steal, 1).error().code, ErrorCode::kConflict);
  EXPECT_EQ(pool.state->Tenants()->FindById("t1")->tenant.revision, 2u);
}

TEST(Tenants, FailedWritesChangeNothing) {
  Pool pool;
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t1")));
  ASSERT_TRUE(pool.AddToken(MakeToken("k1", pool::TokenScope::kTenant, "t1")));
  pool.journal->fail = true;
  EXPECT_EQ(pool.AddTenant(MakeTenant("t2")).error().code, ErrorCode::kIo);
  EXPECT_EQ(pool.UpdateTenant("t1", [](pool::Tenant& t) {
    t.limits.participants = 5;
    return Status();
  }).error().code, ErrorCode::kIo);
  EXPECT_EQ(pool.RemoveTenant("t1").error().code, ErrorCode::kIo);
  EXPECT_EQ(pool.AddToken(MakeToken("k2", pool::TokenScope::kAdmin)).error().code, ErrorCode::kIo);
  pool.journal->fail = false;
  ASSERT_EQ(pool.state->Tenants()->all().size(), 1u);
  EXPECT_EQ(pool.state->Tenants()->all()[0]->tenant.revision, 1u);
  EXPECT_EQ(pool.state->Tenants()->all()[0]->meters->max_people, 0);
  EXPECT_EQ(pool.state->Tokens()->all().size(), 1u);
  EXPECT_TRUE(pool.UpdateTenant("t1", [](pool::Tenant&) { return Ok(); }, 1));
}

TEST(Tenants, ChangesThatMeetAllCount) {
  Pool pool;
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t1")));
  std::vector<Slot<TenantPtr>> slots;
  for (int i = 0; i < 5; ++i) {
    auto [slot, done] = MakeSlot<TenantPtr>();
    slots.push_back(slot);
    pool.state->UpdateTenant("t1", [i](pool::Tenant& t) {
      t.secrets.push_back("more-" + std::to_string(i));
      return Status();
    }, i == 3 ? std::optional<std::uint64_t>(1) : std::nullopt, done);
  }
  auto [removed, removed_done] = MakeSlot<void>();
  auto [late, late_done] = MakeSlot<TenantPtr>();
  pool.state->RemoveTenant("t1", removed_done);
  pool.state->UpdateTenant("t1", [](pool::Tenant&) { return Ok(); }, std::nullopt, late_done);
  pool.journal->Run();
  EXPECT_EQ((*slots[4])->value()->tenant.secrets, (std::vector<std::string>{"secret-t1", "more-0", "more-1", "more-2", "more-4"}));
  EXPECT_EQ((*slots[3])->error().code, ErrorCode::kConflict);
  EXPECT_TRUE(removed->value());
  EXPECT_EQ((*late)->error().code, ErrorCode::kNotFound);
}

TEST(Tenants, ShuttingDownTellsThoseWhoWait) {
  Slot<TenantPtr> first, second;
  {
    Pool pool;
    auto [one, one_done] = MakeSlot<TenantPtr>();
    auto [two, two_done] = MakeSlot<TenantPtr>();
    first = one;
    second = two;
    pool.state->AddTenant(MakeTenant("t1"), one_done);
    pool.state->AddTenant(MakeTenant("t2"), two_done);
  }
  EXPECT_EQ((*first)->error().code, ErrorCode::kCancelled);
  EXPECT_EQ((*second)->error().code, ErrorCode::kCancelled);
}

TEST(Tenants, RetiredSecretsAreDroppedWhenTheirTimeIsUp) {
  Pool pool;
  pool::Tenant tenant = MakeTenant("t1");
  tenant.retired_secrets = {{"minute", kStart + kMinute}, {"hour", kStart + kHour}};
  ASSERT_TRUE(pool.AddTenant(tenant));
  pool.Pass(kMinute - 1);
  EXPECT_EQ(pool.state->Tenants()->FindById("t1")->policy.secrets, (std::vector<std::string>{"secret-t1", "minute", "hour"}));
  pool.Pass(1);
  const TenantPtr now = pool.state->Tenants()->FindById("t1");
  EXPECT_EQ(now->policy.secrets, (std::vector<std::string>{"secret-t1", "hour"}));
  EXPECT_EQ(now->tenant.retired_secrets, (std::vector<pool::RetiredSecret>{{"hour", kStart + kHour}}));
  EXPECT_EQ(now->tenant.revision, 2u);
  EXPECT_EQ(std::get<PutTenant>(pool.journal->written.back()).tenant, now);
  const std::size_t written = pool.journal->written.size();
  pool.Pass(kSecond);
  EXPECT_EQ(pool.journal->written.size(), written);
}

TEST(Tenants, ASecretThatExpiresWhileAChangeIsWrittenLosesNothing) {
  Pool pool;
  pool::Tenant tenant = MakeTenant("t1");
  tenant.retired_secrets = {{"old", kStart + kSecond}};
  ASSERT_TRUE(pool.AddTenant(tenant));
  auto [updated, done] = MakeSlot<TenantPtr>();
  pool.state->UpdateTenant("t1", [](pool::Tenant& t) {
    t.logo_url = "https://cdn.test/x.png";
    return Status();
  }, std::nullopt, done);
  const auto on_disk = [&pool] { return std::get<PutTenant>(pool.journal->written.back()).tenant->tenant; };
  pool.Pass(2 * kSecond);
  EXPECT_TRUE((*updated)->has_value());
  EXPECT_EQ(on_disk().logo_url, "https://cdn.test/x.png");  // acknowledged, so it must survive a kill now
  pool.Pass(kSecond);
  EXPECT_EQ(on_disk().logo_url, "https://cdn.test/x.png");
  EXPECT_TRUE(on_disk().retired_secrets.empty());
  EXPECT_EQ(pool.state->Tenants()->FindById("t1")->policy.secrets.size(), 1u);
}

TEST(Tenants, ARemovedTenantsMeetingsGoOn) {
  Pool pool;
  pool.AddNode("n1");
  const TenantPtr tenant = *pool.AddTenant(MakeTenant("t1", {.participants = 1}));
  pool.Create("m", "t1");
  ASSERT_TRUE(pool.RemoveTenant("t1"));
  EXPECT_NE(pool.state->FindMeeting("t1", "m"), nullptr);
  EXPECT_EQ(tenant->meters->meetings, 1);
  for (std::uint64_t person = 0; person < 3; ++person) EXPECT_EQ(pool.state->Join("t1", "m", person, false).outcome, JoinOutcome::kOk);
  EXPECT_EQ(tenant->meters->people, 3);
  const TenantPtr again = *pool.AddTenant(MakeTenant("t1"));
  EXPECT_EQ(again->meters, tenant->meters);  // its meetings are still counted
  pool.Poll("n1", {});
  pool.Pass(kSecond);
  pool.Poll("n1", {});
  EXPECT_EQ(again->meters->meetings, 0);
  EXPECT_EQ(again->meters->people, 0);
}

TEST(Tokens, AddFindRemove) {
  Pool pool;
  pool.AddNode("n1");
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t1")));
  using enum pool::TokenScope;
  EXPECT_TRUE(pool.AddToken(MakeToken("admin", kAdmin)));
  EXPECT_TRUE(pool.AddToken(MakeToken("tenant", kTenant, "t1")));
  EXPECT_TRUE(pool.AddToken(MakeToken("node", kNode, "", "n1")));
  EXPECT_EQ(pool.AddToken(MakeToken("admin", kReadOnly)).error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(pool.AddToken(MakeToken("x", kTenant, "t9")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(pool.AddToken(MakeToken("x", kNode, "", "n9")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(pool.AddToken(MakeToken("x", kTenant)).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(pool.AddToken(MakeToken("x", kNode)).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(pool.AddToken(MakeToken("x", kAdmin, "t1")).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(pool.AddToken(MakeToken("", kAdmin)).error().code, ErrorCode::kInvalidArgument);
  pool::ApiToken no_digest = MakeToken("x", kAdmin);
  no_digest.digest = "abc";
  EXPECT_EQ(pool.AddToken(no_digest).error().code, ErrorCode::kInvalidArgument);
  ASSERT_EQ(pool.state->Tokens()->all().size(), 3u);
  EXPECT_EQ(pool.state->Tokens()->FindByDigest(MakeToken("tenant", kTenant).digest)->tenant_id, "t1");
  auto [removed, done] = MakeSlot<void>();
  auto [again, again_done] = MakeSlot<void>();
  pool.state->RemoveToken("admin", done);
  pool.state->RemoveToken("admin", again_done);
  pool.journal->Run();
  EXPECT_TRUE(removed->value());
  EXPECT_EQ((*again)->error().code, ErrorCode::kNotFound);
  EXPECT_EQ(pool.state->Tokens()->FindByDigest(MakeToken("admin", kAdmin).digest), nullptr);
}

TEST(Tokens, GoWithTheirTenantAndTheirNode) {
  Pool pool;
  pool.AddNode("n1");
  pool.AddNode("n2");
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t1")));
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t2")));
  using enum pool::TokenScope;
  for (const char* id : {"t1", "t2"}) ASSERT_TRUE(pool.AddToken(MakeToken("of-" + std::string(id), kTenant, id)));
  for (const char* id : {"n1", "n2"}) ASSERT_TRUE(pool.AddToken(MakeToken("of-" + std::string(id), kNode, "", id)));
  ASSERT_TRUE(pool.RemoveTenant("t1"));
  auto [in_flight, token_done] = MakeSlot<void>();
  pool.state->AddToken(MakeToken("late", kNode, "", "n1"), token_done);
  pool.state->RemoveNode("n1", [](const auto&) {});
  pool.journal->Run();
  std::vector<std::string> left;
  for (const pool::ApiToken& token : pool.state->Tokens()->all()) left.push_back(token.id);
  EXPECT_EQ(left, (std::vector<std::string>{"of-t2", "of-n2"}));
}

TEST(NodeRevisions, GrowAndGuard) {
  Pool pool;
  pool.AddNode("n1");
  const auto update = [&pool](std::optional<std::uint64_t> if_revision) {
    auto [slot, done] = MakeSlot<NodePtr>();
    pool::NodePatch patch;
    patch.tag = "video";
    patch.if_revision = if_revision;
    pool.state->UpdateNode("n1", patch, done);
    pool.journal->Run();
    return **slot;
  };
  const auto revision = [&pool] { return pool.state->Nodes()->Find("n1")->node.revision; };
  EXPECT_EQ(revision(), 1u);
  EXPECT_EQ((*update(1))->node.revision, 2u);
  EXPECT_EQ(update(1).error().code, ErrorCode::kConflict);
  EXPECT_EQ(revision(), 2u);
  EXPECT_TRUE(update(std::nullopt));
  pool.Poll("n1", {});
  pool.state->SetVersion("n1", "3.0.1");
  EXPECT_EQ(revision(), 3u);  // only operators count
  pool.journal->fail = true;
  EXPECT_EQ(update(3).error().code, ErrorCode::kIo);
  pool.journal->fail = false;
  EXPECT_GT(revision(), 3u);  // what was given up is no one's to match
}

}  // namespace
}  // namespace plenary::state::testing
