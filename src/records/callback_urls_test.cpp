#include "records/callback_urls.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "records/database_for_test.hpp"
#include "records/limits.hpp"

namespace plenary::records {
namespace {

class CallbackUrlsOf : public test::DatabaseTest {
 protected:
  ~CallbackUrlsOf() override { store_.reset(); }

  void OpenStore() {
    store_.reset();
    store_ = std::make_unique<CallbackUrlStore>(Open());
  }
  Status Remember(CallbackUrls urls) {
    return test::Await<Status>([&](auto done) { store_->Remember(std::move(urls), done); });
  }
  std::optional<CallbackUrls> Find(std::string_view tenant, std::string_view id) { return store_->Find(tenant, id).value(); }
  /// Everything written from now on fails.
  void Break() { Run("DROP TABLE plenary_callback_urls"); }

  std::unique_ptr<CallbackUrlStore> store_;
};

TEST_F(CallbackUrlsOf, AMeetingAreMerged) {
  OpenStore();
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m", .analytics_url = "https://a/", .recording_ready_url = "https://r/"}));
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m", .analytics_url = "https://a2/"}));
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m", .scoped_id = "m~t", .meeting_ended_url = ""}));
  OpenStore();
  const auto urls = Find("t", "m");
  ASSERT_TRUE(urls);
  EXPECT_EQ(urls->tenant_id, "t");
  EXPECT_EQ(urls->meeting_id, "m");
  EXPECT_EQ(urls->scoped_id, "m~t");
  EXPECT_EQ(urls->analytics_url, "https://a2/");
  EXPECT_EQ(urls->recording_ready_url, "https://r/");
  EXPECT_EQ(urls->meeting_ended_url, "");
  EXPECT_FALSE(Find("", "m"));
  EXPECT_FALSE(Find("t", "other"));
  EXPECT_FALSE(Find("t", "m' OR '1' = '1"));
}

TEST_F(CallbackUrlsOf, WithoutUrlsNothingIsKept) {
  OpenStore();
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m", .scoped_id = "m~t"}));
  EXPECT_FALSE(Find("t", "m"));
}

TEST_F(CallbackUrlsOf, TheNodesIdIsPreferred) {
  OpenStore();
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m", .scoped_id = "m~t", .analytics_url = "https://scoped/"}));
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m~t", .analytics_url = "https://plain/"}));
  EXPECT_EQ(Find("t", "m~t")->analytics_url, "https://scoped/");
  EXPECT_EQ(Find("t", "m")->analytics_url, "https://scoped/");
}

TEST_F(CallbackUrlsOf, AScopedIdStays) {
  OpenStore();
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m", .scoped_id = "m~t", .analytics_url = "https://a/"}));
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m", .analytics_url = "https://b/"}));
  EXPECT_EQ(Find("t", "m~t")->analytics_url, "https://b/");
}

TEST_F(CallbackUrlsOf, TwoTenantsAreNeverMixed) {
  OpenStore();
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m", .analytics_url = "https://t/"}));
  EXPECT_TRUE(Remember({.tenant_id = "u", .meeting_id = "m", .scoped_id = "m~u", .analytics_url = "https://u/"}));
  EXPECT_EQ(Find("t", "m")->analytics_url, "https://t/");
  EXPECT_EQ(Find("u", "m")->analytics_url, "https://u/");
  EXPECT_FALSE(Find("t", "m~u"));
  EXPECT_TRUE(Remember({.tenant_id = "v", .meeting_id = "m", .analytics_url = "https://v/"}));
}

TEST_F(CallbackUrlsOf, ReceiversAreNamedOnce) {
  OpenStore();
  EXPECT_EQ(store_->Receivers().value(), std::vector<std::string>());
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m", .analytics_url = "https://b:8443/x?y", .meeting_ended_url = "http://a"}));
  EXPECT_TRUE(Remember({.tenant_id = "u", .meeting_id = "m", .recording_ready_url = "http://a/z#q", .meeting_ended_url = "nonsense"}));
  EXPECT_EQ(store_->Receivers().value(), (std::vector<std::string>{"http://a", "https://b:8443"}));
}

TEST_F(CallbackUrlsOf, ReceiversAreNamedWithoutCredentials) {
  OpenStore();
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m", .analytics_url = "http://u:p@10.0.0.1/x",
                        .recording_ready_url = "http://q@w@10.0.0.1?a@b", .meeting_ended_url = "https://u:p@[::1]:8443"}));
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "n", .analytics_url = "http://c/of@home"}));
  EXPECT_EQ(store_->Receivers().value(), (std::vector<std::string>{"http://10.0.0.1", "http://c", "https://[::1]:8443"}));
}

