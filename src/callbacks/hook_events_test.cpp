#include "callbacks/hook_events.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "callbacks/hook_url.hpp"

namespace plenary::callbacks {
namespace {

std::string Post(std::string_view events) {
  std::string body = "domain=n.example&event=";
  AppendFormEncoded(body, events);
  return body + "&timestamp=1";
}

TEST(HookPost, OneOrSeveralEvents) {
  EXPECT_EQ(ReadHookPost(Post(R"([{"a":1}])")).value().size(), 1u);
  EXPECT_EQ(ReadHookPost(Post(R"([{"a":1},{"a":2}])")).value().size(), 2u);
  EXPECT_EQ(ReadHookPost(Post(R"({"a":1})")).value().size(), 1u);
  EXPECT_EQ(ReadHookPost(Post("[]")).value().size(), 0u);
}

TEST(HookPost, Rubbish) {
  const std::string too_deep(2000, '[');
  for (const std::string& body : {std::string(), std::string("event"), std::string("event=%zz"), Post("["), Post("[1] 2"), Post(too_deep)}) {
    const auto events = ReadHookPost(body);
    ASSERT_FALSE(events) << body;
    EXPECT_EQ(events.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(HookEvent, Mapped) {
  const HookEventInfo info = ReadHookEvent(boost::json::parse(
      R"({"data":{"type":"event","id":"Meeting-Created",
          "attributes":{"meeting":{"internal-meeting-id":"i","external-meeting-id":"e","parent-id":"p"}}}})"));
  EXPECT_EQ(info.id, "meeting-created");
  EXPECT_EQ(info.internal_id, "i");
  EXPECT_EQ(info.external_id, "e");
  EXPECT_EQ(info.parent_internal_id, "p");
  EXPECT_FALSE(info.of_recording);
}

TEST(HookEvent, OfARecording) {
  const HookEventInfo info = ReadHookEvent(boost::json::parse(
      R"({"data":{"id":"rap-publish-ended","attributes":{"meeting":{"internal-meeting-id":"i","external-meeting-id":"m~t"},
          "recording":{"metadata":{"tenant-id":"t","plenary-meeting-id":"m"}}}}})"));
  EXPECT_TRUE(info.of_recording);
  EXPECT_EQ(info.tenant_id, "t");
  EXPECT_EQ(info.client_meeting_id, "m");
}

TEST(HookEvent, Raw) {
  const HookEventInfo created = ReadHookEvent(boost::json::parse(
      R"({"envelope":{"name":"MeetingCreatedEvtMsg"},"core":{"header":{"name":"MeetingCreatedEvtMsg"},
          "body":{"props":{"meetingProp":{"extId":"e","intId":"i"},"breakoutProps":{"parentId":"bbb-none"}}}}})"));
  EXPECT_EQ(created.id, "meetingcreatedevtmsg");
  EXPECT_EQ(created.internal_id, "i");
  EXPECT_EQ(created.external_id, "e");
  const HookEventInfo joined = ReadHookEvent(boost::json::parse(
      R"({"envelope":{"name":"UserJoinedMeetingEvtMsg","routing":{"meetingId":"i"}},"core":{"header":{},"body":{"intId":"w_1","extId":"u"}}})"));
  EXPECT_EQ(joined.id, "userjoinedmeetingevtmsg");
  EXPECT_EQ(joined.internal_id, "i");
  EXPECT_EQ(joined.external_id, "") << "that one is a person's";
  EXPECT_EQ(ReadHookEvent(boost::json::parse(R"({"core":{"body":{"meetingId":"i"}}})")).internal_id, "i");
  const HookEventInfo published = ReadHookEvent(boost::json::parse(
      R"({"header":{"name":"publish_ended"},"payload":{"meeting_id":"i","external_meeting_id":"e","metadata":{"tenant-id":"t"}}})"));
  EXPECT_TRUE(published.of_recording);
  EXPECT_EQ(published.internal_id + published.external_id + published.tenant_id, "iet");
}

TEST(HookEvent, AnythingElseTellsNothing) {
  for (const char* text : {"1", "null", "[]", "\"x\"", "{}", R"({"data":3})", R"({"data":{"id":[]}})", R"({"core":null,"envelope":"x"})"}) {
    const HookEventInfo info = ReadHookEvent(boost::json::parse(text));
    EXPECT_EQ(info.id + info.internal_id + info.external_id, "") << text;
  }
}

TEST(HookEvent, ReplacesWholeTextsOnly) {
  boost::json::value event = boost::json::parse(R"({"a":"m~t","b":["m~t",{"c":"m~t!"}],"m~t":1})");
  ReplaceText(event, "m~t", "m");
  EXPECT_EQ(event, boost::json::parse(R"({"a":"m","b":["m",{"c":"m~t!"}],"m~t":1})"));
}

TEST(HookUrl, ThereAndBack) {
  EXPECT_EQ(HookUrl("https://lb", "n-1", false), "https://lb/bigbluebutton/api/callbacks/hooks/n-1");
  const auto raw = ReadHookPath("/bigbluebutton/api/callbacks/hooks/n-1/raw");
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->node_id, "n-1");
  EXPECT_TRUE(raw->raw);
  EXPECT_FALSE(ReadHookPath("/bigbluebutton/api/callbacks/hooks/n-1").value().raw);
  for (const char* path : {"/bigbluebutton/api/callbacks/hooks/", "/bigbluebutton/api/callbacks/hooks/raw/x",
                           "/bigbluebutton/api/callbacks/hooks//raw", "/bigbluebutton/api/callbacks", "/"}) {
    EXPECT_FALSE(ReadHookPath(path)) << path;
  }
}

}  // namespace
}  // namespace plenary::callbacks
