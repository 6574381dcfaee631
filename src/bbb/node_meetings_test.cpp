#include <gtest/gtest.h>
#include <pugixml.hpp>
#include <rapidcheck/gtest.h>

#include "base/encoding.hpp"
#include "bbb/node_reply.hpp"

namespace plenary::bbb {
namespace {

std::string Reply(std::string_view meetings) {
  return "<response>\n<returncode>SUCCESS</returncode>\n<meetings>\n" + std::string(meetings) + "\n</meetings>\n</response>\n";
}

std::string Meeting(std::string_view id, std::string_view more = {}) {
  return "<meeting>\n<meetingName>N</meetingName>\n<meetingID>" + std::string(id) + "</meetingID>\n" + std::string(more) + "</meeting>";
}

std::vector<std::string> Ids(const MeetingList& list) {
  std::vector<std::string> ids;
  for (const NodeMeeting& meeting : list.meetings) ids.push_back(meeting.meeting_id);
  return ids;
}

using Strings = std::vector<std::string>;

constexpr std::string_view kFull = R"(<meeting>
<meetingName>Weekly &amp; more</meetingName>
<meetingID>m1</meetingID>
<internalMeetingID>ae23b94ccaf714337e4ce5ba99ef3dc257e300df-1715347930123</internalMeetingID>
<createTime>1715347930123</createTime>
<createDate>Fri May 10 13:32:10 UTC 2024</createDate>
<voiceBridge>73817</voiceBridge>
<dialNumber>613-555-1234</dialNumber>
<attendeePW>ap</attendeePW>
<moderatorPW><![CDATA[m]]>p</moderatorPW>
<running>true</running>
<duration>0</duration>
<hasUserJoined>true</hasUserJoined>
<participantCount>1,002</participantCount>
<listenerCount>1</listenerCount>
<videoCount>3</videoCount>
<maxUsers>1.000</maxUsers>
<moderatorCount>2</moderatorCount>
<attendees>
<attendee>
<userID>gl-17</userID>
<fullName>Alice &amp; Co</fullName>
<role>MODERATOR</role>
<customdata>
<userID>not-me</userID>
</customdata>
</attendee>
<attendee>
<userID>w_m3c8v5b1n6ja</userID>
</attendee>
<attendee>
<userID>a&amp;b</userID>
</attendee>
</attendees>
<metadata>
<bbb-origin>greenlight</bbb-origin>
<meetingid>other</meetingid>
<meeting>a metadata key of that name</meeting>
<isBreakout>true</isBreakout>
</metadata>
<isBreakout>false</isBreakout>
<breakoutRooms>
<breakout>5e0bc1-1715348200000</breakout>
<breakout>5e0bc2-1715348200000</breakout>
</breakoutRooms>
</meeting>)";

TEST(ParseMeetings, ReadsEveryField) {
  const std::string body = Reply(kFull);
  const MeetingList list = ParseMeetings(body);
  EXPECT_TRUE(list.status.success);
  EXPECT_EQ(list.broken, 0u);
  ASSERT_EQ(list.meetings.size(), 1u);
  const NodeMeeting& meeting = list.meetings[0];
  EXPECT_EQ(meeting.meeting_id, "m1");
  EXPECT_EQ(meeting.name, "Weekly & more");
  EXPECT_EQ(meeting.internal_id, "ae23b94ccaf714337e4ce5ba99ef3dc257e300df-1715347930123");
  EXPECT_EQ(meeting.create_time_ms, 1715347930123);
  EXPECT_EQ(meeting.voice_bridge, "73817");
  EXPECT_EQ(meeting.attendee_pw, "ap");
  EXPECT_EQ(meeting.moderator_pw, "mp");
  EXPECT_TRUE(meeting.running);
  EXPECT_TRUE(meeting.has_user_joined);
  EXPECT_FALSE(meeting.breakout);
  EXPECT_EQ(meeting.parent_meeting_id, "");
  EXPECT_EQ(meeting.participants, 1002);
  EXPECT_EQ(meeting.moderators, 2);
  EXPECT_EQ(meeting.videos, 3);
  EXPECT_EQ(meeting.attendee_ids, (std::vector<std::uint64_t>{Fnv1a("gl-17"), Fnv1a("w_m3c8v5b1n6ja"), Fnv1a("a&b")}));
  EXPECT_EQ(meeting.anonymous_attendees, 1u);
  EXPECT_EQ(meeting.raw, kFull);
  EXPECT_GE(meeting.raw.data(), body.data());
}

TEST(ParseMeetings, FindsBreakoutsInEveryPlace) {
  const std::string body =
      Reply(Meeting("before", "<isBreakout>true</isBreakout><parentMeetingID>p</parentMeetingID><metadata></metadata>") +
            Meeting("after", "<metadata />\n<isBreakout>true</isBreakout>\n<parentMeetingID>p</parentMeetingID>\n<sequence>1</sequence>") +
            Meeting("wrapped",
                    "<breakout><isBreakout>true</isBreakout><parentMeetingID>p</parentMeetingID><meetingID>no</meetingID></breakout>") +
            Meeting("mixed", "<isBreakout>true</isBreakout><breakout><parentMeetingID>p</parentMeetingID></breakout>"));
  const MeetingList list = ParseMeetings(body);
  ASSERT_EQ(Ids(list), (Strings{"before", "after", "wrapped", "mixed"}));
  for (const NodeMeeting& meeting : list.meetings) {
    EXPECT_TRUE(meeting.breakout) << meeting.meeting_id;
    EXPECT_EQ(meeting.parent_meeting_id, "p") << meeting.meeting_id;
  }
}

TEST(ParseMeetings, ReadsWhoseMeetingItIsFromTheMetadata) {
  const std::string body = Reply(
      Meeting("m~t", "<metadata><tenant-id>t</tenant-id><plenary-meeting-id><![CDATA[m & n]]></plenary-meeting-id></metadata>") +
      Meeting("other", "<tenant-id>no</tenant-id><breakout><tenant-id>no</tenant-id></breakout><metadata><a><tenant-id>no</tenant-id></a>"
                       "<Tenant-ID>no</Tenant-ID></metadata>") +
      Meeting("twice", "<metadata><tenant-id>first</tenant-id><tenant-id>second</tenant-id></metadata>"));
  const MeetingList list = ParseMeetings(body);
  ASSERT_EQ(Ids(list), (Strings{"m~t", "other", "twice"}));
  EXPECT_EQ(list.meetings[0].tenant_id, "t");
  EXPECT_EQ(list.meetings[0].plenary_meeting_id, "m & n");
  EXPECT_EQ(list.meetings[1].tenant_id, "");
  EXPECT_EQ(list.meetings[1].plenary_meeting_id, "");
  EXPECT_EQ(list.meetings[2].tenant_id, "first");
}

TEST(ParseMeetings, EmptyServers) {
  for (const char* body :
       {"<response>\n<returncode>SUCCESS</returncode>\n<meetings/>\n<messageKey>noMeetings</messageKey>\n<message>no meetings were found "
        "on this server</message>\n</response>",
        "<?xml version=\"1.0\"?>\n<response>\n  <returncode>SUCCESS</returncode>\n  <messageKey>noMeetings</messageKey>\n  "
        "<message>none</message>\n  <meetings/>\n</response>\n",
        "<response><returncode>SUCCESS</returncode><meetings>\r\n</meetings><messageKey>noMeetings</messageKey></response>",
        "<response><returncode>SUCCESS</returncode><messageKey>noMeetings</messageKey></response>"}) {
    const MeetingList list = ParseMeetings(body);
    EXPECT_TRUE(list.status.success);
    EXPECT_EQ(list.status.message_key, "noMeetings");
    EXPECT_TRUE(list.meetings.empty());
    EXPECT_EQ(list.broken, 0u) << body;
  }
}

TEST(ParseMeetings, ManyMeetingsHaveNoMessageKey) {
  const std::string body = "\xEF\xBB\xBF\r\n" + Reply(Meeting("a") + "\r\n" + Meeting("b"));
  const MeetingList list = ParseMeetings(body);
  EXPECT_EQ(Ids(list), (Strings{"a", "b"}));
  EXPECT_EQ(list.status.message_key, "");
  EXPECT_FALSE(list.status.has_key_and_message);
}

TEST(ParseMeetings, FailuresAndForeignDocuments) {
  const MeetingList failed =
      ParseMeetings("<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey><message>no</message></response>");
  EXPECT_TRUE(failed.status.has_returncode);
  EXPECT_FALSE(failed.status.success);
  EXPECT_EQ(failed.status.message_key, "checksumError");
  for (const char* body : {"", "<html><body>502</body></html>", "<!DOCTYPE html><html></html>", "{}",
                           "<meetings><meeting><meetingID>x</meetingID></meeting></meetings>"}) {
    const MeetingList list = ParseMeetings(body);
    EXPECT_FALSE(list.status.has_returncode) << body;
    EXPECT_TRUE(list.meetings.empty()) << body;
  }
}

TEST(ParseMeetings, CountsOnlyMeetingsOfTheList) {
  const MeetingList list = ParseMeetings(
      "<response><returncode>SUCCESS</returncode><meeting><meetingID>no</meetingID></meeting><other><meeting><meetingID>no</meetingID></"
      "meeting></other>"
      "<meetings><x><meeting><meetingID>no</meetingID></meeting></x><meeting><meetingID>yes</meetingID></meeting></meetings></response>");
  EXPECT_EQ(Ids(list), (Strings{"yes"}));
  EXPECT_EQ(list.broken, 0u);
}

// Each of these spoils the meeting it stands in, and only that one.
TEST(ParseMeetings, ABrokenMeetingIsDroppedAlone) {
  for (const char* bad : {"<customdata><my key>x</my key></customdata>",
                          "<1st>x</1st>",
                          "<a>&</a>",
                          "<a>&nbsp;</a>",
                          "<a>\x01</a>",
                          "<a>\xff\xfe</a>",
                          "<a>\xc3</a>",
                          "<a>]]></a>",
                          "<a></b>",
                          "<a>",
                          "</a>",
                          "<a",
                          "<a b=\"1\" b=\"2\"/>",
                          "<a b=x/>",
                          "<!-- -- -->",
                          "<!DOCTYPE x>",
                          "<a><![CDATA[\x01</meeting>]]></a>",
                          "<a>&</a><!-- </meeting> -->",
                          "<a>&</a><metadata><meeting>key</meeting><meeting></meeting></metadata>",
                          "<?xml version=\"1.0\"?>",
                          "<>",
                          "< a>"}) {
    const std::string body = Reply(Meeting("first") + "\n" + Meeting("bad", bad) + "\n" + Meeting("second") + Meeting("third"));
    const MeetingList list = ParseMeetings(body);
    EXPECT_TRUE(list.status.success);
    EXPECT_EQ(Ids(list), (Strings{"first", "second", "third"})) << bad;
    EXPECT_EQ(list.broken, 1u) << bad;
  }
}

TEST(ParseMeetings, AMeetingThatNeverEndsIsDroppedAlone) {
  const std::string body =
      Reply(Meeting("first") + "<meeting>\n<meetingName>N</meetingName>\n<meetingID>open</meetingID>\n" + Meeting("second"));
  const MeetingList list = ParseMeetings(body);
  EXPECT_EQ(Ids(list), (Strings{"first", "second"}));
  EXPECT_EQ(list.broken, 1u);
}

TEST(ParseMeetings, AMeetingWithoutIdIsOfNoUse) {
  const MeetingList list = ParseMeetings(
      "<response><returncode>SUCCESS</returncode><meetings><meeting/><meeting><meetingID></meetingID></meeting></meetings></response>");
  EXPECT_TRUE(list.meetings.empty());
  EXPECT_EQ(list.broken, 2u);
}

TEST(ParseMeetings, GarbageBetweenMeetingsCostsNone) {
  const std::string body = Reply(Meeting("first") + " & </x> " + Meeting("second"));
  const MeetingList list = ParseMeetings(body);
  EXPECT_EQ(Ids(list), (Strings{"first", "second"}));
  EXPECT_GE(list.broken, 1u);
}

TEST(ParseMeetings, StatusBehindABrokenMeetingIsRead) {
  const std::string body = "<response><meetings>" + Meeting("bad", "&") + "</meetings><returncode>SUCCESS</returncode></response>";
  const MeetingList list = ParseMeetings(body);
  EXPECT_TRUE(list.status.success);
  EXPECT_EQ(list.broken, 1u);
}

// A list that was cut must never look complete: absence of a meeting in it means nothing.
TEST(ParseMeetings, EveryCutIsNoticed) {
  const std::string body = Reply(Meeting("first") + std::string(kFull) + Meeting("third"));
  const std::size_t end = body.rfind('>') + 1;
  for (std::size_t length = body.find("<meetings>"); length < end; ++length) {
    const std::string cut = body.substr(0, length);
    const MeetingList list = ParseMeetings(cut);
    EXPECT_GE(list.broken, 1u) << cut;
    for (const NodeMeeting& meeting : list.meetings) EXPECT_TRUE(meeting.raw.ends_with("</meeting>"));
  }
}

TEST(ParseMeetings, HostileDocumentsEndSoon) {
  std::string deep = "<response><returncode>SUCCESS</returncode><meetings><meeting>";
  for (int i = 0; i < 300'000; ++i) deep += "<a>";
  EXPECT_TRUE(ParseMeetings(deep).meetings.empty());
  std::string unclosed = "<response><returncode>SUCCESS</returncode><meetings>";
  for (int i = 0; i < 50'000; ++i) unclosed += "<meeting><a><![CDATA[";
  EXPECT_TRUE(ParseMeetings(unclosed).meetings.empty());
  std::string broken = "<response><returncode>SUCCESS</returncode><meetings>";
  for (int i = 0; i < 50'000; ++i) broken += "<meeting><a b='</meeting>";
  EXPECT_TRUE(ParseMeetings(broken).meetings.empty());
}

TEST(ParseMeetings, ValuesAreRefusedOnlyWhenGarbage) {
  const std::string body =
      Reply(Meeting("m",
                    "<participantCount>-3</participantCount><videoCount>many</videoCount><moderatorCount>2\xC2\xA0"
                    "000</moderatorCount>"
                    "<createTime></createTime><running> TRUE </running><hasUserJoined>yes</hasUserJoined><meetingID>second</meetingID>"));
  const MeetingList list = ParseMeetings(body);
  ASSERT_EQ(Ids(list), (Strings{"m"}));  // the first of a name counts
  EXPECT_EQ(list.meetings[0].participants, 0);
  EXPECT_EQ(list.meetings[0].videos, 0);
  EXPECT_EQ(list.meetings[0].moderators, 2000);
  EXPECT_EQ(list.meetings[0].create_time_ms, 0);
  EXPECT_TRUE(list.meetings[0].running);
  EXPECT_FALSE(list.meetings[0].has_user_joined);
}

TEST(ParseSessions, TakesTheElementsAsTheyAre) {
  const std::string one = "<meeting>\n<meetingID>ae23-1</meetingID>\n<userName>Alice</userName>\n</meeting>";
  const std::string two = "<meeting><userName>B\xc3\xb6" "b</userName></meeting>";
  const std::string body = "<response>\n<returncode>SUCCESS</returncode>\n<sessions>\n" + one + "\n<meeting><a>&</a></meeting>" + two +
                           "\n</sessions>\n</response>";
  const SessionList list = ParseSessions(body);
  EXPECT_TRUE(list.status.success);
  ASSERT_EQ(list.sessions.size(), 2u);
  EXPECT_EQ(list.sessions[0].raw, one);
  EXPECT_EQ(list.sessions[0].internal_meeting_id, "ae23-1");
  EXPECT_EQ(list.sessions[1].raw, two);
  EXPECT_EQ(list.sessions[1].internal_meeting_id, "");
  const SessionList none = ParseSessions(
      "<response>\n<returncode>SUCCESS</returncode>\n<sessions/>\n<messageKey>noSessions</messageKey>\n<message>x</message>\n</response>");
  EXPECT_TRUE(none.sessions.empty());
  EXPECT_EQ(none.status.message_key, "noSessions");
}

// Any soup inside one meeting: either it is sound (and pugixml reads its bytes), or it is left out; its neighbours survive as long as
// the soup holds no meeting tags of its own.
RC_GTEST_PROP(ParseMeetings, NeighboursSurviveAnything, ()) {
  const std::vector<std::string> pieces{"<a>",  "</a>", "<b/>",     "&amp;",       "&",    "<",          ">",          "text",
                                        "\x01", "\xff", "\xc3\xa4", "<c d=\"e\">", "</c>", "<!-- x -->", "<metadata>", "</metadata>"};
  const auto soup = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces));
  std::string inner;
  for (const std::string& piece : soup) inner += piece;
  const std::string body = Reply(Meeting("first") + Meeting("soup", inner) + Meeting("last"));
  const MeetingList list = ParseMeetings(body);
  RC_ASSERT(list.status.success);
  RC_ASSERT(list.meetings.size() + list.broken == 3u);
  RC_ASSERT(list.meetings.front().meeting_id == "first");
  RC_ASSERT(list.meetings.back().meeting_id == "last");
  for (const NodeMeeting& meeting : list.meetings) RC_ASSERT(pugi::xml_document().load_buffer(meeting.raw.data(), meeting.raw.size()));
}

}  // namespace
}  // namespace plenary::bbb
