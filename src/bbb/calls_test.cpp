#include "bbb/calls.hpp"

#include <gtest/gtest.h>

namespace plenary::bbb {
namespace {

std::string Normalized(std::string_view path) {
  std::string buffer;
  return std::string(NormalizePath(path, buffer));
}

TEST(NormalizePath, CollapsesSlashesAndDropsTheLast) {
  EXPECT_EQ(Normalized("//bigbluebutton//api///isMeetingRunning"), "/bigbluebutton/api/isMeetingRunning");
  EXPECT_EQ(Normalized("/bigbluebutton/api/isMeetingRunning/"), "/bigbluebutton/api/isMeetingRunning");
  EXPECT_EQ(Normalized("/a//"), "/a");
  EXPECT_EQ(Normalized("/"), "/");
  EXPECT_EQ(Normalized("///"), "/");
  EXPECT_EQ(Normalized(""), "");
}

TEST(NormalizePath, LeavesAnOrdinaryPathWhereItIs) {
  std::string buffer = "untouched";
  const std::string_view path = "/bigbluebutton/api/create";
  EXPECT_EQ(NormalizePath(path, buffer).data(), path.data());
  EXPECT_EQ(buffer, "untouched");
}

TEST(RouteCall, KnowsEveryCall) {
  EXPECT_EQ(RouteCall("GET", "/bigbluebutton/api"), Call::kVersion);
  EXPECT_EQ(RouteCall("POST", "/bigbluebutton/api"), Call::kVersion);
  for (const Call call : {Call::kIsMeetingRunning, Call::kGetMeetingInfo, Call::kGetMeetings, Call::kGetSessions, Call::kCreate, Call::kEnd,
                          Call::kGetRecordings}) {
    const std::string path = "/bigbluebutton/api/" + std::string(CallName(call));
    EXPECT_EQ(RouteCall("GET", path), call);
    EXPECT_EQ(RouteCall("HEAD", path), call);
    EXPECT_EQ(RouteCall("POST", path), call);
    EXPECT_EQ(RouteCall("PUT", path), Call::kUnsupported);
    EXPECT_EQ(RouteCall("get", path), Call::kUnsupported);
  }
}

TEST(RouteCall, JoinIsGetOnlyAndInsertDocumentPostOnly) {
  EXPECT_EQ(RouteCall("GET", "/bigbluebutton/api/join"), Call::kJoin);
  EXPECT_EQ(RouteCall("HEAD", "/bigbluebutton/api/join"), Call::kJoin);
  EXPECT_EQ(RouteCall("POST", "/bigbluebutton/api/join"), Call::kUnsupported);
  EXPECT_EQ(RouteCall("POST", "/bigbluebutton/api/insertDocument"), Call::kInsertDocument);
  EXPECT_EQ(RouteCall("GET", "/bigbluebutton/api/insertDocument"), Call::kUnsupported);
  EXPECT_EQ(RouteCall("GET", "/bigbluebutton/api/sendChatMessage"), Call::kSendChatMessage);
}

TEST(RouteCall, MatchesExactly) {
  for (const char* path : {"", "/", "/bigbluebutton", "/bigbluebutton/apix", "/bigbluebutton/api/", "/bigbluebutton/api/Create",
                           "/bigbluebutton/api/create.xml", "/bigbluebutton/api.json", "/bigbluebutton/api/%69sMeetingRunning",
                           "/bigbluebutton/api/create/x", "/x/bigbluebutton/api/create", "/bigbluebutton/api/getJoinUrl"}) {
    EXPECT_EQ(RouteCall("GET", path), Call::kUnsupported) << path;
  }
}

TEST(ContentTypeAllowed, FollowsTheGate) {
  for (const char* form :
       {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "Application/X-WWW-Form-URLencoded ; charset=utf-8"}) {
    EXPECT_TRUE(ContentTypeAllowed(Call::kEnd, form)) << form;
    EXPECT_TRUE(ContentTypeAllowed(Call::kCreate, form)) << form;
    EXPECT_FALSE(ContentTypeAllowed(Call::kInsertDocument, form)) << form;
  }
  for (const char* xml : {"application/xml", "text/xml;charset=UTF-8", "APPLICATION/X-XML"}) {
    EXPECT_FALSE(ContentTypeAllowed(Call::kGetMeetings, xml)) << xml;
    EXPECT_TRUE(ContentTypeAllowed(Call::kCreate, xml)) << xml;
    EXPECT_TRUE(ContentTypeAllowed(Call::kInsertDocument, xml)) << xml;
  }
  for (const char* other : {"", ";", "application/json", "text/plain", "application/xmlx", "xml"}) {
    EXPECT_FALSE(ContentTypeAllowed(Call::kCreate, other)) << other;
    EXPECT_FALSE(ContentTypeAllowed(Call::kVersion, other)) << other;
  }
}

TEST(BodyKindOf, NamesTheKinds) {
  EXPECT_EQ(BodyKindOf(""), BodyKind::kNone);
  EXPECT_EQ(BodyKindOf("application/x-www-form-urlencoded"), BodyKind::kForm);
  EXPECT_EQ(BodyKindOf("multipart/form-data; boundary=b"), BodyKind::kMultipart);
  EXPECT_EQ(BodyKindOf("text/xml"), BodyKind::kXml);
  EXPECT_EQ(BodyKindOf("application/json"), BodyKind::kOther);
}

}  // namespace
}  // namespace plenary::bbb
