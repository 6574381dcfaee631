// The commands of our own: output, status and what is asked of the owner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/fake_owner.hpp"

namespace plenary::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Commands : public testing::Test {
 protected:
  Commands() {
    auto& a = shell.pool.Add("bbb1", "https://bbb1/bigbluebutton/api", "hush1");
    a["load"] = 31;
    a["meetings"] = 2;
    a["users"] = 31;
    a["bbb_version"] = "3.0.4";
    a["last_poll_ms"] = ToMs(shell.now) - 20'000;
    auto& b = shell.pool.Add("bbb2", "https://bbb2/bigbluebutton/api", "hush2");
    b["online"] = false;
    b["state"] = "cordoned";
    b["load"] = 12;
    b["tag"] = "gpu";
    b["load_multiplier"] = 2.5;
    b["last_poll_ms"] = ToMs(shell.now) - 200'000;
    b["last_error"] = "connection refused";
    shell.pool.meetings = {{"m1", "bbb1", "One", {{"meetingName", "One"}}, {{"course", "C"}}}, {"m2", "bbb2", "Two", {}, {}}};
  }
  Shell shell;
};

TEST_F(Commands, ServersList) {
  EXPECT_EQ(shell.Run({"servers", "list"}), 0);
  EXPECT_EQ(shell.out,
            "ID    STATE     STATUS   LOAD  MEETINGS  PEOPLE  FACTOR  TAG  BBB    URL\n"
            "bbb1  enabled   online     31         2      31       1       3.0.4  https://bbb1/bigbluebutton/api\n"
            "bbb2  cordoned  offline     –         –       –     2.5  gpu         https://bbb2/bigbluebutton/api\n");
  EXPECT_EQ(shell.Run({"servers", "list", "--show-secrets"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("hush2\n"));
}

TEST_F(Commands, SecretsAreMaskedUnlessAskedFor) {
  const std::vector<std::vector<std::string>> commands = {{"servers", "list"},
                                                          {"servers", "show", "bbb1"},
                                                          {"status"},
                                                          {"servers", "enable", "bbb1"},
                                                          {"servers", "update", "bbb1", "--tag", "x"},
                                                          {"servers", "cordon", "bbb1"}};
  for (auto command : commands) {
    shell.Run(command);
    EXPECT_THAT(shell.out + shell.err, Not(HasSubstr("hush"))) << command[1 % command.size()];
    command.push_back("--json");
    shell.Run(command);
    EXPECT_THAT(shell.out + shell.err, Not(HasSubstr("hush"))) << command[1 % command.size()];
  }
  shell.Run({"servers", "show", "bbb1", "--show-secrets"});
  EXPECT_THAT(shell.out, HasSubstr("Secret              hush1\n"));
}

TEST_F(Commands, ServersListAsJson) {
  EXPECT_EQ(shell.Run({"servers", "list", "--json"}), 0);
  EXPECT_THAT(shell.out, testing::StartsWith(R"({"version":"9.9")"));
  EXPECT_THAT(shell.out, HasSubstr(R"("id":"bbb1","url":"https://bbb1/bigbluebutton/api","secret":null)"));
  EXPECT_EQ(shell.Run({"--json", "servers", "list", "--show-secrets"}), 0);
  EXPECT_THAT(shell.out, HasSubstr(R"("secret":"hush1")"));
}

TEST_F(Commands, TablesFitTheTerminal) {
  shell.terminal = {.output = true, .width = 80};
  shell.environment["NO_COLOR"] = "1";
  EXPECT_EQ(shell.Run({"servers", "list"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("https://bb…\n"));
  EXPECT_THAT(shell.out, Not(HasSubstr("\x1b")));
  shell.environment.erase("NO_COLOR");
  EXPECT_EQ(shell.Run({"servers", "list"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("\x1b[32monline\x1b[0m"));
  shell.environment["TERM"] = "dumb";
  EXPECT_EQ(shell.Run({"servers", "list"}), 0);
  EXPECT_THAT(shell.out, Not(HasSubstr("\x1b")));
}

TEST_F(Commands, EmptyPool) {
  Shell empty;
  EXPECT_EQ(empty.Run({"servers", "list"}), 0);
  EXPECT_EQ(empty.out, "");
  EXPECT_EQ(empty.err, "There are no servers yet. Add one: plenary servers add URL - --enable\n");
  EXPECT_EQ(empty.Run({"status"}), 0);
  EXPECT_EQ(empty.out,
            "1 problem:\n  No server takes new meetings; add one: plenary servers add URL - --enable\n\n"
            "0 servers, 0 online · 0 meetings · 0 people · Plenary 9.9, up 65 s\n");
}

TEST_F(Commands, StatusTellsWhatIsWrongFirst) {
  EXPECT_EQ(shell.Run({"status"}), 0);
  EXPECT_EQ(shell.out,
            "1 problem:\n  bbb2 is offline, last answer 3 min ago: connection refused (1 meeting is on it)\n\n"
            "2 servers, 1 online · 2 meetings · 31 people · Plenary 9.9, up 65 s\n\n"
            "ID    STATE     STATUS   LOAD  MEETINGS  PEOPLE  LARGEST  VIDEOS  BBB    TAG  URL\n"
            "bbb1  enabled   online     31         2      31        –       –  3.0.4       https://bbb1/bigbluebutton/api\n"
            "bbb2  cordoned  offline     –         –       –        –       –         gpu  https://bbb2/bigbluebutton/api\n");
  shell.pool.servers["bbb1"]["state"] = "disabled";
  EXPECT_EQ(shell.Run({"status"}), 0);
  EXPECT_THAT(shell.out,
              testing::StartsWith("2 problems:\n  No server takes new meetings; enable one: plenary servers enable ID\n  bbb2 is offline"));
  shell.pool.servers.erase("bbb2");
  shell.pool.servers["bbb1"]["state"] = "enabled";
  EXPECT_EQ(shell.Run({"status"}), 0);
  EXPECT_THAT(shell.out, testing::StartsWith("Nothing is wrong.\n\n1 server, 1 online"));
}

TEST_F(Commands, StatusTellsWhenNobodyServes) {
  shell.pool.served = false;
  EXPECT_EQ(shell.Run({"status"}), 0);
  EXPECT_THAT(shell.out,
              HasSubstr("2 problems:\n  Nobody serves this data folder, so no front-end gets an answer; start it: plenary serve\n"));
}

TEST_F(Commands, ATypedSecretIsNotShown) {
  shell.terminal.input = true;
  EXPECT_EQ(shell.Run({"servers", "add", "https://c/api", "-"}, "hush3\n"), 0);
  EXPECT_EQ(shell.typing, "hidden shown ");
  EXPECT_EQ(shell.err, "Secret: \n");
  EXPECT_THAT(shell.pool.commands.back(), HasSubstr("hush3"));
}

TEST_F(Commands, NumbersInJson) {
  EXPECT_EQ(shell.Run({"servers", "show", "bbb2", "--json"}), 0);
  EXPECT_THAT(shell.out, HasSubstr(R"("load":12,)"));
  EXPECT_THAT(shell.out, HasSubstr(R"("load_multiplier":2.5E0,)"));
  EXPECT_EQ(shell.Run({"servers", "show", "bbb1", "--json"}), 0);
  EXPECT_THAT(shell.out, HasSubstr(R"("load_multiplier":1,)"));
}

TEST_F(Commands, AddWithTheSecretFromEverywhere) {
  EXPECT_EQ(shell.Run({"servers", "add", "https://c/api", "s3", "--id", "c", "--tag", "t", "--load-multiplier", "-2",
                       "--checksum-algorithm", "sha512"}),
            0);
  EXPECT_EQ(shell.pool.commands.back(),
            R"(servers.add {"id":"c","url":"https://c/api","secret":"s3","tag":"t","checksum_algorithm":"sha512","load_multiplier":-2E0})");
  EXPECT_EQ(shell.out, "Added c (https://c/api), disabled.\nIt takes meetings after: plenary servers enable c\n");
  EXPECT_EQ(shell.Run({"servers", "add", "https://d/api", "-", "--enable"}, "typed \n"), 0);
  EXPECT_EQ(shell.pool.commands.back(), R"(servers.add {"url":"https://d/api","secret":"typed","enable":true})");
  EXPECT_EQ(shell.out, "Added new1 (https://d/api), enabled.\n");
  EXPECT_EQ(shell.Run({"servers", "add", "https://e/api", "--secret-file", TemporaryFile("secret", "filed\n")}), 0);
  EXPECT_THAT(shell.pool.commands.back(), HasSubstr(R"("secret":"filed")"));
  EXPECT_EQ(shell.Run({"servers", "add", "https://f/api"}), 2);
  EXPECT_THAT(shell.err, HasSubstr("the secret is missing"));
  EXPECT_EQ(shell.Run({"servers", "add", "https://f/api", "-"}, ""), 2);
  EXPECT_EQ(shell.Run({"servers", "add", "https://f/api", "--secret-file", "/nonexistent"}), 1);
  EXPECT_EQ(shell.err, "Error: No such file or directory: /nonexistent\n");
  EXPECT_EQ(shell.Run({"servers", "add", "https://c/api", "s", "--id", "c"}), 1);
  EXPECT_EQ(shell.err, "Error: There is a server with the ID c already.\n");
}

TEST_F(Commands, HelpOfAddWarns) {
  EXPECT_EQ(shell.Run({"servers", "add", "--help"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("visible in the process list"));
}

TEST_F(Commands, Update) {
  EXPECT_EQ(shell.Run({"servers", "update", "bbb2", "--tag", "", "--load-multiplier", "3"}), 0);
  EXPECT_EQ(shell.pool.commands.back(), R"(servers.update {"id":"bbb2","tag":"","load_multiplier":3E0})");
  EXPECT_EQ(shell.out, "Updated bbb2.\n");
  EXPECT_EQ(shell.Run({"servers", "update", "bbb2", "--load-multiplier", "3"}), 64);
  EXPECT_EQ(shell.out, "bbb2 is so already.\n");
  EXPECT_EQ(shell.Run({"servers", "update", "bbb2", "--secret", "-"}, "new\n"), 0);
  EXPECT_THAT(shell.pool.commands.back(), HasSubstr(R"("secret":"new")"));
}

TEST_F(Commands, States) {
  EXPECT_EQ(shell.Run({"servers", "enable", "bbb1"}), 64);
  EXPECT_EQ(shell.out, "bbb1 is enabled already.\n");
  EXPECT_EQ(shell.Run({"servers", "cordon", "bbb1"}), 0);
  EXPECT_EQ(shell.out, "Cordoned bbb1: no new meetings. 1 meeting with 31 people there goes on.\n");
  EXPECT_EQ(shell.Run({"servers", "disable", "bbb2"}), 0);
  EXPECT_EQ(shell.out, "Disabled bbb2: no new meetings. 1 meeting there goes on.\n");
  EXPECT_EQ(shell.Run({"servers", "enable", "bbb2"}), 0);
  EXPECT_EQ(shell.out, "Enabled bbb2: it takes new meetings as soon as it is online.\n");
  shell.pool.servers["bbb2"]["state"] = "disabled";
  shell.pool.servers["bbb2"]["state_set"] = false;
  EXPECT_EQ(shell.Run({"servers", "disable", "bbb2"}), 0) << "a state that was never set is set";
}

TEST_F(Commands, UnknownServer) {
  for (const char* verb : {"show", "enable", "cordon", "disable", "remove", "panic", "meetings"}) {
    EXPECT_EQ(shell.Run({"servers", verb, "bbb11"}), 1) << verb;
    EXPECT_EQ(shell.err, "Error: There is no server with the ID bbb11.\nDid you mean bbb1?\n") << verb;
  }
  EXPECT_EQ(shell.Run({"servers", "show", "zzz"}), 1);
  EXPECT_EQ(shell.err, "Error: There is no server with the ID zzz.\nTry `plenary servers list`.\n");
}

TEST_F(Commands, Remove) {
  EXPECT_EQ(shell.Run({"servers", "remove", "bbb1"}), 1);
  EXPECT_EQ(shell.err, "Error: bbb1 has meetings.\n");
  EXPECT_EQ(shell.Run({"servers", "remove", "bbb1", "--force"}), 0);
  EXPECT_EQ(shell.out, "Removed bbb1.\nForgot 1 meeting; they were not ended on the node.\n");
}

TEST_F(Commands, PanicAsks) {
  EXPECT_EQ(shell.Run({"servers", "panic", "bbb1"}, "bbb1\n"), 1) << "no terminal, no --yes";
  EXPECT_EQ(shell.pool.meetings.size(), 2u);
  shell.terminal.input = true;
  EXPECT_EQ(shell.Run({"servers", "panic", "bbb1"}, "yes\n"), 1) << "the ID has to be typed";
  EXPECT_THAT(shell.err, testing::EndsWith("Error: nothing was changed\n"));
  EXPECT_EQ(shell.pool.meetings.size(), 2u);
  EXPECT_EQ(shell.Run({"servers", "panic", "bbb1"}, "bbb1\n"), 0);
  EXPECT_EQ(shell.err, "Panic ends 1 meeting with 31 people of bbb1 and disables it. Type the server's ID to continue: ");
  EXPECT_EQ(shell.out, "Cleared 1 meeting of bbb1; it is disabled.\n");
  EXPECT_EQ(shell.Run({"servers", "panic", "bbb1", "--yes"}), 64);
}

TEST_F(Commands, PanicReportsWhatDidNotEnd) {
  shell.pool.node_errors["bbb2"] = "down";
  EXPECT_EQ(shell.Run({"servers", "panic", "bbb2", "--yes", "--keep-state"}), 1);
  EXPECT_EQ(shell.out, "Cleared 1 meeting of bbb2; it is cordoned.\n");
  EXPECT_EQ(shell.err, "Could not end m2 on the node: down\n");
}

TEST_F(Commands, ServersMeetings) {
  EXPECT_EQ(shell.Run({"servers", "meetings"}), 0);
  EXPECT_EQ(shell.out, "SERVER  MEETING  NAME  PEOPLE\nbbb1    m1       One        3\nbbb2    m2       Two        3\n");
  shell.pool.node_errors["bbb2"] = "down";
  EXPECT_EQ(shell.Run({"servers", "meetings", "bbb2", "bbb1"}), 1);
  EXPECT_EQ(shell.err, "bbb2 did not tell: down\n");
  EXPECT_THAT(shell.out, HasSubstr("bbb1    m1"));
}

TEST_F(Commands, Export) {
  EXPECT_EQ(shell.Run({"servers", "export"}), 0);
  EXPECT_THAT(shell.out, testing::StartsWith("---\nservers:\n  bbb1:\n    url: https://bbb1/bigbluebutton/api\n    secret: hush1\n"));
}

TEST_F(Commands, MeetingsList) {
  EXPECT_EQ(shell.Run({"meetings", "list"}), 0);
  EXPECT_EQ(shell.out,
            "MEETING  NAME  SERVER  PHASE    VOICE       CREATED\n"
            "m1       One   bbb1    running  123456789  60 s ago\n"
            "m2       Two   bbb2    running  123456789  60 s ago\n");
}

TEST_F(Commands, MeetingsInfo) {
  EXPECT_EQ(shell.Run({"meetings", "info", "m1"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("meetingName             One\nmeta_course             C\n"));
  shell.pool.node_errors["bbb1"] = "timeout";
  EXPECT_EQ(shell.Run({"meetings", "info", "m1"}), 1);
  EXPECT_EQ(shell.err, "Error: the server did not tell more: timeout\n");
  EXPECT_EQ(shell.Run({"meetings", "info", "m3"}), 1);
  EXPECT_EQ(shell.err, "Error: There is no meeting with the ID m3.\nDid you mean m1?\n");
}

TEST_F(Commands, MeetingsEnd) {
  EXPECT_EQ(shell.Run({"meetings", "end", "m1"}, "yes\n"), 1) << "no terminal, no --yes";
  EXPECT_EQ(shell.pool.meetings.size(), 2u);
  shell.terminal.input = true;
  EXPECT_EQ(shell.Run({"meetings", "end", "m1"}, "Yes\n"), 0);
  EXPECT_EQ(shell.err, "This ends m1 for everybody who is in it. Type yes to continue: ");
  EXPECT_EQ(shell.out, "Ended m1.\n");
  shell.pool.node_errors["bbb2"] = "down";
  EXPECT_EQ(shell.Run({"meetings", "end", "m2", "--yes"}), 1);
  EXPECT_EQ(shell.err, "Could not end m2: down\n");
  EXPECT_EQ(shell.Run({"meetings", "end", "--yes"}), 2);
}

TEST_F(Commands, MeetingIdsAreTakenLiterally) {
  shell.pool.meetings = {{"[a,b]", "bbb1", "", {}, {}}, {"status", "bbb1", "", {}, {}}, {"--json", "bbb1", "", {}, {}}};
  EXPECT_EQ(shell.Run({"meetings", "end", "--yes", "[a,b]", "status"}), 0);
  EXPECT_EQ(shell.pool.commands.back(), R"(meetings.end {"ids":["[a,b]","status"]})");
  EXPECT_EQ(shell.Run({"meetings", "info", "[a]"}), 1);
  EXPECT_THAT(shell.err, HasSubstr("There is no meeting with the ID [a]."));
  EXPECT_EQ(shell.Run({"servers", "add", "https://x/api", "[s,t]", "--tag=[g]"}), 0);
  EXPECT_THAT(shell.pool.commands.back(), HasSubstr(R"("secret":"[s,t]","tag":"[g]")"));
  EXPECT_EQ(shell.Run({"meetings", "end", "--yes", "--", "--json"}), 0);
  EXPECT_EQ(shell.pool.commands.back(), R"(meetings.end {"ids":["--json"]})");
}

TEST_F(Commands, Poll) {
  shell.pool.node_errors["bbb2"] = "connection refused";
  EXPECT_EQ(shell.Run({"poll"}), 0);
  EXPECT_EQ(shell.pool.commands.back(), R"(poll.run {"what":"all"})");
  EXPECT_EQ(shell.out, "ID    STATUS   LOAD  PROBLEM\nbbb1  online     31\nbbb2  offline    12  connection refused\n");
  EXPECT_EQ(shell.Run({"poll", "versions"}), 0);
  EXPECT_EQ(shell.pool.commands.back(), R"(poll.run {"what":"versions"})");
  EXPECT_EQ(shell.Run({"poll", "meeting"}), 2);
  EXPECT_THAT(shell.err, HasSubstr("did you mean meetings?"));
}

TEST_F(Commands, NotReachable) {
  shell.pool.command_errors["servers.list"] = {ErrorCode::kUnreachable, "the server in /data does not answer"};
  EXPECT_EQ(shell.Run({"servers", "list"}), 3);
  EXPECT_EQ(shell.err, "Error: the server in /data does not answer\n");
}

TEST_F(Commands, ServeAndTheDataFolder) {
  EXPECT_EQ(shell.Run({"serve"}), 7) << "the status of the server";
  EXPECT_EQ(shell.served_dir, "/data");
  EXPECT_FALSE(shell.served_links);
  EXPECT_EQ(shell.Run({"serve", "--data", "/other", "--print-links"}), 7);
  EXPECT_EQ(shell.served_dir, "/other");
  EXPECT_TRUE(shell.served_links);
  EXPECT_EQ(shell.Run({"--data", "/third", "servers", "list"}), 0);
  EXPECT_EQ(shell.opened.back(), "/third");
  EXPECT_EQ(shell.Run({"rake", "servers", "--data", "/fourth"}), 0);
  EXPECT_EQ(shell.opened.back(), "/fourth");
}

TEST_F(Commands, InvalidSettingsRefuseToStart) {
  shell.environment["PORT"] = "x";
  shell.environment["VOICE_BRIDGE_LEN"] = "1";
  EXPECT_EQ(shell.Run({"serve"}), 2);
  EXPECT_EQ(shell.served_dir, "");
  EXPECT_EQ(shell.err,
            "Error: PORT is 'x'; accepted: integer from 0 to 65535.\nError: VOICE_BRIDGE_LEN is '1'; accepted: integer from 5 to 20.\n");
  EXPECT_EQ(shell.Run({"config", "check"}), 2);
}

TEST_F(Commands, WithoutTheSettingsFileThatWasNamedNothingIsDone) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"config", "check"}, {"servers", "list"}, {"serve"}}) {
    std::vector<std::string> arguments{"--config", "/nonexistent.yml"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    EXPECT_EQ(shell.Run(arguments), 2) << words.front();
    EXPECT_EQ(shell.err, "Error: The settings file /nonexistent.yml can't be read: No such file or directory.\n");
  }
  EXPECT_TRUE(shell.opened.empty());
}

TEST_F(Commands, Config) {
  shell.environment["LOADBALANCER_SECRET"] = "hush";
  shell.environment["REDIS_URL"] = "redis://:hush@x";
  EXPECT_EQ(shell.Run({"config", "check", "--data", "/d"}), 0);
  EXPECT_THAT(shell.out, testing::ContainsRegex("\nPLENARY_DATA_DIR +/d +--data\n"));
  EXPECT_THAT(shell.out, HasSubstr("LOADBALANCER_SECRET              (set)                      environment\n"));
  EXPECT_THAT(shell.out, HasSubstr("\nSet, but without effect:\n  REDIS_URL: The cluster mode comes with a later version; state is kept in the data "
                                   "folder.\n"));
  EXPECT_THAT(shell.out, Not(HasSubstr("hush")));
  EXPECT_EQ(shell.Run({"config", "check", "--json"}), 0);
  EXPECT_THAT(shell.out, HasSubstr(R"x({"name":"REDIS_URL","value":"(set)","source":"environment","has_effect":false})x"));
  EXPECT_EQ(shell.Run({"config", "docs"}), 0);
  EXPECT_EQ(shell.out, config::ReferencePage());
}

}  // namespace
}  // namespace plenary::cli