TEST_F(CallbackUrlsOf, WhatIsKnownIsNotWrittenAgain) {
  OpenStore();
  const CallbackUrls urls{.tenant_id = "t", .meeting_id = "m", .analytics_url = "https://a/"};
  EXPECT_TRUE(Remember(urls));
  Break();
  EXPECT_TRUE(Remember(urls));
  for (const CallbackUrls& other : {CallbackUrls{.tenant_id = "t", .meeting_id = "m", .analytics_url = "https://b/"},
                                    CallbackUrls{.tenant_id = "t", .meeting_id = "m", .recording_ready_url = "https://a/"},
                                    CallbackUrls{.tenant_id = "t", .meeting_id = "n", .analytics_url = "https://a/"},
                                    CallbackUrls{.tenant_id = "tm", .meeting_id = "", .analytics_url = "https://a/"}}) {
    EXPECT_FALSE(Remember(other)) << other.meeting_id;
  }
}

TEST_F(CallbackUrlsOf, GoingBackToAnEarlierUrlIsWritten) {
  OpenStore();
  for (const char* url : {"https://a/", "https://b/", "https://a/"}) {
    EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m", .analytics_url = url}));
    EXPECT_EQ(Find("t", "m")->analytics_url, url);
  }
}

TEST_F(CallbackUrlsOf, WhatFailedIsNotTakenAsKnown) {
  OpenStore();
  const CallbackUrls urls{.tenant_id = "t", .meeting_id = "m", .analytics_url = "https://a/"};
  Run("ALTER TABLE plenary_callback_urls RENAME TO away");
  const Status failed = Remember(urls);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
  Run("ALTER TABLE away RENAME TO plenary_callback_urls");
  EXPECT_TRUE(Remember(urls));
  EXPECT_TRUE(Find("t", "m"));
}

// While a change of the row is under way, what was known of it before says nothing.
TEST_F(CallbackUrlsOf, AChangeUnderWayIsNotOvertaken) {
  OpenStore();
  const CallbackUrls first{.tenant_id = "t", .meeting_id = "m", .analytics_url = "https://first/"};
  const CallbackUrls second{.tenant_id = "t", .meeting_id = "m", .analytics_url = "https://second/"};
  EXPECT_TRUE(Remember(first));
  const auto release = Hold();
  for (const CallbackUrls& urls : {second, first}) store_->Remember(urls, [](const Status& status) { EXPECT_TRUE(status); });
  release();
  database_->Flush();
  EXPECT_EQ(Find("t", "m")->analytics_url, "https://first/");
  EXPECT_TRUE(Remember(second));
  EXPECT_EQ(Find("t", "m")->analytics_url, "https://second/");
}

TEST_F(CallbackUrlsOf, ManyAtOnceAreMerged) {
  OpenStore();
  std::atomic<int> written = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 100; ++i) {
        CallbackUrls urls{.tenant_id = "t", .meeting_id = std::to_string(i)};
        (thread % 3 == 0 ? urls.analytics_url : thread % 3 == 1 ? urls.recording_ready_url : urls.meeting_ended_url) = "https://x/";
        written += Remember(urls) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(written, 400);
  for (int i = 0; i < 100; ++i) {
    const auto urls = Find("t", std::to_string(i));
    ASSERT_TRUE(urls);
    EXPECT_TRUE(urls->analytics_url && urls->recording_ready_url && urls->meeting_ended_url);
  }
}

TEST_F(CallbackUrlsOf, OldEntriesLeaveTheCacheOnly) {
  OpenStore();
  std::atomic<int> written = 0;
  constexpr int kMeetings = 60'000;
  for (int i = 0; i < kMeetings; ++i) {
    store_->Remember({.tenant_id = "t", .meeting_id = std::to_string(i), .analytics_url = "https://a/"},
                     [&](const Status& status) { written += status ? 1 : 0; });
  }
  database_->Flush();
  EXPECT_EQ(written, kMeetings);
  EXPECT_TRUE(Find("t", "0"));
  Break();
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = std::to_string(kMeetings - 1), .analytics_url = "https://a/"}));
  EXPECT_FALSE(Remember({.tenant_id = "t", .meeting_id = "0", .analytics_url = "https://a/"}));
}

TEST_F(CallbackUrlsOf, AnEndlessUrlIsRefused) {
  OpenStore();
  const Status refused = Remember({.tenant_id = "t", .meeting_id = "m", .meeting_ended_url = std::string(kMaxUrlBytes + 1, 'u')});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(Remember({.tenant_id = "t", .meeting_id = "m", .meeting_ended_url = std::string(kMaxUrlBytes, 'u')}));
}

}  // namespace
}  // namespace plenary::records
