// servers:sync and its relatives: what is done, and in which mode (spec scalelite 10.2, 10.3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/fake_owner.hpp"

namespace plenary::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kA =
    "servers:\n  bbb1:\n    secret: \"bbb1\"\n  bbb2:\n    secret: \"bbb2\"\n    url: \"https://bbb2.example.com/bigbluebutton/api\"\n"
    "    enabled: false\n    load_multiplier: 5.0\n    tag: gpu\n  bbb3:\n    secret: \"bbb3\"\n    url: "
    "http://127.0.1.1:15001/bigbluebutton/api\n";
constexpr const char* kB =
    "servers:\n  bbb1:\n    secret: \"bbb1-changed\"\n    url: \"https://bbb1-changed/bigbluebutton/api\"\n    enabled: false\n    "
    "load_multiplier: 23.0\n"
    "  bbb2:\n    secret: \"bbb2\"\n    url: \"https://bbb2.example.com/bigbluebutton/api\"\n    load_multiplier: 5\n    state: ignored\n";

class SyncTest : public testing::Test {
 protected:
  std::string State(const std::string& id) { return std::string(shell.pool.servers.at(id).at("state").as_string()); }
  std::vector<std::string> Commands(const std::function<void()>& run) {
    shell.pool.commands.clear();
    run();
    return shell.pool.commands;
  }
  Shell shell;
};

