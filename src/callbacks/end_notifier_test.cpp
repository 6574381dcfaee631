#include "callbacks/end_notifier.hpp"

#include "callbacks/fixture_for_test.hpp"

namespace plenary::callbacks {
namespace {

using namespace test;

class EndNotifierTest : public Fixture {
 protected:
  EndNotifierTest() { runtime.Start(); }
  ~EndNotifierTest() override { runtime.Stop(); }

  Status Announce(const std::string& tenant, const std::string& meeting, const std::string& internal) {
    return Get<Status>([&](auto done) { notifier.Announce({tenant, meeting, internal}, done); });
  }
  static pool::RoomHistory Room(const std::string& meeting, const std::string& internal) {
    pool::RoomHistory room;
    room.meeting_id = meeting;
    room.internal_id = internal;
    return room;
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

TEST_F(EndNotifierTest, RoomsThatEndedForWhateverReason) {
  Remember({.meeting_id = "m1", .meeting_ended_url = "http://front.example/end"});
  pool::RoomHistory superseded = Room("m1", "int-1");
  superseded.superseded = true;
  notifier.RoomEnded(superseded);
  notifier.RoomEnded(Room("m1", ""));  // never came into being
  notifier.RoomEnded(Room("m1", "int-2"));
  EXPECT_TRUE(Soon([&] { return Pending().size() == 1; }));
  runtime.Stop();  // what was queued is done
  database->Flush();
  ASSERT_EQ(Pending().size(), 1u);
  EXPECT_NE(Pending().front().dedupe_key.find("int-2"), std::string::npos);
}

}  // namespace
}  // namespace plenary::callbacks
