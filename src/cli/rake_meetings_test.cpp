// Output and status of the meetings tasks, literally (spec scalelite 10.6).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/fake_owner.hpp"

namespace plenary::cli {
namespace {

constexpr const char* kPrompt = "WARNING: You are trying to clear active meetings.\nIf you still wish to continue please enter `yes`\n";

class RakeMeetings : public testing::Test {
 protected:
  RakeMeetings() {
    shell.pool.Add("n1", "http://n1/api");
    shell.pool.Add("n2", "http://n2/api");
    shell.pool.meetings = {{"m1", "n1", "One", {}, {}}, {"m2", "n2", "Two", {}, {}}};
  }
  Shell shell;
};

TEST_F(RakeMeetings, List) {
  for (const char* task : {"meetings", "meetings:list"}) {
    EXPECT_EQ(shell.Rake(task), 0);
    EXPECT_EQ(
        shell.out,
        "\nMeetingID: m1\n\tServer ID: n1\n\tServer Url: http://n1/api\n\nMeetingID: m2\n\tServer ID: n2\n\tServer Url: http://n2/api\n");
    EXPECT_EQ(shell.err, "");
  }
  EXPECT_EQ(shell.Rake("meetings:list[m2]"), 0);
  EXPECT_EQ(shell.out, "\nMeetingID: m2\n\tServer ID: n2\n\tServer Url: http://n2/api\n");
  shell.pool.node_errors["n2"] = "timeout";
  EXPECT_EQ(shell.Rake("meetings:list[m2:m1]"), 0);
  EXPECT_EQ(shell.out, "\nMeetingID: m1\n\tServer ID: n1\n\tServer Url: http://n1/api\n");
  EXPECT_EQ(shell.err, "");
  EXPECT_EQ(shell.Rake("meetings:list[nope]"), 1);
  EXPECT_EQ(shell.out, "");
  EXPECT_EQ(shell.err, "rake aborted!\nThere is no meeting with the ID nope.\n");
}

TEST_F(RakeMeetings, EndAsks) {
  EXPECT_EQ(shell.Rake("meetings:end[m1]", "no\n"), 0);
  EXPECT_EQ(shell.out, std::string(kPrompt) + "OK\n");
  EXPECT_EQ(shell.err, "");
  EXPECT_EQ(shell.pool.meetings.size(), 2u);
  EXPECT_EQ(shell.Rake("meetings:end[nope]", "no\n"), 0) << "nothing is looked up before the yes";
}

TEST_F(RakeMeetings, End) {
  EXPECT_EQ(shell.Rake("meetings:end[m1]", "Yes\n"), 0);
  EXPECT_EQ(shell.out, std::string(kPrompt) + "OK\n");
  EXPECT_EQ(shell.err, "Clearing Meeting id=m1\n");
  EXPECT_EQ(shell.pool.meetings.size(), 1u);
  EXPECT_EQ(shell.Rake("meetings:end[nope]", "yes\n"), 1);
  EXPECT_EQ(shell.out, kPrompt);
  EXPECT_EQ(shell.err, "rake aborted!\nThere is no meeting with the ID nope.\n");
}

TEST_F(RakeMeetings, EndForgetsWhatTheNodeDoesNotEnd) {
  shell.pool.node_errors["n1"] = "down";
  EXPECT_EQ(shell.Rake("meetings:end", "yes\n"), 0);
  EXPECT_EQ(shell.out, std::string(kPrompt) + "OK\n");
  EXPECT_EQ(shell.err, "Clearing Meeting id=m2\n");
  EXPECT_TRUE(shell.pool.meetings.empty());
  EXPECT_EQ(shell.Rake("meetings:end", "yes\n"), 0);
  EXPECT_EQ(shell.out, std::string(kPrompt) + "OK\n");
  EXPECT_EQ(shell.err, "No meetings to clear\n");
}

TEST_F(RakeMeetings, Info) {
  shell.pool.meetings[0].info = {{"meetingID", "m1"},
                                 {"meetingName", "One"},
                                 {"internalMeetingID", "abc-1"},
                                 {"createDate", "Thu May 09 13:35:28 UTC 2024"},
                                 {"recording", "true"}};
  shell.pool.meetings[0].metadata = {
      {"bbb-context-name", "C1"}, {"bbb-context", "Course 1"}, {"bbb-origin", "Moodle"}, {"bbb-origin-tag", "tag"}};
  EXPECT_EQ(shell.Rake("meetings:info[m1]"), 0);
  EXPECT_EQ(shell.out,
            "\nMeeting ID: m1\n\tMeeting Name: One\n\tInternal MeetingID: abc-1\n\tCreated Date: Thu May 09 13:35:28 UTC 2024\n"
            "\tRecording Enabled: true\n\tServer id: n1\n\tSerevr url: http://n1/api\n\tMetaData:\n"
            "\t\tbbb-context-name: C1\n\t\tanalytics-callback-url: \n\t\tbbb-recording-tags: \n\t\tbbb-origin-server-common-name: \n"
            "\t\tbbb-context-label: \n\t\tbbb-origin: C1\n\t\tbbb-context: Course 1\n\t\tbbb-context-id: \n\t\tbbb-recording-name: \n"
            "\t\tbbb-origin-server-name: \n\t\tbbb-recording-description: \n\t\tbbb-origin-tag: tag\n");
  EXPECT_EQ(shell.err, "");
}

TEST_F(RakeMeetings, InfoFailures) {
  EXPECT_EQ(shell.Rake("meetings:info"), 1);
  EXPECT_EQ(shell.err, "Error: Please input a meetingID!\n");
  EXPECT_EQ(shell.Rake("meetings:info[nope]"), 1);
  EXPECT_EQ(shell.out, "");
  EXPECT_EQ(shell.err, "rake aborted!\nThere is no meeting with the ID nope.\n");
  shell.pool.node_errors["n1"] = "notFound: gone";
  EXPECT_EQ(shell.Rake("meetings:info[m1]"), 0);
  EXPECT_EQ(shell.out, "");
  EXPECT_EQ(shell.err, "WARNING: Could not get info for meeting id=m1: notFound: gone\n");
}

}  // namespace
}  // namespace plenary::cli
