#include "records/hook_store.hpp"

#include <atomic>
#include <thread>

#include "records/database_for_test.hpp"
#include "records/limits.hpp"

namespace plenary::records {
namespace {

class Hooks : public test::DatabaseTest {
 protected:
  ~Hooks() override { store_.reset(); }

  HookStore& OpenStore() {
    store_.reset();
    store_ = HookStore::Open(Open()).value();
    return *store_;
  }
  Result<HookStore::Added> Add(Hook hook) {
    return test::Await<Result<HookStore::Added>>([&](auto done) { store_->Add(std::move(hook), done); });
  }
  Status Remove(const std::string& tenant_id, const std::string& id) {
    return test::Await<Status>([&](auto done) { store_->Remove(tenant_id, id, done); });
  }

  std::unique_ptr<HookStore> store_;
};

TEST_F(Hooks, AreKeptWithAllTheyHave) {
  OpenStore();
  EXPECT_TRUE(store_->All()->empty());
  ASSERT_TRUE(Add({.id = "1", .tenant_id = "t", .callback_url = "https://a/", .meeting_id = "m'\"", .event_ids = {{"user-joined", "user-left"}},
                   .raw = true, .created_at_ms = 1'700'000'000'000}));
  ASSERT_TRUE(Add({.id = "2", .tenant_id = "t", .callback_url = "https://b/", .created_at_ms = 1'700'000'000'001}));
  ASSERT_TRUE(Add({.id = "3", .tenant_id = "t", .callback_url = "https://c/", .meeting_id = "", .event_ids = std::vector<std::string>(),
                   .created_at_ms = 1'700'000'000'002}));
  OpenStore();
  const auto all = store_->All();
  ASSERT_EQ(all->size(), 3u);
  const Hook& first = all->at(0);
  EXPECT_EQ(first.id, "1");
  EXPECT_EQ(first.tenant_id, "t");
  EXPECT_EQ(first.callback_url, "https://a/");
  EXPECT_EQ(first.meeting_id, "m'\"");
  EXPECT_EQ(first.event_ids, (std::vector<std::string>{"user-joined", "user-left"}));
  EXPECT_TRUE(first.raw);
  EXPECT_EQ(first.created_at_ms, 1'700'000'000'000);
  EXPECT_FALSE(all->at(1).meeting_id);
  EXPECT_FALSE(all->at(1).event_ids);
  EXPECT_EQ(all->at(2).meeting_id, "");
  EXPECT_EQ(all->at(2).event_ids, std::vector<std::string>());
}

TEST_F(Hooks, OneUrlOfATenantIsOneHook) {
  OpenStore();
  ASSERT_TRUE(Add({.id = "1", .tenant_id = "t", .callback_url = "https://a/", .meeting_id = "m"}));
  const auto again = Add({.id = "2", .tenant_id = "t", .callback_url = "https://a/", .meeting_id = "other"});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->existed);
  EXPECT_EQ(again->hook.id, "1");
  EXPECT_EQ(again->hook.meeting_id, "m");
  const auto others = Add({.id = "3", .tenant_id = "u", .callback_url = "https://a/"});
  ASSERT_TRUE(others);
  EXPECT_FALSE(others->existed);
  EXPECT_EQ(store_->All()->size(), 2u);
}

TEST_F(Hooks, OneUrlAtTheSameTimeIsOneHook) {
  OpenStore();
  std::atomic<int> existed = 0, calls = 0;
  const auto release = Hold();
  for (int i = 0; i < 20; ++i) {
    store_->Add({.id = std::to_string(i), .tenant_id = "t", .callback_url = "https://a/"}, [&](const Result<HookStore::Added>& added) {
      ++calls;
      existed += added.value().existed ? 1 : 0;
      EXPECT_EQ(added->hook.id, "0");
    });
  }
  release();
  database_->Flush();
  EXPECT_EQ(calls, 20);
  EXPECT_EQ(existed, 19);
  EXPECT_EQ(store_->All()->size(), 1u);
}

TEST_F(Hooks, AreRemovedByTheirTenantOnly) {
  OpenStore();
  ASSERT_TRUE(Add({.id = "1", .tenant_id = "t", .callback_url = "https://a/"}));
  for (const auto& [tenant, id] : {std::pair("u", "1"), std::pair("", "1"), std::pair("t", "2")}) {
    const Status refused = Remove(tenant, id);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  }
  EXPECT_EQ(store_->All()->size(), 1u);
  EXPECT_TRUE(Remove("t", "1"));
  EXPECT_TRUE(store_->All()->empty());
  EXPECT_FALSE(Remove("t", "1"));
  OpenStore();
  EXPECT_TRUE(store_->All()->empty());
}

TEST_F(Hooks, AreLimitedPerTenant) {
  OpenStore();
  std::atomic<std::size_t> added = 0, refused = 0;
  for (std::size_t i = 0; i < HookStore::kMaxPerTenant + 5; ++i) {
    store_->Add({.id = std::to_string(i), .tenant_id = "t", .callback_url = "https://a/" + std::to_string(i)},
                [&](const Result<HookStore::Added>& result) {
                  if (result) ++added;
                  if (!result && result.error().code == ErrorCode::kLimit) ++refused;
                });
  }
  database_->Flush();
  EXPECT_EQ(added, HookStore::kMaxPerTenant);
  EXPECT_EQ(refused, 5u);
  EXPECT_TRUE(Add({.id = "other", .tenant_id = "u", .callback_url = "https://a/"}));
  const auto known = Add({.id = "again", .tenant_id = "t", .callback_url = "https://a/0"});
  EXPECT_TRUE(known && known->existed);
}

TEST_F(Hooks, AreLimitedInSize) {
  OpenStore();
  const auto url = Add({.id = "1", .callback_url = std::string(kMaxUrlBytes + 1, 'u')});
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().code, ErrorCode::kTooLarge);
  const auto events = Add({.id = "1", .callback_url = "https://a/", .event_ids = std::vector<std::string>(2000, "event")});
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().code, ErrorCode::kTooLarge);
}

TEST_F(Hooks, ChangesAreTold) {
  OpenStore();
  std::atomic<int> told = 0;
  store_->OnChange([&] { ++told; });
  ASSERT_TRUE(Add({.id = "1", .callback_url = "https://a/"}));
  EXPECT_EQ(told, 1);
  ASSERT_TRUE(Add({.id = "2", .callback_url = "https://a/"}));
  EXPECT_FALSE(Remove("", "2"));
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(Remove("", "1"));
  EXPECT_EQ(told, 2);
  store_->OnChange(nullptr);
  ASSERT_TRUE(Add({.id = "3", .callback_url = "https://a/"}));
  EXPECT_EQ(told, 2);
}

TEST_F(Hooks, WhatCannotBeWrittenIsNotThere) {
  OpenStore();
  Run("DROP TABLE plenary_hooks");
  const auto added = Add({.id = "1", .callback_url = "https://a/"});
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kIo);
  EXPECT_TRUE(store_->All()->empty());
  EXPECT_FALSE(HookStore::Open(*database_));
}

}  // namespace
}  // namespace plenary::records
