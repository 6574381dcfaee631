// Output, status and commands of every servers task, literally (spec scalelite 10.1).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/fake_owner.hpp"

namespace plenary::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kUrl = "http://127.0.1.1:15001/bigbluebutton/api";

class RakeServers : public testing::Test {
 protected:
  std::string LastCommand() const { return shell.pool.commands.empty() ? "" : shell.pool.commands.back(); }
  Shell shell;
};

TEST_F(RakeServers, ListOfNone) {
  EXPECT_EQ(shell.Rake("servers"), 0);
  EXPECT_EQ(shell.out, "");
  EXPECT_EQ(shell.err, "No servers are configured\n");
}

TEST_F(RakeServers, List) {
  auto& a = shell.pool.Add("a", kUrl, "sec1");
  a["load"] = 9;
  a["bbb_version"] = "3.0.4";
  auto& b = shell.pool.Add("b", "https://b/bigbluebutton/api", "sec2");
  b["load"] = 4.0;  // a disabled or offline server has no load, whatever is remembered
  b["state"] = "cordoned";
  b["online"] = false;
  b["load_multiplier"] = 2.5;
  b["tag"] = "gpu";
  EXPECT_EQ(shell.Rake("servers"), 0);
  EXPECT_EQ(shell.out,
            "id: a\n\turl: http://127.0.1.1:15001/bigbluebutton/api\n\tsecret: sec1\n\tenabled\n\tload: 9.0\n\tload multiplier: 1.0\n"
            "\tbbb version: 3.0.4\n\ttag: \n\tonline\n"
            "id: b\n\turl: https://b/bigbluebutton/api\n\tsecret: sec2\n\tcordoned\n\tload: unavailable\n\tload multiplier: 2.5\n"
            "\tbbb version: \n\ttag: gpu\n\toffline\n");
  EXPECT_EQ(shell.err, "");
}

