#include "bbb/reply_writer.hpp"

#include <gtest/gtest.h>
#include <pugixml.hpp>
#include <rapidcheck/gtest.h>

#include "bbb/node_reply.hpp"

namespace plenary::bbb {
namespace {

template <class Write>
std::string Written(Write write) {
  std::string out;
  write(out);
  return out;
}

TEST(ReplyWriter, FailedIsScalelitesDocument) {
  EXPECT_EQ(Written([](std::string& out) { AppendFailed(out, kChecksumError); }),
            "<?xml version=\"1.0\"?>\n"
            "<response>\n"
            "  <returncode>FAILED</returncode>\n"
            "  <messageKey>checksumError</messageKey>\n"
            "  <message>You did not pass the checksum security check</message>\n"
            "</response>\n");
  EXPECT_EQ(Written([](std::string& out) { AppendFailed(out, "k<&>", "\xc3\xa9t\xc3\xa9 \xf0\x9f\x98\x80"); }),
            "<?xml version=\"1.0\"?>\n"
            "<response>\n"
            "  <returncode>FAILED</returncode>\n"
            "  <messageKey>k&lt;&amp;&gt;</messageKey>\n"
            "  <message>&#xE9;t&#xE9; &#x1F600;</message>\n"
            "</response>\n");
}

TEST(ReplyWriter, Version) {
  EXPECT_EQ(Written([](std::string& out) { AppendVersion(out, "v9"); }),
            "<?xml version=\"1.0\"?>\n"
            "<response>\n"
            "  <returncode>SUCCESS</returncode>\n"
            "  <version>2.0</version>\n"
            "  <build>v9</build>\n"
            "</response>\n");
  EXPECT_EQ(Written([](std::string& out) { AppendVersion(out, ""); }),
            "<?xml version=\"1.0\"?>\n"
            "<response>\n"
            "  <returncode>SUCCESS</returncode>\n"
            "  <version>2.0</version>\n"
            "</response>\n");
}

TEST(ReplyWriter, Running) {
  EXPECT_EQ(Written([](std::string& out) { AppendRunning(out, false); }),
            "<?xml version=\"1.0\"?>\n"
            "<response>\n"
            "  <returncode>SUCCESS</returncode>\n"
            "  <running>false</running>\n"
            "</response>\n");
  EXPECT_NE(Written([](std::string& out) { AppendRunning(out, true); }).find("<running>true</running>"), std::string::npos);
}

TEST(ReplyWriter, Success) {
  EXPECT_EQ(Written([](std::string& out) { AppendSuccess(out, kEndSent); }),
            "<?xml version=\"1.0\"?>\n"
            "<response>\n"
            "  <returncode>SUCCESS</returncode>\n"
            "  <messageKey>sentEndMeetingRequest</messageKey>\n"
            "  <message>A request to end the meeting was sent.  Please wait a few seconds, and then use the getMeetingInfo or "
            "isMeetingRunning API calls to verify "
            "that it was ended.</message>\n"
            "</response>\n");
}

TEST(ReplyWriter, EmptyLists) {
  EXPECT_EQ(Written([](std::string& out) { AppendNoMeetings(out); }),
            "<?xml version=\"1.0\"?>\n"
            "<response>\n"
            "  <returncode>SUCCESS</returncode>\n"
            "  <messageKey>noMeetings</messageKey>\n"
            "  <message>no meetings were found on this server</message>\n"
            "  <meetings/>\n"
            "</response>\n");
  EXPECT_EQ(Written([](std::string& out) { AppendNoSessions(out); }),
            "<?xml version=\"1.0\"?>\n"
            "<response>\n"
            "  <returncode>SUCCESS</returncode>\n"
            "  <messageKey>noSessions</messageKey>\n"
            "  <message>no sessions were found on this serverr</message>\n"
            "  <sessions/>\n"
            "</response>\n");
  EXPECT_EQ(Written([](std::string& out) { AppendNoRecordings(out); }),
            "<response>\n"
            "  <returncode>SUCCESS</returncode>\n"
            "  <recordings>\n"
            "  </recordings>\n"
            "  <messageKey>noRecordings</messageKey>\n"
            "  <message>There are not recordings for the meetings</message>\n"
            "</response>\n");
}

TEST(ReplyWriter, Frames) {
  EXPECT_EQ(Written([](std::string& out) {
              BeginMeetings(out);
              out += "    <meeting>...</meeting>\n";
              EndMeetings(out);
            }),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<response>\n"
            "  <returncode>SUCCESS</returncode>\n"
            "  <meetings>\n"
            "    <meeting>...</meeting>\n"
            "  </meetings>\n"
            "</response>\n");
  EXPECT_EQ(Written([](std::string& out) {
              BeginSessions(out);
              EndSessions(out);
            }),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<response>\n"
            "  <returncode>SUCCESS</returncode>\n"
            "  <sessions>\n"
            "  </sessions>\n"
            "</response>\n");
}

TEST(ReplyWriter, EmptyElementsCollapse) {
  EXPECT_NE(Written([](std::string& out) { AppendFailed(out, "", ""); }).find("  <messageKey/>\n  <message/>\n"), std::string::npos);
}

TEST(ReplyWriter, KnownMeetingReadsBack) {
  const std::string reply = Written([](std::string& out) {
    BeginMeetings(out);
    AppendKnownMeeting(out, {"m<1>", "\xc3\x9c" "bung & mehr", "abc-1715347930123", "73817", "ap", "mp", 1715347930123});
    EndMeetings(out);
  });
  const MeetingList list = ParseMeetings(reply);
  EXPECT_TRUE(list.status.success);
  EXPECT_EQ(list.broken, 0u);
  ASSERT_EQ(list.meetings.size(), 1u);
  const NodeMeeting& meeting = list.meetings[0];
  EXPECT_EQ(meeting.meeting_id, "m<1>");
  EXPECT_EQ(meeting.name, "\xc3\x9c" "bung & mehr");
  EXPECT_EQ(meeting.internal_id, "abc-1715347930123");
  EXPECT_EQ(meeting.voice_bridge, "73817");
  EXPECT_EQ(meeting.attendee_pw, "ap");
  EXPECT_EQ(meeting.moderator_pw, "mp");
  EXPECT_EQ(meeting.create_time_ms, 1715347930123);
  EXPECT_FALSE(meeting.running);
  EXPECT_NE(reply.find("<createDate>Fri May 10 13:32:10 UTC 2024</createDate>"), std::string::npos);
  EXPECT_NE(reply.find("    <meeting><meetingName>"), std::string::npos);
}

TEST(XmlText, ReplacesWhatXmlForbids) {
  EXPECT_EQ(Written([](std::string& out) { AppendXmlText(out, std::string_view("a\0b\x1f\xff\t\n\r\"'\xef\xbf\xbe", 13)); }),
            "a&#xFFFD;b&#xFFFD;&#xFFFD;\t\n&#xD;\"'&#xFFFD;");
  EXPECT_EQ(Written([](std::string& out) { AppendXmlTextUtf8(out, "\xc3\xa9<\x01\xed\xa0\x80"); }),
            "\xc3\xa9&lt;\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

RC_GTEST_PROP(XmlText, AnyBytesMakeWellFormedText, (const std::string& bytes)) {
  const std::string reply = Written([&bytes](std::string& out) { AppendFailed(out, bytes, bytes); });
  RC_ASSERT(ParseReply(reply).well_formed);
  RC_ASSERT(pugi::xml_document().load_buffer(reply.data(), reply.size()));
  std::string utf8 = "<a>";
  AppendXmlTextUtf8(utf8, bytes);
  utf8 += "</a>";
  RC_ASSERT(ParseReply(utf8).well_formed);
}

}  // namespace
}  // namespace plenary::bbb
