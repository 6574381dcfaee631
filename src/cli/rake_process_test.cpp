// Output and status of status, poll, liveness, secret and db tasks, and of rake itself (spec scalelite 10.4, 10.5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/fake_owner.hpp"

namespace plenary::cli {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

void Polled(boost::json::object& server, std::int64_t number) {
  server["meetings"] = 1;
  server["users"] = number;
  server["largest_meeting"] = number;
  server["videos"] = 2;
  server["bbb_version"] = "3.0.4";
}

TEST(RakeStatus, Empty) {
  Shell shell;
  EXPECT_EQ(shell.Rake("status"), 0);
  EXPECT_EQ(shell.out, "\n HOSTNAME  STATE  STATUS  MEETINGS  USERS  LARGEST MEETING  VIDEOS  LOAD  BBB VERSION  TAG \n");
}

TEST(RakeStatus, Table) {
  Shell shell;
  auto& a = shell.pool.Add("a", "http://127.0.0.1:28081/bigbluebutton/api");
  Polled(a, 7);
  a["load"] = 9;
  auto& b = shell.pool.Add("b", "http://127.0.0.1:28082/bigbluebutton/api");
  Polled(b, 7);
  b["load"] = 3;
  b["state"] = "disabled";
  b["tag"] = "tagx";
  auto& c = shell.pool.Add("c", "http://10.0.0.1/bigbluebutton/api");
  c["online"] = false;
  c["load"] = 120;
  EXPECT_EQ(shell.Rake("status"), 0);
  EXPECT_EQ(shell.out,
            "\n"
            "  HOSTNAME    STATE    STATUS  MEETINGS  USERS  LARGEST MEETING  VIDEOS  LOAD  BBB VERSION   TAG \n"
            " 10.0.0.1   enabled   offline                                                                    \n"
            " 127.0.0.1  enabled   online   1         7      7                2        9.0  3.0.4             \n"
            " 127.0.0.1  disabled  online   1         7      7                2             3.0.4        tagx \n");
}

TEST(RakePoll, OncePrintsNothing) {
  Shell shell;
  for (const char* what : {"all", "servers", "meetings", "versions"}) {
    EXPECT_EQ(shell.Rake(std::string("poll:") + what), 0);
    EXPECT_EQ(shell.out + shell.err, "");
    EXPECT_EQ(shell.pool.commands.back(), std::string(R"(poll.run {"what":")") + what + "\"}");
  }
  shell.pool.command_errors["poll.run"] = {ErrorCode::kUnreachable, "nobody answers"};
  EXPECT_EQ(shell.Rake("poll:all"), 1);
  EXPECT_EQ(shell.err, "rake aborted!\nnobody answers\n");
}

TEST(RakePoll, LoopUntilAskedToStop) {
  Shell shell;
  shell.sleeps_until_stop = 4;
  shell.pool.command_errors["poll.run"] = {ErrorCode::kUnreachable, "nobody answers"};
  EXPECT_EQ(shell.Rake("poll[0.5]"), 0);
  EXPECT_THAT(shell.sleeps, ElementsAre(0ms, 500ms, 500ms, 500ms));
  EXPECT_EQ(shell.opened.size(), 3u) << "the data folder is let go between two rounds";
  EXPECT_EQ(shell.err, "WARNING: nobody answers\nWARNING: nobody answers\nWARNING: nobody answers\n");
  Shell other;
  other.sleeps_until_stop = 2;
  EXPECT_EQ(other.Rake("poll"), 0);
  EXPECT_THAT(other.sleeps, ElementsAre(0ms, 60'000ms));
}

TEST(RakePoll, LoopRefusesAnIntervalOfNothing) {
  Shell shell;
  EXPECT_EQ(shell.Rake("poll[abc]"), 1);
  EXPECT_THAT(shell.err, HasSubstr("rake aborted!"));
  EXPECT_TRUE(shell.pool.commands.empty());
}

TEST(RakePoll, LoopDoesNotWaitForSettingsToMend) {
  Shell shell;
  shell.environment["PORT"] = "x";
  EXPECT_EQ(shell.Rake("poll[1]"), 1);
  EXPECT_THAT(shell.err, HasSubstr("PORT is 'x'"));
}

TEST(RakeOthers, LivenessSecretAndDatabase) {
  Shell shell;
  EXPECT_EQ(shell.Rake("liveness"), 0);
  EXPECT_EQ(shell.out, "success\n");
  EXPECT_EQ(shell.Rake("secret"), 0);
  EXPECT_THAT(shell.out, testing::MatchesRegex("[0-9a-f]{128}\n"));
  for (const char* task : {"db:create", "db:migrate", "db:setup", "db:schema:load"}) {
    EXPECT_EQ(shell.Rake(task), 0);
    EXPECT_EQ(shell.out + shell.err, "");
  }
  EXPECT_EQ(shell.Rake("db:version"), 0);
  EXPECT_EQ(shell.out, "Current version: 20230627141045\n");
  EXPECT_TRUE(shell.opened.empty()) << "none of them needs the data folder";
}

TEST(Rake, UnknownTask) {
  Shell shell;
  for (const char* task : {"serverz", "servers:", "[x]", "servers:add[x"}) {
    EXPECT_EQ(shell.Rake(task), 1);
    EXPECT_EQ(shell.err, std::string("rake aborted!\nDon't know how to build task '") + task +
                             "' (See the list of available tasks with `rake --tasks`)\n");
    EXPECT_EQ(shell.out, "");
  }
}

TEST(Rake, TaskList) {
  Shell shell;
  for (const char* flag : {"-T", "--tasks"}) {
    EXPECT_EQ(shell.Run({"rake", flag}), 0);
    EXPECT_THAT(shell.out, HasSubstr("\nrake servers:add[url,secret,load_multiplier,tag]          # Add a new BigBlueButton server"));
    EXPECT_THAT(shell.out, testing::Not(HasSubstr("db:migrate")));
  }
}

TEST(Rake, SeveralTasksStopAtTheFirstFailure) {
  Shell shell;
  EXPECT_EQ(shell.Run({"rake", "liveness", "RAILS_ENV=production", "servers:enable[nope]", "liveness"}), 1);
  EXPECT_EQ(shell.out, "success\nEnabling server nope...\n");
}

TEST(Rake, InvalidSettingsAbort) {
  Shell shell;
  shell.environment["PORT"] = "x";
  EXPECT_EQ(shell.Rake("servers"), 1);
  EXPECT_THAT(shell.err, HasSubstr("PORT is 'x'"));
}

}  // namespace
}  // namespace plenary::cli
