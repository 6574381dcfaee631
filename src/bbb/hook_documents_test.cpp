#include "bbb/hook_documents.hpp"

#include <array>

#include <gtest/gtest.h>

namespace plenary::bbb {
namespace {

TEST(HookDocuments, AreBbbWebhooksOwn) {  // spec bbb-api 2.9
  std::string out;
  AppendHookCreated(out, "1", false);
  EXPECT_EQ(out,
            "<response><returncode>SUCCESS</returncode><hookID>1</hookID>"
            "<permanentHook>false</permanentHook><rawData>false</rawData></response>");
  out.clear();
  AppendHookExists(out, "1");
  EXPECT_EQ(out,
            "<response><returncode>SUCCESS</returncode><hookID>1</hookID><messageKey>duplicateWarning</messageKey>"
            "<message>There is already a hook for this callback URL.</message></response>");
  out.clear();
  AppendHookRemoved(out);
  EXPECT_EQ(out, "<response><returncode>SUCCESS</returncode><removed>true</removed></response>");
  out.clear();
  AppendHookFailed(out, kHookNotFound);
  EXPECT_EQ(out,
            "<response><returncode>FAILED</returncode><messageKey>destroyMissingHook</messageKey>"
            "<message>The hook informed was not found.</message></response>");
}

TEST(HookDocuments, List) {
  const std::string meeting = "m<1>";
  const std::vector<std::string> events{"user-joined", "user-left"};
  const std::vector<std::string> no_events;
  const std::array<ListedHook, 3> hooks{{{.id = "a", .callback_url = "https://x/?a=1&b=2"},
                                         {.id = "b", .callback_url = "http://y/", .meeting_id = &meeting, .event_ids = &events, .raw = true},
                                         {.id = "c", .callback_url = "http://z/]]>", .event_ids = &no_events}}};
  std::string out;
  AppendHooks(out, hooks);
  EXPECT_EQ(out,
            "<response><returncode>SUCCESS</returncode><hooks>"
            "<hook><hookID>a</hookID><callbackURL><![CDATA[https://x/?a=1&b=2]]></callbackURL><permanentHook>false</permanentHook>"
            "<rawData>false</rawData></hook>"
            "<hook><hookID>b</hookID><callbackURL><![CDATA[http://y/]]></callbackURL><meetingID><![CDATA[m<1>]]></meetingID>"
            "<eventID>user-joined,user-left</eventID><permanentHook>false</permanentHook><rawData>true</rawData></hook>"
            "<hook><hookID>c</hookID><callbackURL>http://z/]]&gt;</callbackURL><eventID></eventID><permanentHook>false</permanentHook>"
            "<rawData>false</rawData></hook></hooks></response>");
  const HookList read = ParseHooks(out);
  EXPECT_TRUE(read.status.success);
  ASSERT_EQ(read.hooks.size(), 3u);
  EXPECT_EQ(read.hooks[0].id, "a");
  EXPECT_EQ(read.hooks[0].callback_url, "https://x/?a=1&b=2");
  EXPECT_EQ(read.hooks[2].callback_url, "http://z/]]>");
}

TEST(HookDocuments, WhatNodesMayAnswer) {
  const HookList none = ParseHooks("<response><returncode>SUCCESS</returncode><hooks></hooks></response>");
  EXPECT_TRUE(none.status.success && none.hooks.empty());
  const HookList failed =
      ParseHooks("<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey><message>x</message></response>");
  EXPECT_TRUE(failed.status.has_returncode);
  EXPECT_EQ(failed.status.message_key, "checksumError");
  EXPECT_FALSE(ParseHooks("<html><body>404</body></html>").status.has_returncode);
  const HookList cut = ParseHooks("<response><returncode>SUCCESS</returncode><hooks><hook><hookID>1</hookID></hook><hook>");
  EXPECT_TRUE(cut.status.success);
  EXPECT_EQ(cut.hooks.size(), 2u);
}

}  // namespace
}  // namespace plenary::bbb
