#include "admin/page.hpp"

#include <gtest/gtest.h>

#include "admin/fake_pool.hpp"

namespace plenary::admin {
namespace {

const Route kRoute{.method = "GET", .path = "/meetings", .answer = "MeetingList", .list = "meetings", .order = {"meeting_id", "tenant_id"}};

/// What a client sees that follows `next` with pages of `limit`.
std::string Walk(std::size_t limit) {
  std::string seen;
  Page page{limit, ""};
  for (int pages = 0; pages < 10; ++pages) {
    boost::json::object answer{{"meetings", {MeetingOnPaper("b", "2"), MeetingOnPaper("a", "1"), MeetingOnPaper("b", "1"), MeetingOnPaper("c", "")}}};
    TakePage(answer, kRoute, page);
    for (const auto& row : answer["meetings"].as_array()) seen += TextOf(row.as_object(), "meeting_id") + TextOf(row.as_object(), "tenant_id") + " ";
    if (answer["next"].is_null()) return seen;
    page.after = TextOf(&answer["next"]);
    seen += "| ";
  }
  return seen + "…";
}

TEST(Page, EveryRowOnceInAStableOrder) {
  EXPECT_EQ(Walk(1), "a1 | b1 | b2 | c ");
  EXPECT_EQ(Walk(2), "a1 b1 | b2 c ");
  EXPECT_EQ(Walk(3), "a1 b1 b2 | c ");
  EXPECT_EQ(Walk(4), "a1 b1 b2 c ");
  EXPECT_EQ(Walk(1000), "a1 b1 b2 c ");
}

TEST(Page, AnEmptyListHasNoNext) {
  boost::json::object answer{{"meetings", boost::json::array()}};
  TakePage(answer, kRoute, {});
  EXPECT_TRUE(answer["next"].is_null());
}

TEST(Page, TheLinkKeepsTheQuery) {
  RestCall call;
  call.query = {{"tenant", "a b&c"}, {"limit", "2"}, {"cursor", "old"}};
  boost::json::object answer{{"next", "n1"}};
  http::Reply reply;
  AddNextLink(reply, "/api/v1/meetings", call, answer);
  EXPECT_EQ(TextOf(answer, "next"), CursorOf("n1"));
  EXPECT_EQ(reply.headers(), "Link: </api/v1/meetings?limit=2&tenant=a+b%26c&cursor=" + CursorOf("n1") + ">; rel=\"next\"\r\n");
  std::string key;
  EXPECT_TRUE(ReadCursor(CursorOf("n1"), key));
  EXPECT_EQ(key, "n1");
  EXPECT_FALSE(ReadCursor("", key));
  EXPECT_FALSE(ReadCursor("!", key));
}

}  // namespace
}  // namespace plenary::admin