TEST_F(SyncTest, CreatesInOneStep) {
  const auto commands = Commands([&] { EXPECT_EQ(shell.Rake("servers:sync[-]", kA), 0); });
  EXPECT_THAT(
      commands,
      ElementsAre(
          "servers.list {}",
          R"(servers.add {"id":"bbb1","url":"https://bbb1/bigbluebutton/api","secret":"bbb1","load_multiplier":1E0,"enable":true})",
          R"(servers.add {"id":"bbb2","url":"https://bbb2.example.com/bigbluebutton/api","secret":"bbb2","load_multiplier":5E0,"tag":"gpu"})",
          R"(servers.add {"id":"bbb3","url":"http://127.0.1.1:15001/bigbluebutton/api","secret":"bbb3","load_multiplier":1E0,"enable":true})"));
  EXPECT_EQ(shell.out + shell.err, "");
  EXPECT_EQ(State("bbb1"), "enabled");
  EXPECT_EQ(State("bbb2"), "disabled");
}

TEST_F(SyncTest, UnchangedDoesNothing) {
  shell.Rake("servers:sync[-]", kA);
  EXPECT_THAT(Commands([&] { shell.Rake("servers:sync[-]", kA); }), ElementsAre("servers.list {}"));
}

TEST_F(SyncTest, ChangesAndKeeps) {
  shell.Rake("servers:sync[-]", kA);
  const auto commands = Commands([&] { EXPECT_EQ(shell.Rake("servers:sync[-,keep]", kB), 0); });
  EXPECT_THAT(
      commands,
      ElementsAre(
          "servers.list {}",
          R"(servers.update {"url":"https://bbb1-changed/bigbluebutton/api","secret":"bbb1-changed","load_multiplier":2.3E1,"id":"bbb1"})",
          R"(servers.set_state {"id":"bbb1","state":"cordoned"})", R"(servers.update {"tag":"","id":"bbb2"})",
          R"(servers.set_state {"id":"bbb2","state":"enabled"})"));
  EXPECT_TRUE(shell.pool.servers.contains("bbb3"));
}

TEST_F(SyncTest, DryRunOnlyLooks) {
  for (const char* task : {"servers:sync[-,cordon,true]", "servers:sync[-,force,x]"}) {
    EXPECT_THAT(Commands([&] { EXPECT_EQ(shell.Rake(task, kA), 0); }), ElementsAre("servers.list {}")) << task;
  }
  for (const char* task :
       {"servers:sync[-,cordon,No]", "servers:sync[-,cordon,FALSE]", "servers:sync[-,cordon,n]", "servers:sync[-,cordon,]"}) {
    shell.pool.servers.clear();
    shell.Rake(task, kA);
    EXPECT_EQ(shell.pool.servers.size(), 3u) << task;
  }
}

TEST_F(SyncTest, EmptyUnlistedServersAreRemoved) {
  shell.Rake("servers:sync[-]", kA);
  EXPECT_EQ(shell.Rake("servers:sync[-]", kB), 0);
  EXPECT_FALSE(shell.pool.servers.contains("bbb3"));
}

TEST_F(SyncTest, UnlistedServersWithMeetings) {
  shell.Rake("servers:sync[-]", kA);
  shell.pool.meetings = {{"m1", "bbb3", "M", {}, {}}};
  EXPECT_EQ(shell.Rake("servers:sync[-]", kB), 0);
  EXPECT_EQ(State("bbb3"), "cordoned");
  EXPECT_EQ(shell.pool.meetings.size(), 1u);
  const auto commands = Commands([&] { EXPECT_EQ(shell.Rake("servers:sync[-,force]", kB), 0); });
  EXPECT_THAT(commands,
              ElementsAre("servers.list {}", R"(servers.panic {"id":"bbb3","keep_state":true})", R"(servers.remove {"id":"bbb3"})"));
  EXPECT_FALSE(shell.pool.servers.contains("bbb3"));
}

TEST_F(SyncTest, AServerThatDoesNotEmptyIsAnError) {
  shell.Rake("servers:sync[-]", kA);
  shell.pool.meetings = {{"m1", "bbb3", "M", {}, {}}};
  shell.pool.command_errors["servers.remove"] = {ErrorCode::kConflict, "a meeting came in between"};
  EXPECT_EQ(shell.Rake("servers:sync[-,force]", kB), 1);
  EXPECT_EQ(shell.err, "ERROR: [bbb3] Server still not empty!\n");
}

TEST_F(SyncTest, Refusals) {
  EXPECT_EQ(shell.Rake("servers:sync"), 1);
  EXPECT_EQ(shell.err, "ERROR: Missing 'path' parameter\n");
  EXPECT_EQ(shell.Rake("servers:sync[-,X]", kA), 1);
  EXPECT_EQ(shell.err, "ERROR: Unknown sync mode 'X' (choose: keep cordon force)\n");
  EXPECT_EQ(shell.Rake("servers:sync[/nonexistent/a.yml]"), 1);
  EXPECT_EQ(shell.err, "ERROR: No such file or directory: /nonexistent/a.yml\n");
  EXPECT_EQ(shell.Rake("servers:sync[-]", "servers:\n  a: {}\n"), 1);
  EXPECT_EQ(shell.err, "ERROR: Server id=a has no secret\n");
  EXPECT_TRUE(shell.pool.commands.empty()) << "the file is checked before anything is done";
}

TEST_F(SyncTest, FromAFile) {
  const std::string path = TemporaryFile("a.yml", kA);
  EXPECT_EQ(shell.Rake("servers:sync[" + path + "]"), 0);
  EXPECT_EQ(shell.pool.servers.size(), 3u);
}

TEST_F(SyncTest, TheLogGoesToATerminalOnly) {
  shell.terminal.errors = true;
  EXPECT_EQ(shell.Rake("servers:sync[-]", kA), 0);
  EXPECT_EQ(shell.out, "");
  EXPECT_EQ(shell.err,
            "[bbb1] Server created\n[bbb1] Server enabled\n[bbb2] Server created\n[bbb3] Server created\n[bbb3] Server enabled\n");
}

TEST_F(SyncTest, Command) {
  const std::string path = TemporaryFile("b.yml", kB);
  shell.Rake("servers:sync[-]", kA);
  shell.pool.meetings = {{"m1", "bbb3", "M", {}, {}}};
  shell.pool.node_errors["bbb3"] = "down";
  const std::string log =
      "[bbb1] Server updated: url=https://bbb1-changed/bigbluebutton/api\n[bbb1] Server updated: secret=*****\n"
      "[bbb1] Server updated: load_multiplier=23.0\n[bbb1] Server disabled (cordoned)\n[bbb2] Server updated: tag=\n[bbb2] Server "
      "enabled\n";
  EXPECT_EQ(shell.Run({"servers", "sync", path, "--dry-run"}), 0);
  EXPECT_EQ(shell.out, log + "[bbb3] Server not empty. Cordoned for removal\n5 changes would be made.\n");
  EXPECT_EQ(State("bbb3"), "enabled");
  EXPECT_EQ(shell.Run({"servers", "sync", path, "--mode", "force"}), 1) << "a meeting could not be ended";
  EXPECT_EQ(shell.out, log +
                           "[bbb3] Server not empty. Cordoned for removal\n[bbb3] Server not empty. Ending meetings now...\n[bbb3] Try to "
                           "end meeting id=m1\n"
                           "[bbb3] Failed to end meeting id=m1: down\n[bbb3] Server removed\n7 changes made.\n");
  EXPECT_EQ(shell.Run({"servers", "sync", path}), 64);
  EXPECT_EQ(shell.out, "Nothing to change.\n");
  EXPECT_EQ(shell.Run({"servers", "sync", path, "--json"}), 64);
  EXPECT_EQ(shell.out, "{\"changes\":0,\"problems\":0,\"dry_run\":false,\"log\":[]}\n");
}

TEST_F(SyncTest, AddAll) {
  const std::string path = TemporaryFile(
      "all.yml", "servers:\n  - url: https://a/api\n    secret: s1\n    tag: ignored\n  - url: https://b/api\n    secret: s2\n");
  EXPECT_EQ(shell.Rake("servers:addAll[" + path + "]"), 0);
  EXPECT_EQ(shell.out, "server: https://a/api\nid: new1\nserver: https://b/api\nid: new2\n");
  shell.pool.command_errors["servers.add"] = {ErrorCode::kAlreadyExists, "twice"};
  EXPECT_EQ(shell.Rake("servers:addAll[" + path + "]"), 0) << "as Scalelite";
  EXPECT_EQ(shell.err, "twice\n");
  EXPECT_EQ(shell.Rake("servers:addAll[/nonexistent]"), 0);
  EXPECT_EQ(shell.err, "No such file or directory: /nonexistent\n");
}

TEST_F(SyncTest, YamlTask) {
  EXPECT_EQ(shell.Rake("servers:yaml"), 0);
  EXPECT_EQ(shell.out, "---\nservers: {}\n");
  shell.Rake("servers:sync[-]", kA);
  EXPECT_EQ(shell.Rake("servers:yaml[true]"), 0);
  EXPECT_THAT(
      shell.out,
      HasSubstr("  bbb2:\n    url: https://bbb2.example.com/bigbluebutton/api\n    secret: bbb2\n    load_multiplier: 5.0\n    tag: gpu\n"
                "    enabled: false\n    state: disabled\n    load: -1.0\n    bbb_version: ''\n    online: false\n"));
  EXPECT_EQ(shell.Rake("servers:yaml"), 0);
  const std::string exported = shell.out;
  EXPECT_THAT(Commands([&] { shell.Rake("servers:sync[-]", exported); }), ElementsAre("servers.list {}"))
      << "what is exported changes nothing";
}

}  // namespace
}  // namespace plenary::cli
