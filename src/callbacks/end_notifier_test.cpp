#include "callbacks/end_notifier.hpp"

#include "callbacks/fixture_for_test.hpp"
#include "records/database_for_test.hpp"

namespace plenary::callbacks {
namespace {

using namespace test;

class EndNotifierTest : public Fixture {
 protected:
  EndNotifierTest() { runtime.Start(); }
  ~EndNotifierTest() override { runtime.Stop(); }

  Status Announce(const std::string& tenant, const std::string& meeting, const std::string& internal) {
    return Get<Status>([&](auto done) { notifier.Announce({.tenant_id = tenant, .meeting_id = meeting, .internal_id = internal}, done); });
  }
  void Forget(const state::MeetingPtr& meeting) {
    EXPECT_TRUE(Get<Status>([&](auto done) { store->Forget(meeting, std::nullopt, done); }).has_value());
  }
  /// How many the store still has announced, looked at a minute later.
  int KeptEnds() {
    int kept = 0;
    store->OnMeetingEnd([&kept](const pool::MeetingEnd&) { ++kept; });
    store->Sweep(clock.now_ms += state::testing::kMinute);
    notifier.Watch(*store);
    return kept;
  }
  void Rename(const std::string& from, const std::string& to) {
    EXPECT_TRUE(database->WriteAndWait([&](soci::session& sql) { sql << "ALTER TABLE " + from + " RENAME TO " + to; }).has_value());
  }

  EndNotifier notifier{runtime, urls, outbox, log};
};

TEST_F(EndNotifierTest, EachEndOnce) {
  Remember({.meeting_id = "m1", .meeting_ended_url = "http://front.example/end?k=1"});
  EXPECT_TRUE(Announce("", "m1", "int-1").has_value());
  ASSERT_EQ(Pending().size(), 1u);
  const records::Callback callback = Pending().front();
  EXPECT_EQ(callback.kind, records::CallbackKind::kMeetingEnded);
  EXPECT_EQ(callback.url, "http://front.example/end?k=1");
  EXPECT_EQ(callback.meeting_id, "m1");
  EXPECT_TRUE(Announce("", "m1", "int-1").has_value());
  EXPECT_EQ(Pending().size(), 1u);
  EXPECT_TRUE(outbox.Delivered(callback.id, 200).has_value());
  EXPECT_TRUE(Announce("", "m1", "int-1").has_value());
  EXPECT_EQ(Pending().size(), 0u);
  EXPECT_TRUE(Announce("", "m1", "int-2").has_value());  // the room was opened and ended again
  EXPECT_EQ(Pending().size(), 1u);
}

TEST_F(EndNotifierTest, OnlyWhoAskedForIt) {
  Remember({.tenant_id = "t1", .meeting_id = "m1", .meeting_ended_url = "http://front.example/end"});
  Remember({.meeting_id = "m2", .analytics_url = "http://front.example/a"});
  EXPECT_TRUE(Announce("", "m1", "int-1").has_value());
  EXPECT_TRUE(Announce("", "m2", "int-1").has_value());
  EXPECT_TRUE(Announce("", "m3", "int-1").has_value());
  EXPECT_EQ(Pending().size(), 0u);
}

TEST_F(EndNotifierTest, EachMeetingThatIsOverIsAnnouncedAndThatIsConfirmed) {
  notifier.Watch(*store);
  Remember({.meeting_id = "m1", .meeting_ended_url = "http://front.example/end"});
  Forget(Create("m1"));
  Forget(Create("nobody-asked"));
  EXPECT_TRUE(Soon([&] { return Pending().size() == 1 && KeptEnds() == 0; }));
  ASSERT_EQ(Pending().size(), 1u);
  EXPECT_NE(Pending().front().dedupe_key.find("int-m1"), std::string::npos);
}

TEST_F(EndNotifierTest, WhatCannotBeStoredIsAnnouncedAgain) {
  notifier.Watch(*store);
  Remember({.meeting_id = "m1", .meeting_ended_url = "http://front.example/end"});
  Rename("plenary_callbacks", "away");
  Forget(Create("m1"));
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(KeptEnds(), 1);
  Rename("away", "plenary_callbacks");
  store->Sweep(clock.now_ms += state::testing::kMinute);
  EXPECT_TRUE(Soon([&] { return KeptEnds() == 0; }));
  EXPECT_EQ(Pending().size(), 1u);
}

}  // namespace
}  // namespace plenary::callbacks
