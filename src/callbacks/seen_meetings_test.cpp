#include "callbacks/seen_meetings.hpp"

#include <gtest/gtest.h>

namespace plenary::callbacks {
namespace {

TEST(SeenMeetings, FindsByNodeAndInternalId) {
  SeenMeetings seen(10);
  seen.Learn("n1", "int-1", {.tenant_id = "t", .meeting_id = "m", .node_meeting_id = "m~t"});
  const auto found = seen.Find("n1", "int-1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->tenant_id + found->meeting_id + found->node_meeting_id, "tmm~t");
  EXPECT_FALSE(seen.Find("n2", "int-1"));
  EXPECT_FALSE(seen.Find("n1", "int-2"));
  EXPECT_FALSE(seen.Find("n1\nint-1", "")) << "keys are not mixed up";
}

TEST(SeenMeetings, DropsTheLeastRecentlyUsed) {
  SeenMeetings seen(2);
  seen.Learn("n", "a", {});
  seen.Learn("n", "b", {});
  seen.Learn("n", "a", {.meeting_id = "again"});
  seen.Learn("n", "c", {});
  EXPECT_FALSE(seen.Find("n", "b"));
  EXPECT_EQ(seen.Find("n", "a").value().meeting_id, "again");
  seen.Learn("n", "d", {});
  EXPECT_TRUE(seen.Find("n", "a")) << "it was looked for";
  EXPECT_FALSE(seen.Find("n", "c"));
}

}  // namespace
}  // namespace plenary::callbacks
