#include "bbb/scoped_reply.hpp"

#include <gtest/gtest.h>

namespace plenary::bbb {
namespace {

TEST(ScopedReply, ShowsTheClientsIdAndNothingElseChanges) {
  const std::string reply =
      "<response>\n<returncode>SUCCESS</returncode><meetingID>m~t1</meetingID><internalMeetingID>m~t1</internalMeetingID>"
      "<attendees><attendee><customdata><meetingID>m~t1</meetingID></customdata></attendee></attendees>"
      "<metadata><a>1</a><plenary-meeting-id>m</plenary-meeting-id></metadata></response>";
  EXPECT_EQ(WithClientMeetingId(reply, "m~t1", "m"),
            "<response>\n<returncode>SUCCESS</returncode><meetingID>m</meetingID><internalMeetingID>m~t1</internalMeetingID>"
            "<attendees><attendee><customdata><meetingID>m~t1</meetingID></customdata></attendee></attendees>"
            "<metadata><a>1</a></metadata></response>");
}

TEST(ScopedReply, ReadsAndWritesWhatMustBeEscaped) {
  EXPECT_EQ(WithClientMeetingId("<meeting><meetingID><![CDATA[a&b~t]]></meetingID></meeting>", "a&b~t", "a&b"),
            "<meeting><meetingID>a&amp;b</meetingID></meeting>");
  EXPECT_EQ(WithClientMeetingId("<meeting><meetingID>a&amp;b~t</meetingID></meeting>", "a&b~t", "a&b"),
            "<meeting><meetingID>a&amp;b</meetingID></meeting>");
}

TEST(ScopedReply, LeavesAnotherMeetingAlone) {
  const std::string reply = "<?xml version=\"1.0\"?>\n<response><meetingID>x</meetingID></response>\n";
  EXPECT_EQ(WithClientMeetingId(reply, "m~t1", "m"), reply);
  EXPECT_EQ(WithClientMeetingId("", "m~t1", "m"), "");
  EXPECT_EQ(WithClientMeetingId("<response><meetingID/></response>", "m~t1", "m"), "<response><meetingID/></response>");
}

}  // namespace
}  // namespace plenary::bbb