TEST_F(RakeServers, Add) {
  EXPECT_EQ(shell.Rake("servers:add[http://127.0.1.1:15001/bigbluebutton/api,secret1]"), 0);
  EXPECT_EQ(shell.out, "OK\nid: new1\n");
  EXPECT_EQ(LastCommand(), R"(servers.add {"url":"http://127.0.1.1:15001/bigbluebutton/api","secret":"secret1","load_multiplier":1E0})");
  EXPECT_EQ(shell.Rake("servers:add[ https://x/api , s , 2.5 , gpu ]"), 0);
  EXPECT_EQ(shell.out, "OK\nid: new2\n");
  EXPECT_EQ(LastCommand(), R"(servers.add {"url":"https://x/api","secret":"s","load_multiplier":2.5E0,"tag":"gpu"})");
}

TEST_F(RakeServers, AddWithAnUnreadableMultiplier) {
  for (const char* task : {"servers:add[https://x/api,s,abc]", "servers:add[https://x/api,s,0,gpu]"}) {
    EXPECT_EQ(shell.Rake(task), 0);
    EXPECT_THAT(shell.out, testing::StartsWith("WARNING! Load-multiplier was not readable or 0, so it is now 1\nOK\nid: new"));
    EXPECT_THAT(LastCommand(), HasSubstr(R"("load_multiplier":1E0)"));
  }
}

TEST_F(RakeServers, AddRefusals) {
  for (const char* task : {"servers:add", "servers:add[]", "servers:add[http://127.0.1.1/api]", "servers:add[,s]"}) {
    EXPECT_EQ(shell.Rake(task), 1) << task;
    EXPECT_EQ(shell.err, "Error: Please input at least a URL and a secret!\n") << task;
  }
  for (const char* task : {"servers:add[bbb.example.com,secret]", "servers:add[ftp://x/api,secret]"}) {
    EXPECT_EQ(shell.Rake(task), 1) << task;
    EXPECT_EQ(shell.err, "Error: Server URL must start with http:// or https://\n") << task;
  }
  EXPECT_EQ(shell.out, "");
  EXPECT_THAT(shell.pool.commands, IsEmpty());
}

TEST_F(RakeServers, AddOfADuplicateAborts) {
  shell.pool.command_errors["servers.add"] = {ErrorCode::kAlreadyExists, "There is a server with the ID x already."};
  EXPECT_EQ(shell.Rake("servers:add[https://x/api,s]"), 1);
  EXPECT_EQ(shell.err, "rake aborted!\nThere is a server with the ID x already.\n");
  EXPECT_EQ(shell.out, "");
}

TEST_F(RakeServers, UnknownIds) {
  const std::vector<std::pair<std::string, std::string>> tasks = {{"update", "Updating"},   {"remove", "Removing"},
                                                                  {"enable", "Enabling"},   {"cordon", "Cordoning"},
                                                                  {"disable", "Disabling"}, {"panic", "Panicking"}};
  for (const auto& [task, verb] : tasks) {
    EXPECT_EQ(shell.Rake("servers:" + task + "[nope]"), 1) << task;
    EXPECT_EQ(shell.out, verb + " server nope...\n") << task;
    EXPECT_EQ(shell.err, "ERROR: No server found with id: nope\n") << task;
    EXPECT_EQ(shell.Rake("servers:" + task), 1) << task;
    EXPECT_EQ(shell.out, verb + " server ...\n") << task;
    EXPECT_EQ(shell.err, "ERROR: No server found with id: \n") << task;
  }
  for (const char* task : {"servers:loadMultiplier[nope,1]", "servers:tag[nope,t]"}) {
    EXPECT_EQ(shell.Rake(task), 1);
    EXPECT_EQ(shell.out, "");
    EXPECT_EQ(shell.err, "ERROR: No server found with id: nope\n");
  }
}

TEST_F(RakeServers, Update) {
  shell.pool.Add("a", kUrl)["tag"] = "old";
  EXPECT_EQ(shell.Rake("servers:update[a,newsecret]"), 0);
  EXPECT_EQ(shell.out, "Updating server a...\nOK\n");
  EXPECT_EQ(LastCommand(), R"(servers.update {"id":"a","secret":"newsecret"})");
  EXPECT_EQ(shell.Rake("servers:update[a,,7]"), 0);
  EXPECT_EQ(LastCommand(), R"(servers.update {"id":"a","load_multiplier":7E0})");
  EXPECT_EQ(shell.Rake("servers:update[a,s,0]"), 0);
  EXPECT_EQ(shell.out, "Updating server a...\nWARNING! Load-multiplier was not readable or 0, so it is now 1\nOK\n");
  EXPECT_EQ(shell.Rake("servers:update[a,s3,2,mytag]"), 0);
  EXPECT_EQ(LastCommand(), R"(servers.update {"id":"a","secret":"s3","load_multiplier":2E0,"tag":"mytag"})");
  EXPECT_EQ(shell.Rake("servers:update[a,,,]"), 0);
  EXPECT_EQ(LastCommand(), R"(servers.update {"id":"a","tag":""})") << "a fourth argument that is empty removes the tag";
  EXPECT_EQ(shell.Rake("servers:update[a]"), 0);
  EXPECT_EQ(shell.out, "Updating server a...\nOK\n");
}

TEST_F(RakeServers, RemoveEnableCordon) {
  shell.pool.Add("a", kUrl);
  shell.pool.meetings = {{"m1", "a", "M", {}, {}}};
  EXPECT_EQ(shell.Rake("servers:cordon[a]"), 0);
  EXPECT_EQ(shell.out, "Cordoning server a...\nOK\n");
  EXPECT_EQ(shell.pool.servers["a"].at("state"), "cordoned");
  EXPECT_EQ(shell.Rake("servers:enable[a]"), 0);
  EXPECT_EQ(shell.out, "Enabling server a...\nOK\n");
  EXPECT_EQ(shell.pool.servers["a"].at("state"), "enabled");
  EXPECT_EQ(shell.Rake("servers:remove[a]"), 0);
  EXPECT_EQ(shell.out, "Removing server a...\nOK\n");
  EXPECT_THAT(shell.pool.servers, IsEmpty());
}

TEST_F(RakeServers, OtherFailures) {
  shell.pool.Add("a", kUrl);
  shell.pool.command_errors["servers.set_state"] = {ErrorCode::kIo, "disk full"};
  shell.pool.command_errors["servers.panic"] = {ErrorCode::kIo, "disk full"};
  EXPECT_EQ(shell.Rake("servers:cordon[a]"), 1);
  EXPECT_EQ(shell.err, "ERROR: Failed to cordon server a - disk full\n");
  EXPECT_EQ(shell.Rake("servers:panic[a]"), 1);
  EXPECT_EQ(shell.err, "ERROR: Failed to panic server a - disk full\n");
  EXPECT_EQ(shell.Rake("servers:enable[a]"), 1);
  EXPECT_EQ(shell.err, "rake aborted!\ndisk full\n");
}

constexpr const char* kQuestion =
    "Disabling server a...\n"
    "WARNING: You are trying to disable a server with active load. You should use the cordon option if\n"
    "          you do not want to clear all the meetings\n"
    "If you still wish to continue please enter `yes`\n";

TEST_F(RakeServers, DisableWithLoad) {
  shell.pool.Add("a", kUrl)["load"] = 3;
  shell.pool.meetings = {{"m1", "a", "M", {}, {}}, {"m2", "b", "M", {}, {}}};
  EXPECT_EQ(shell.Rake("servers:disable[a]", "no\n"), 0);
  EXPECT_EQ(shell.out, std::string(kQuestion) + "OK\n");
  EXPECT_EQ(shell.pool.servers["a"].at("state"), "enabled");
  EXPECT_EQ(shell.Rake("servers:disable[a]", ""), 0) << "the end of the input is a no";
  EXPECT_EQ(shell.pool.servers["a"].at("state"), "enabled");
  EXPECT_EQ(shell.Rake("servers:disable[a]", "YES\n"), 0);
  EXPECT_EQ(shell.out, std::string(kQuestion) + "Clearing Meeting id=m1\nOK\n");
  EXPECT_EQ(shell.err, "");
  EXPECT_EQ(shell.pool.servers["a"].at("state"), "disabled");
  EXPECT_EQ(shell.pool.meetings.size(), 1u);
}

TEST_F(RakeServers, DisableWithoutLoadKeepsTheMeetings) {
  shell.pool.Add("a", kUrl)["load"] = 0;
  shell.pool.meetings = {{"m1", "a", "M", {}, {}}};
  EXPECT_EQ(shell.Rake("servers:disable[a]"), 0);
  EXPECT_EQ(shell.out, "Disabling server a...\nOK\n");
  EXPECT_EQ(shell.pool.servers["a"].at("state"), "disabled");
  EXPECT_EQ(shell.pool.meetings.size(), 1u);
}

TEST_F(RakeServers, Panic) {
  shell.pool.Add("a", kUrl);
  shell.pool.node_errors["a"] = "connection refused";
  shell.pool.meetings = {{"m1", "a", "M", {}, {}}, {"m2", "a", "M", {}, {}}};
  EXPECT_EQ(shell.Rake("servers:panic[a]"), 0);
  EXPECT_EQ(shell.out, "Panicking server a...\nClearing Meeting id=m1\nClearing Meeting id=m2\nOK\n");
  EXPECT_EQ(shell.err,
            "WARNING: Could not end meeting id=m1: connection refused\nWARNING: Could not end meeting id=m2: connection refused\n");
  EXPECT_EQ(LastCommand(), R"(servers.panic {"id":"a","keep_state":false,"skip_end_calls":false})");
  EXPECT_EQ(shell.Rake("servers:panic[a,false,x]"), 0);
  EXPECT_EQ(LastCommand(), R"(servers.panic {"id":"a","keep_state":true,"skip_end_calls":true})") << "any text is a yes";
}

TEST_F(RakeServers, LoadMultiplierAndTag) {
  shell.pool.Add("a", kUrl);
  EXPECT_EQ(shell.Rake("servers:loadMultiplier[a,4.5]"), 0);
  EXPECT_EQ(shell.out, "OK\n");
  EXPECT_EQ(LastCommand(), R"(servers.update {"id":"a","load_multiplier":4.5E0})");
  EXPECT_EQ(shell.Rake("servers:loadMultiplier[a,x]"), 0);
  EXPECT_EQ(shell.out, "WARNING! Load-multiplier was not readable or 0, so it is now 1\nOK\n");
  EXPECT_EQ(shell.Rake("servers:loadMultiplier[a]"), 0);
  EXPECT_EQ(shell.out, "OK\n");
  EXPECT_EQ(LastCommand(), R"(servers.update {"id":"a","load_multiplier":1E0})");
  EXPECT_EQ(shell.Rake("servers:loadMultiplier[a,-2]"), 0);
  EXPECT_EQ(LastCommand(), R"(servers.update {"id":"a","load_multiplier":-2E0})");
  EXPECT_EQ(shell.Rake("servers:loadMultiplier[a,3abc]"), 0);
  EXPECT_EQ(LastCommand(), R"(servers.update {"id":"a","load_multiplier":3E0})") << "Ruby reads the number at the beginning";
  EXPECT_EQ(shell.Rake("servers:tag[a,t1]"), 0);
  EXPECT_EQ(shell.out, "OK\n");
  EXPECT_EQ(LastCommand(), R"(servers.update {"id":"a","tag":"t1"})");
  EXPECT_EQ(shell.Rake("servers:tag[a,]"), 0);
  EXPECT_EQ(LastCommand(), R"(servers.update {"id":"a","tag":""})");
}

TEST_F(RakeServers, MeetingList) {
  shell.pool.Add("a", kUrl);
  shell.pool.Add("b", "http://b/api");
  shell.pool.Add("c", "http://c/api");
  shell.pool.meetings = {{"m1", "a", "Name 1", {}, {}}, {"m2", "a", "Name 2", {}, {}}};
  shell.pool.node_errors["c"] = "internalError: Response did not include returncode";
  EXPECT_EQ(shell.Rake("servers:meeting_list"), 0);
  EXPECT_EQ(shell.out,
            "\nServer ID: a\nServer Url: http://127.0.1.1:15001/bigbluebutton/api\nMeetingIDs: \n\tName 1\n\tName 2\n"
            "\nServer ID: b\nServer Url: http://b/api\nMeetingIDs: \n"
            "\nServer ID: c\nServer Url: http://c/api\n");
  EXPECT_EQ(shell.err,
            "\tNo meetings to display\n\nFailed to get server id=c status: internalError: Response did not include returncode\n");
  EXPECT_EQ(shell.Rake("servers:meeting_list[b:a]"), 0);
  EXPECT_EQ(LastCommand(), R"(servers.meetings {"ids":["b","a"]})");
  EXPECT_EQ(shell.Rake("servers:meeting_list[nope]"), 1);
  EXPECT_EQ(shell.out, "");
  EXPECT_EQ(shell.err, "rake aborted!\nThere is no server with the ID nope.\n");
}

TEST_F(RakeServers, EscapesInArguments) {
  shell.pool.Add("a", kUrl);
  EXPECT_EQ(shell.Rake(R"(servers:update[a,one\,two\ ])"), 0);
  EXPECT_EQ(LastCommand(), R"(servers.update {"id":"a","secret":"one,two "})");
}

TEST_F(RakeServers, ControlCharactersAreNotPrinted) {
  shell.pool.Add("a", kUrl)["tag"] = "x\x1b[2Jy";
  EXPECT_EQ(shell.Rake("servers"), 0);
  EXPECT_THAT(shell.out, HasSubstr("\ttag: x?[2Jy\n"));
}

}  // namespace
}  // namespace plenary::cli
