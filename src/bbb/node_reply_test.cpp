#include "bbb/node_reply.hpp"

#include <gtest/gtest.h>
#include <pugixml.hpp>
#include <rapidcheck/gtest.h>

namespace plenary::bbb {
namespace {

constexpr std::string_view kCreateReply = R"(<response>
<returncode>SUCCESS</returncode>
<meetingID>m1 &amp; more</meetingID>
<internalMeetingID>ae23b94ccaf714337e4ce5ba99ef3dc257e300df-1715347930123</internalMeetingID>
<parentMeetingID>bbb-none</parentMeetingID>
<attendeePW>Zx8mKq2P</attendeePW>
<moderatorPW>9fLwT3aB</moderatorPW>
<createTime>1715347930123</createTime>
<voiceBridge>73817</voiceBridge>
<dialNumber>613-555-1234</dialNumber>
<createDate>Fri May 10 13:32:10 UTC 2024 ÄÖ</createDate>
<hasUserJoined>false</hasUserJoined>
<duration>0</duration>
<hasBeenForciblyEnded>false</hasBeenForciblyEnded>
<messageKey></messageKey>
<message></message>
</response>
)";

TEST(ParseReply, ReadsACreateReply) {
  const ParsedReply reply = ParseReply(kCreateReply);
  EXPECT_TRUE(reply.well_formed);
  EXPECT_TRUE(reply.status.has_returncode);
  EXPECT_TRUE(reply.status.success);
  EXPECT_TRUE(reply.status.has_key_and_message);
  EXPECT_EQ(reply.status.message_key, "");
  EXPECT_EQ(reply.meeting_id, "m1 & more");
  EXPECT_EQ(reply.internal_meeting_id, "ae23b94ccaf714337e4ce5ba99ef3dc257e300df-1715347930123");
  EXPECT_EQ(reply.attendee_pw, "Zx8mKq2P");
  EXPECT_EQ(reply.moderator_pw, "9fLwT3aB");
  EXPECT_EQ(reply.voice_bridge, "73817");
  EXPECT_EQ(reply.create_time_ms, 1715347930123);
}

TEST(ParseReply, ReadsAMeetingInfo) {
  const ParsedReply reply = ParseReply(
      "<response><returncode>SUCCESS</returncode><meetingName>N</meetingName><meetingID>m</meetingID><running>true</running>"
      "<participantCount>1,202</participantCount><attendees><attendee><userID>u</userID></attendee></attendees>"
      "<metadata><running>no</running><meetingid>x</meetingid><meetingID>wrong</meetingID></metadata></response>");
  EXPECT_EQ(reply.meeting_name, "N");
  EXPECT_EQ(reply.meeting_id, "m");
  EXPECT_EQ(reply.running, "true");
  EXPECT_EQ(reply.participant_count, 1202);
  EXPECT_FALSE(reply.status.has_key_and_message);
}

TEST(ParseReply, ReadsTheVersion) {
  const ParsedReply old = ParseReply(
      "<response>\n<returncode>SUCCESS</returncode>\n<version>2.0</version>\n<apiVersion>2.0</apiVersion>\n<bbbVersion/>\n</response>");
  EXPECT_EQ(old.version, "2.0");
  EXPECT_EQ(old.bbb_version, "");
  EXPECT_EQ(
      ParseReply("<response><bbbVersion>3.0.19</bbbVersion><version>2.0</version><returncode>SUCCESS</returncode></response>").bbb_version,
      "3.0.19");
}

TEST(ParseReply, ReadsFailures) {
  const ParsedReply failed = ParseReply(
      "<response>\r\n<returncode>FAILED</returncode>\r\n<messageKey>notFound</messageKey>\r\n<message>A meeting "
      "&lt;x&gt;</message>\r\n</response>\r\n");
  EXPECT_TRUE(failed.well_formed);
  EXPECT_TRUE(failed.status.has_returncode);
  EXPECT_FALSE(failed.status.success);
  EXPECT_TRUE(failed.status.has_key_and_message);
  EXPECT_EQ(failed.status.message_key, "notFound");
  EXPECT_EQ(failed.status.message, "A meeting <x>");
  EXPECT_EQ(ParseReply("<response><returncode>FAILED</returncode><messageKey>Params required</messageKey><message> \n</message></response>")
                .status.message_key,
            "Params required");
}

TEST(ParseReply, FailureWithoutKeyOrMessage) {
  for (const char* body : {"<response><returncode>FAILED</returncode></response>",
                           "<response><returncode>FAILED</returncode><messageKey>k</messageKey></response>",
                           "<response><returncode>FAILED</returncode><message>m</message></response>",
                           "<response><returncode>FAILED</returncode><x><messageKey>k</messageKey><message>m</message></x></response>"}) {
    const ParsedReply reply = ParseReply(body);
    EXPECT_TRUE(reply.status.has_returncode);
    EXPECT_FALSE(reply.status.success);
    EXPECT_FALSE(reply.status.has_key_and_message) << body;
  }
  EXPECT_TRUE(ParseReply("<response><returncode>FAILED</returncode><messageKey/><message/></response>").status.has_key_and_message);
}

TEST(ParseReply, ReadsTheErrorsEnvelope) {
  for (const char* body :
       {"<response><returncode>FAILED</returncode>\n<errors><error><key>nonUniqueVoiceBridge</key><message>In "
        "use.</message></error></errors>\n</response>",
        "<response><returncode>FAILED</returncode>\n<errors><error key=\"nonUniqueVoiceBridge\" message=\"In "
        "use.\"/></errors>\n</response>",
        "<response><returncode>FAILED</returncode><errors><error><message>In use.</message><key>nonUniqueVoiceBridge</key></error>"
        "<error><key>second</key><message>x</message></error></errors></response>"}) {
    const ParsedReply reply = ParseReply(body);
    EXPECT_FALSE(reply.status.success);
    EXPECT_FALSE(reply.status.has_key_and_message);
    EXPECT_EQ(reply.status.message_key, "nonUniqueVoiceBridge");
    EXPECT_EQ(reply.status.message, "In use.");
  }
}

TEST(ParseReply, SuccessIsExact) {
  for (const char* code : {"success", "SUCCESS ", " SUCCESS", "SUCCESSFUL", ""}) {
    const ParsedReply reply = ParseReply("<response><returncode>" + std::string(code) + "</returncode></response>");
    EXPECT_TRUE(reply.status.has_returncode);
    EXPECT_FALSE(reply.status.success) << code;
  }
  EXPECT_TRUE(ParseReply("<response><returncode><![CDATA[SUCCESS]]></returncode></response>").status.success);
  EXPECT_TRUE(ParseReply("<response><returncode>SUCC<!-- x -->ESS</returncode></response>").status.success);
  EXPECT_FALSE(ParseReply("<response><returncode>FAILED</returncode><returncode>SUCCESS</returncode></response>").status.success);
}

TEST(ParseReply, OtherDocumentsHaveNoReturncode) {
  for (const char* body :
       {"", " \n", "<html><body>502 Bad Gateway</body></html>", "<!DOCTYPE html>\n<html><head><title>502</title></head></html>",
        "{\"response\":{}}", "<other><returncode>SUCCESS</returncode></other>",
        "<response><x><returncode>SUCCESS</returncode></x></response>", "<returncode>SUCCESS</returncode>"}) {
    const ParsedReply reply = ParseReply(body);
    EXPECT_FALSE(reply.status.has_returncode) << body;
    EXPECT_FALSE(reply.status.success) << body;
  }
}

TEST(ParseReply, ToleratesWhatStandsInFront) {
  const std::string plain = "<response><returncode>SUCCESS</returncode></response>";
  const std::string declared = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n" + plain;
  const std::string mark = "\xEF\xBB\xBF";
  for (const std::string& good : {plain, declared, mark + plain, mark + declared, "\r\n \t" + plain}) {
    EXPECT_TRUE(ParseReply(good).status.success) << good;
    EXPECT_TRUE(ParseReply(good).well_formed) << good;
  }
  for (const std::string& bent : {"\n" + declared, mark + " " + declared}) {
    EXPECT_TRUE(ParseReply(bent).status.success) << bent;
    EXPECT_FALSE(ParseReply(bent).well_formed) << bent;  // a strict client refuses it
    EXPECT_EQ(RepairXml(bent), declared);
  }
}

TEST(ParseReply, ReadsBrokenDocumentsAsFarAsTheyGo) {
  const ParsedReply reply = ParseReply("<response><returncode>SUCCESS</returncode><meetingID>m1</meetingID><voiceBridge>738");
  EXPECT_FALSE(reply.well_formed);
  EXPECT_TRUE(reply.status.success);
  EXPECT_EQ(reply.meeting_id, "m1");
  EXPECT_FALSE(ParseReply("<response><returncode>SUCCESS</returncode><name>\x01</name></response>").well_formed);
  EXPECT_FALSE(ParseReply("<response><returncode>SUCCESS</returncode></response>tail").well_formed);
}

TEST(ParseReply, NumbersAreNeverNegative) {
  EXPECT_EQ(ParseReply("<response><createTime>-5</createTime><participantCount>-1</participantCount></response>").create_time_ms, 0);
  EXPECT_EQ(ParseReply("<response><createTime>x</createTime></response>").create_time_ms, 0);
}

TEST(RepairXml, ClosesWhatIsOpen) {
  EXPECT_EQ(RepairXml("<response><returncode>SUCCESS</returncode><a><b>a sentence that"),
            "<response><returncode>SUCCESS</returncode><a><b>a sentence that</b></a></response>");
  EXPECT_EQ(RepairXml("<response><createTime>17153479"), "<response><createTime></createTime></response>");
  EXPECT_EQ(RepairXml("<response><returncode>SUCCESS\xb6\xff</returncode></response>"), "<response><returncode></returncode></response>");
  EXPECT_EQ(RepairXml("<response><createTime>17153479</cre"), "<response><createTime>17153479</createTime></response>");
  EXPECT_EQ(RepairXml("<response><a>x</a><moderat"), "<response><a>x</a><moderat/></response>");
  EXPECT_EQ(RepairXml("<response><a>x</a><mo a=\"1"), "<response><a>x</a></response>");
  EXPECT_EQ(RepairXml("<response><a>x</a></response><b"), "<response><a>x</a></response>");
  EXPECT_EQ(RepairXml("<response><a>x &amp"), "<response><a>x </a></response>");
  EXPECT_EQ(RepairXml("<response><a>x</a></response>garbage"), "<response><a>x</a></response>");
  EXPECT_EQ(RepairXml("<response><a>x</b></response>"), "<response><a>x</a></response>");
  EXPECT_EQ(RepairXml("<response><a x=\"1\">y</a"), "<response><a x=\"1\">y</a></response>");
}

TEST(RepairXml, WithoutARootThereIsNothingToKeep) {
  for (const char* body : {"", "<resp", "text", "<!DOCTYPE html><html></html>", "<!-- x -->"})
    EXPECT_EQ(RepairXml(body), "<response/>") << body;
}

TEST(RepairXml, LeavesWellFormedDocumentsAsTheyAre) { EXPECT_EQ(RepairXml(kCreateReply), kCreateReply); }

TEST(RepairXml, EveryCutOfACreateReplyCanBeRead) {
  for (std::size_t length = 0; length <= kCreateReply.size(); ++length) {
    const std::string_view cut = kCreateReply.substr(0, length);
    const std::string repaired = RepairXml(cut);
    ASSERT_TRUE(ParseReply(repaired).well_formed) << repaired;
    pugi::xml_document document;
    ASSERT_TRUE(document.load_buffer(repaired.data(), repaired.size())) << repaired;
    const ParsedReply before = ParseReply(cut);
    const ParsedReply after = ParseReply(repaired);
    // A text that was cut may be half of one: we don't take it for a value, the client sees what there was of it.
    EXPECT_TRUE(after.status.success || !before.status.success);
    EXPECT_TRUE(before.meeting_id.empty() || before.meeting_id == after.meeting_id);
    EXPECT_TRUE(after.status.has_key_and_message || !before.status.has_key_and_message);
    // Nothing is invented and at most an incomplete tag, reference or character is lost.
    const std::size_t kept = std::string_view(repaired).find(cut.substr(0, cut.rfind('<') == std::string_view::npos ? 0 : cut.rfind('<')));
    EXPECT_TRUE(kept == 0 || repaired == "<response/>") << repaired;
  }
}

RC_GTEST_PROP(RepairXml, AnyBytesBecomeADocument, (const std::string& bytes)) {
  RC_ASSERT(ParseReply(RepairXml(bytes)).well_formed);
  RC_ASSERT(ParseReply(RepairXml("<response><a>" + bytes)).well_formed);
}

TEST(LenientInt, DropsThousandsSeparators) {
  EXPECT_EQ(LenientInt("1202"), 1202);
  EXPECT_EQ(LenientInt("1,202"), 1202);
  EXPECT_EQ(LenientInt("1.202.303"), 1202303);
  EXPECT_EQ(LenientInt(" 1 202\n"), 1202);
  EXPECT_EQ(LenientInt("1\xC2\xA0" "202"), 1202);
  EXPECT_EQ(LenientInt("1\xE2\x80\xAF" "202"), 1202);
  EXPECT_EQ(LenientInt("-3"), -3);
  for (const char* garbage : {"", " ", "abc", "1a", "0x10", "99999999999999999999", "\xE2\x80", "--1"})
    EXPECT_EQ(LenientInt(garbage), 0) << garbage;
}

}  // namespace
}  // namespace plenary::bbb
