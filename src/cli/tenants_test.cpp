// The nouns tenants, tokens, callbacks and hooks: output, status, what is asked of the owner, and that secrets stay hidden.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/fake_owner.hpp"
#include "cli/output.hpp"

namespace plenary::cli {
namespace {

namespace json = boost::json;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Tenants : public testing::Test {
 protected:
  Tenants() {
    json::object& t1 = shell.pool.AddTenant("uuid-1", "moodle");
    t1["limits"].as_object()["meetings"] = 10;
    t1["limits"].as_object()["calls_per_second"] = 50;
    t1["use"] = {{"meetings", 3}, {"people", 12}, {"participants", 11}, {"refused", 4}};
    t1["lrs"].as_object()["endpoint"] = "https://lrs/x";
    t1["lrs"].as_object()["password"] = "hush-lrs";
    t1["lrs"].as_object()["kc_client_secret"] = "hush-kc";
    t1["retired_secrets"] = json::array{{{"secret", "hush-old"}, {"until_ms", ToMs(shell.now) + 3 * 86'400'000ll}}};
    t1["settings"] = json::array{{{"id", "s-a"}, {"param", "logo"}, {"value", "https://l/1.png"}, {"override", false}},
                                 {{"id", "s-b"}, {"param", "duration<="}, {"value", "120"}, {"override", false}},
                                 {{"id", "s-c"}, {"param", "disabledFeatures+="}, {"value", "chat"}, {"override", false}},
                                 {{"id", "s-d"}, {"param", "logo"}, {"value", "https://l/2.png"}, {"override", true}}};
    shell.pool.AddTenant("uuid-2", "nextcloud")["enabled"] = false;
  }
  std::string LastCommand() const { return shell.pool.commands.empty() ? "" : shell.pool.commands.back(); }
  std::vector<std::string> ChangingCommands() const {
    std::vector<std::string> names;
    for (const std::string& command : shell.pool.commands) {
      const std::string name = command.substr(0, command.find(' '));
      if (name != "tenants.show" && name != "tenants.list") names.push_back(command);
    }
    return names;
  }
  Shell shell;
};

TEST_F(Tenants, List) {
  EXPECT_EQ(shell.Run({"tenants", "list"}), 0);
  EXPECT_EQ(shell.out,
            "NAME       STATE     MEETINGS  PEOPLE  REFUSED  SETTINGS  ID\n"
            "moodle     enabled    3 of 10      12        4         4  uuid-1\n"
            "nextcloud  disabled         0       0        0         0  uuid-2\n");
  EXPECT_EQ(shell.err, "");
  EXPECT_EQ(shell.Run({"tenants", "list", "--show-secrets"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("hush-nextcloud\n"));
  shell.pool.multitenancy = false;
  EXPECT_EQ(shell.Run({"tenants", "list"}), 0);
  EXPECT_EQ(shell.err, "Tenants have no effect yet: the server runs without MULTITENANCY_ENABLED=true.\n");
  shell.pool.tenants.clear();
  EXPECT_EQ(shell.Run({"tenants", "list"}), 0);
  EXPECT_EQ(shell.out, "");
  EXPECT_EQ(shell.err, "There are no tenants yet. Add one: plenary tenants add NAME\n");
}

TEST_F(Tenants, SecretsAreMaskedUnlessAskedFor) {
  const std::vector<std::vector<std::string>> commands = {{"tenants", "list"},
                                                          {"tenants", "show", "moodle"},
                                                          {"tenants", "update", "moodle", "--name", "m2"},
                                                          {"tenants", "disable", "m2"},
                                                          {"tenants", "limits", "m2", "--meetings", "2"},
                                                          {"tenants", "set", "m2", "a=b"},
                                                          {"tenants", "unset", "m2", "a"},
                                                          {"tenants", "roll-secret", "m2"},
                                                          {"tenants", "add", "third"},
                                                          {"status"}};
  for (auto command : commands) {
    shell.Run(command);
    EXPECT_THAT(shell.out + shell.err, Not(HasSubstr("hush"))) << command[1 % command.size()];
    command.push_back("--json");
    shell.Run(command);
    EXPECT_THAT(shell.out + shell.err, Not(HasSubstr("hush"))) << command[1 % command.size()];
  }
  EXPECT_EQ(shell.Run({"tenants", "show", "m2", "--show-secrets", "--json"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("hush-lrs"));
}

TEST_F(Tenants, Show) {
  EXPECT_EQ(shell.Run({"tenants", "show", "uuid-1"}), 0);
  EXPECT_EQ(shell.out,
            "Name                    moodle\n"
            "ID                      uuid-1\n"
            "State                   enabled\n"
            "Secret                  ********\n"
            "Old secret              ******** (accepted for 3 d yet)\n"
            "Meetings                3 of 10\n"
            "People                  12\n"
            "Most calls per second   50\n"
            "Refused since the start 4\n"
            "LRS endpoint            https://lrs/x\n"
            "LRS password            ********\n"
            "LRS kc client secret    ********\n"
            "\n"
            "PARAMETER           VALUE            KIND      ID\n"
            "logo                https://l/1.png  default   s-a\n"
            "duration<=          120              cap       s-b\n"
            "disabledFeatures+=  chat             added     s-c\n"
            "logo                https://l/2.png  override  s-d\n");
  EXPECT_EQ(shell.Run({"tenants", "show", "moodle", "--show-secrets"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("Secret                  hush-moodle\nOld secret              hush-old (accepted"));
}

TEST_F(Tenants, UnknownTenant) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{{"show", "modle"},
                                                                                      {"enable", "modle"},
                                                                                      {"disable", "modle"},
                                                                                      {"remove", "modle", "--yes"},
                                                                                      {"roll-secret", "modle"},
                                                                                      {"update", "modle", "--name", "x"},
                                                                                      {"set", "modle", "a=b"},
                                                                                      {"unset", "modle", "a"},
                                                                                      {"limits", "modle", "--meetings", "1"},
                                                                                      {"look", "modle", "--logo", "https://x"},
                                                                                      {"lrs", "modle", "--endpoint", "https://x"}}) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.begin(), "tenants");
    EXPECT_EQ(shell.Run(arguments), 1) << command[0];
    EXPECT_EQ(shell.err, "Error: There is no tenant with the ID or name modle.\nDid you mean moodle?\n") << command[0];
  }
  EXPECT_THAT(ChangingCommands(), Not(testing::Contains(HasSubstr("settings_add {\"tenant\":\"moodle"))));
}

TEST_F(Tenants, Add) {
  EXPECT_EQ(shell.Run({"tenants", "add", "third"}), 0);
  EXPECT_EQ(LastCommand(), R"(tenants.add {"name":"third","secrets":[]})");
  EXPECT_EQ(shell.out, "Added third (id1).\nA secret was made; see it with: plenary tenants show third --show-secrets\n");
  EXPECT_EQ(shell.Run({"tenants", "add", "fourth", "--show-secrets"}), 0);
  EXPECT_EQ(shell.out, "Added fourth (id2).\nSecret: made-hush\n");
  EXPECT_EQ(shell.Run({"tenants", "add", "fifth", "s1", "-", "--secret-file", TemporaryFile("secret", "filed\n"), "--checksum-algorithms",
                       "SHA256:SHA512"},
                      "typed\n"),
            0);
  EXPECT_EQ(LastCommand(), R"(tenants.add {"name":"fifth","secrets":["s1","typed","filed"],"checksum_algorithms":["SHA256","SHA512"]})");
  EXPECT_EQ(shell.out, "Added fifth (id3).\n");
  EXPECT_EQ(shell.Run({"tenants", "add", "moodle"}), 1);
  EXPECT_EQ(shell.err, "Error: There is a tenant with the name moodle already.\n");
  EXPECT_EQ(shell.Run({"tenants", "add", "sixth", "-"}, ""), 2);
  EXPECT_EQ(shell.err, "Error: the secret is empty\n");
  EXPECT_EQ(shell.Run({"tenants", "add"}), 2);
  shell.pool.multitenancy = false;
  EXPECT_EQ(shell.Run({"tenants", "add", "seventh"}), 0);
  EXPECT_THAT(shell.err, HasSubstr("without MULTITENANCY_ENABLED"));
}

TEST_F(Tenants, Update) {
  EXPECT_EQ(shell.Run({"tenants", "update", "moodle", "--name", "learn", "--checksum-algorithms", "SHA256"}), 0);
  EXPECT_EQ(LastCommand(), R"(tenants.update {"name":"learn","checksum_algorithms":["SHA256"],"tenant":"moodle"})");
  EXPECT_EQ(shell.out, "Updated learn.\n");
  EXPECT_EQ(shell.Run({"tenants", "update", "learn", "--name", "learn"}), 64);
  EXPECT_EQ(shell.out, "learn is so already.\n");
  EXPECT_EQ(shell.Run({"tenants", "update", "learn", "--checksum-algorithms", ""}), 0);
  EXPECT_THAT(LastCommand(), HasSubstr(R"("checksum_algorithms":[])"));
  EXPECT_EQ(shell.Run({"tenants", "update", "learn", "--secret", "a", "--secret", "-"}, "b\n"), 0);
  EXPECT_THAT(LastCommand(), HasSubstr(R"("secrets":["a","b"])"));
  shell.pool.command_errors["tenants.update"] = {ErrorCode::kInvalidArgument, "A secret must not contain ':'."};
  EXPECT_EQ(shell.Run({"tenants", "update", "learn", "--secret", "x"}), 2);
  EXPECT_EQ(shell.err, "Error: A secret must not contain ':'.\n");
}

TEST_F(Tenants, EnableAndDisable) {
  EXPECT_EQ(shell.Run({"tenants", "enable", "moodle"}), 64);
  EXPECT_EQ(shell.out, "moodle is enabled already.\n");
  EXPECT_EQ(shell.Run({"tenants", "disable", "moodle"}), 0);
  EXPECT_EQ(LastCommand(), R"(tenants.update {"tenant":"moodle","enabled":false})");
  EXPECT_EQ(shell.out, "Disabled moodle: its calls are refused. 3 meetings of it go on.\n");
  EXPECT_EQ(shell.Run({"tenants", "enable", "nextcloud"}), 0);
  EXPECT_EQ(shell.out, "Enabled nextcloud.\n");
}

TEST_F(Tenants, RemoveAsks) {
  EXPECT_EQ(shell.Run({"tenants", "remove", "nextcloud"}, "nextcloud\n"), 1) << "no terminal, no --yes";
  EXPECT_EQ(shell.err, "Error: nothing was changed\nWithout a terminal, say --yes.\n");
  shell.terminal.input = true;
  EXPECT_EQ(shell.Run({"tenants", "remove", "nextcloud"}, "yes\n"), 1) << "the name has to be typed";
  EXPECT_EQ(shell.Run({"tenants", "remove", "nextcloud"}, "nextcloud\n"), 0);
  EXPECT_EQ(shell.err, "This removes nextcloud with its secrets, settings, tokens and webhooks. Type the tenant's name to continue: ");
  EXPECT_EQ(shell.out, "Removed nextcloud.\n");
  EXPECT_EQ(shell.Run({"tenants", "remove", "moodle", "--yes"}), 1);
  EXPECT_EQ(shell.err, "Error: The tenant has meetings.\n");
  EXPECT_EQ(shell.Run({"tenants", "remove", "moodle", "--yes", "--force"}), 0);
  EXPECT_EQ(shell.out, "Removed moodle.\n3 meetings of it go on, and nobody can reach them through Plenary any more.\n");
}

TEST_F(Tenants, RollSecret) {
  EXPECT_EQ(shell.Run({"tenants", "roll-secret", "moodle"}), 0);
  EXPECT_EQ(LastCommand(), R"(tenants.roll_secret {"tenant":"moodle"})");
  EXPECT_EQ(shell.out, "Rolled the secret of moodle; the old one is accepted for 7 d yet.\n"
                       "A secret was made; see it with: plenary tenants show moodle --show-secrets\n");
  EXPECT_EQ(shell.Run({"tenants", "roll-secret", "moodle", "-", "--keep", "0", "--show-secrets"}, "mine\n"), 0);
  EXPECT_EQ(LastCommand(), R"(tenants.roll_secret {"tenant":"moodle","secret":"mine","keep_s":0})");
  EXPECT_EQ(shell.out, "Rolled the secret of moodle; the old one is refused now.\nSecret: mine\n");
  EXPECT_EQ(shell.Run({"tenants", "roll-secret", "moodle", "--keep", "12h"}), 0);
  EXPECT_THAT(LastCommand(), HasSubstr(R"("keep_s":43200)"));
  EXPECT_EQ(shell.Run({"tenants", "roll-secret", "moodle", "--keep", "soon"}), 2);
  EXPECT_THAT(shell.err, HasSubstr("'soon' is no time such as 90s, 30m, 12h or 7d"));
}

TEST_F(Tenants, Set) {
  EXPECT_EQ(shell.Run({"tenants", "set", "moodle", "duration<=90", "disabledFeatures+=polls", "welcome-=", "meta_x=a=b"}), 0);
  EXPECT_EQ(shell.out, "Changed 4 settings of moodle.\n");
  EXPECT_THAT(ChangingCommands(),
              ElementsAre(R"(tenants.settings_add {"tenant":"moodle","param":"duration<=","value":"90","override":false})",
                          R"(tenants.settings_remove {"id":"s-b"})",
                          R"(tenants.settings_add {"tenant":"moodle","param":"disabledFeatures+=","value":"polls","override":false})",
                          R"(tenants.settings_add {"tenant":"moodle","param":"welcome-=","value":"","override":false})",
                          R"(tenants.settings_add {"tenant":"moodle","param":"meta_x","value":"a=b","override":false})"))
      << "a new value takes the old one's place; an addition comes beside it";
  EXPECT_EQ(shell.Run({"tenants", "set", "moodle", "duration<=90", "disabledFeatures+=chat"}), 64);
  EXPECT_EQ(shell.out, "moodle is so already.\n");
  shell.pool.commands.clear();
  EXPECT_EQ(shell.Run({"tenants", "set", "--override", "moodle", "logo=https://l/3.png"}), 0);
  EXPECT_THAT(ChangingCommands(), ElementsAre(HasSubstr(R"("override":true)"), R"(tenants.settings_remove {"id":"s-d"})"));
  EXPECT_EQ(shell.out, "Changed 1 setting of moodle.\n");
  EXPECT_EQ(shell.Run({"tenants", "set", "moodle", "a=1", "--json"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("\"changes\":1"));
}

TEST_F(Tenants, WhatIsNoSetting) {
  for (const char* text : {"logo", "=x", "<=5", "+=a", "-="}) {
    EXPECT_EQ(shell.Run({"tenants", "set", "--", "moodle", "a=1", text}), 2) << text;
    EXPECT_THAT(shell.err, HasSubstr(std::string("Error: '") + text + "' is no setting\nSay 'logo=")) << text;
  }
  EXPECT_THAT(ChangingCommands(), IsEmpty()) << "nothing is set when one of them is wrong";
  EXPECT_EQ(shell.Run({"tenants", "set", "moodle"}), 2);
  EXPECT_EQ(shell.Run({"tenants", "set", "moodle", "a=1", "--default", "--override"}), 2);
}

TEST_F(Tenants, Unset) {
  EXPECT_EQ(shell.Run({"tenants", "unset", "moodle", "duration<=", "s-c"}), 0);
  EXPECT_EQ(shell.out, "Removed 2 settings of moodle.\n");
  EXPECT_THAT(ChangingCommands(), ElementsAre(R"(tenants.settings_remove {"id":"s-b"})", R"(tenants.settings_remove {"id":"s-c"})"));
  shell.pool.commands.clear();
  EXPECT_EQ(shell.Run({"tenants", "unset", "moodle", "logo", "--override"}), 0);
  EXPECT_THAT(ChangingCommands(), ElementsAre(R"(tenants.settings_remove {"id":"s-d"})"));
  EXPECT_EQ(shell.Run({"tenants", "unset", "moodle", "log"}), 1);
  EXPECT_EQ(shell.err, "Error: moodle has no setting log\nDid you mean 'logo'?\n");
}

TEST_F(Tenants, LimitsLrsAndLook) {
  EXPECT_EQ(shell.Run({"tenants", "limits", "moodle", "--meetings", "0", "--creates-per-second", "5"}), 0);
  EXPECT_EQ(LastCommand(), R"(tenants.update {"limits":{"creates_per_second":5,"meetings":0},"tenant":"moodle"})");
  EXPECT_EQ(shell.Run({"tenants", "limits", "moodle", "--meetings", "0"}), 64);
  for (const char* wrong : {"-1", "many", "1.5", "2147483648", "99999999999999999999", ""}) {
    EXPECT_EQ(shell.Run({"tenants", "limits", "moodle", "--meetings", wrong}), 2) << wrong;
    EXPECT_THAT(shell.err, testing::StartsWith("Error: --meetings: must be a whole number from 0 to 2147483647\n")) << wrong;
  }
  EXPECT_EQ(shell.Run({"tenants", "lrs", "moodle", "--endpoint", "https://l", "--username", "", "--kc-client-secret", "-"}, "typed\n"), 0);
  EXPECT_EQ(LastCommand(), R"(tenants.update {"lrs":{"endpoint":"https://l","kc_client_secret":"typed","username":""},"tenant":"moodle"})");
  EXPECT_EQ(shell.Run({"tenants", "look", "moodle", "--presentation", "https://p/1.pdf", "--style", ""}), 0);
  EXPECT_EQ(LastCommand(), R"(tenants.update {"presentation_url":"https://p/1.pdf","style_url":"","tenant":"moodle"})");
}

TEST_F(Tenants, Usage) {
  const auto used = [](const char* id, const char* name, int meetings, int peak, double minutes) {
    return json::object{{"tenant_id", id},     {"tenant", name},           {"month", "2026-11"},
                        {"meetings", meetings}, {"peak_participants", peak}, {"participant_minutes", minutes}};
  };
  shell.pool.usage = {used("uuid-1", "moodle", 42, 120, 1234.56), used("gone", "", 1, 2, 3)};
  EXPECT_EQ(shell.Run({"tenants", "usage"}), 0);
  EXPECT_EQ(shell.out,
            "month,tenant,tenant_id,meetings,peak_participants,participant_minutes\n"
            "2026-11,moodle,uuid-1,42,120,1234.6\n"
            "2026-11,,gone,1,2,3.0\n");
  shell.terminal.output = true;
  shell.environment["NO_COLOR"] = "1";
  EXPECT_EQ(shell.Run({"tenants", "usage", "--month", "2026-11", "moodle"}), 0);
  EXPECT_EQ(LastCommand(), R"(tenants.usage {"tenant":"moodle","month":"2026-11"})");
  EXPECT_EQ(shell.out,
            "MONTH    TENANT  MEETINGS  PEAK  MINUTES\n"
            "2026-11  moodle        42   120     1235\n"
            "2026-11  gone           1     2        3\n");
  EXPECT_EQ(shell.Run({"tenants", "usage", "--csv"}), 0);
  EXPECT_THAT(shell.out, testing::StartsWith("month,tenant,"));
  shell.pool.usage.clear();
  EXPECT_EQ(shell.Run({"tenants", "usage"}), 0);
  EXPECT_EQ(shell.err, "Nothing was used.\n");
}

TEST_F(Tenants, MeetingsSayWhoseTheyAre) {
  shell.pool.Add("n1", "http://n1/api");
  shell.pool.meetings = {{"room", "n1", "Room", {}, {}}};
  EXPECT_EQ(shell.Run({"meetings", "list"}), 0);
  EXPECT_THAT(shell.out, testing::StartsWith("MEETING  NAME")) << "no column that is always empty";
  shell.pool.meetings.push_back({"room~nextcloud", "n1", "Room", {}, {}, "uuid-2"});
  EXPECT_EQ(shell.Run({"meetings", "list"}), 0);
  EXPECT_THAT(shell.out, ContainsRegex("nextcloud  room~nextcloud  Room"));
}

TEST_F(Tenants, Status) {
  EXPECT_EQ(shell.Run({"status"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("TENANT     STATE     MEETINGS  PEOPLE  REFUSED\nmoodle     enabled          3      12        4\n"));
  shell.pool.multitenancy = false;
  shell.pool.callbacks = {{{"id", 1}, {"state", "dead"}}, {{"id", 2}, {"state", "pending"}}};
  EXPECT_EQ(shell.Run({"status"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("  There are tenants, but MULTITENANCY_ENABLED is not set: they have no effect\n"));
  EXPECT_THAT(shell.out, HasSubstr("  1 callback could not be delivered; see: plenary callbacks list --state dead\n"));
  EXPECT_THAT(shell.out, HasSubstr("\n1 callback on the way to front-ends\n"));
}

TEST_F(Tenants, Tokens) {
  EXPECT_EQ(shell.Run({"tokens", "list"}), 0);
  EXPECT_EQ(shell.err, "There are no tokens yet. Make one: plenary tokens create SCOPE\n");
  EXPECT_EQ(shell.Run({"tokens", "create", "node", "--server", "n1", "--name", "agent", "--expires", "90d"}), 0);
  EXPECT_EQ(LastCommand(), R"(tokens.create {"scope":"node","name":"agent","server":"n1","expires_s":7776000})");
  EXPECT_EQ(shell.out, "plt_hush\n") << "alone, for scripts";
  EXPECT_EQ(shell.err, "Created the token tok1. It is shown only now:\n");
  shell.pool.tokens.push_back({{"id", "tok2"}, {"name", ""}, {"scope", "tenant"}, {"tenant_id", "uuid-1"}, {"server_id", ""},
                               {"created_at_ms", ToMs(shell.now) - 60'000}, {"expires_at_ms", ToMs(shell.now) + 600'000}});
  EXPECT_EQ(shell.Run({"tokens", "list"}), 0);
  EXPECT_EQ(shell.out,
            "ID    NAME   SCOPE   FOR      CREATED    EXPIRES\n"
            "tok1  agent  node    n1      just now      never\n"
            "tok2         tenant  moodle  60 s ago  in 10 min\n");
  EXPECT_EQ(shell.Run({"tokens", "create", "root"}), 2);
  EXPECT_THAT(shell.err, HasSubstr("'root' is not one of admin, read-only, tenant, node"));
  EXPECT_EQ(shell.Run({"tokens", "create", "admin", "--expires", "x"}), 2);
  EXPECT_EQ(shell.Run({"tokens", "revoke", "tok1"}), 0);
  EXPECT_EQ(shell.out, "Revoked tok1 (agent).\n");
  EXPECT_EQ(shell.Run({"tokens", "revoke", "tok1"}), 1);
  EXPECT_EQ(shell.err, "Error: There is no token with the ID tok1.\nTry `plenary tokens list`.\n");
}

TEST_F(Tenants, Callbacks) {
  EXPECT_EQ(shell.Run({"callbacks", "list", "--state", "dead", "--tenant", "moodle", "--limit", "5", "--after", "3"}), 0);
  EXPECT_EQ(LastCommand(), R"(callbacks.list {"state":"dead","tenant":"moodle","after":3,"limit":5})");
  EXPECT_EQ(shell.out, "");
  EXPECT_EQ(shell.err, "2 pending, 1 dead.\n");
  shell.pool.callbacks = {{{"id", 7},
                           {"kind", "analytics"},
                           {"state", "pending"},
                           {"tenant_id", "uuid-1"},
                           {"meeting_id", "m1"},
                           {"url", "https://f/x"},
                           {"attempts", 3},
                           {"next_attempt_ms", ToMs(shell.now) + 300'000},
                           {"last_status", 503},
                           {"last_error", ""}},
                          {{"id", 12},
                           {"kind", "hook"},
                           {"state", "dead"},
                           {"tenant_id", ""},
                           {"meeting_id", "m2"},
                           {"url", "http://10.0.0.1/"},
                           {"attempts", 1},
                           {"next_attempt_ms", 0},
                           {"last_status", 0},
                           {"last_error", "10.0.0.1 is private"}}};
  EXPECT_EQ(shell.Run({"callbacks", "list"}), 0);
  EXPECT_EQ(shell.out,
            "ID  KIND       STATE    TENANT  MEETING  TRIES      NEXT  LAST                 URL\n"
            " 7  analytics  pending  moodle  m1           3  in 5 min  HTTP 503             https://f/x\n"
            "12  hook       dead     –       m2           1         –  10.0.0.1 is private  http://10.0.0.1/\n");
  EXPECT_EQ(shell.Run({"callbacks", "list", "--state", "lost"}), 2);
  EXPECT_EQ(shell.Run({"callbacks", "list", "--limit", "1001"}), 2);
}

TEST_F(Tenants, RetryAndDropCallbacks) {
  EXPECT_EQ(shell.Run({"callbacks", "retry", "7", "12"}), 0);
  EXPECT_EQ(LastCommand(), R"(callbacks.retry {"ids":[7,12]})");
  EXPECT_EQ(shell.out, "Trying again: 1 callback.\n");
  EXPECT_EQ(shell.err, "1 of them is neither pending nor dead.\n");
  shell.pool.changed_callbacks = 0;
  EXPECT_EQ(shell.Run({"callbacks", "retry", "--all", "--tenant", "moodle"}), 64);
  EXPECT_EQ(LastCommand(), R"(callbacks.retry {"all":true,"tenant":"moodle"})");
  const std::vector<std::vector<std::string>> wrong = {{"retry"}, {"retry", "7", "--all"}, {"retry", "x"}, {"drop", "--yes"}};
  for (std::vector<std::string> arguments : wrong) {
    arguments.insert(arguments.begin(), "callbacks");
    const std::size_t commands = shell.pool.commands.size();
    EXPECT_EQ(shell.Run(arguments), 2);
    EXPECT_EQ(shell.pool.commands.size(), commands);
  }
  EXPECT_EQ(shell.Run({"callbacks", "drop", "7"}), 1) << "no terminal, no --yes";
  shell.terminal.input = true;
  shell.pool.changed_callbacks = 2;
  EXPECT_EQ(shell.Run({"callbacks", "drop", "--all"}, "yes\n"), 0);
  EXPECT_EQ(shell.err, "This drops all pending and dead callbacks for good. Type yes to continue: ");
  EXPECT_EQ(shell.out, "Dropped 2 callbacks.\n");
}

TEST_F(Tenants, Hooks) {
  EXPECT_EQ(shell.Run({"hooks", "list"}), 0);
  EXPECT_EQ(shell.err, "No front-end has registered a webhook.\n");
  shell.pool.hooks = {{{"id", "h1"},
                       {"tenant_id", "uuid-1"},
                       {"callback_url", "https://f/hook"},
                       {"meeting_id", nullptr},
                       {"event_ids", nullptr},
                       {"created_at_ms", ToMs(shell.now) - 60'000}},
                      {{"id", "h2"},
                       {"tenant_id", ""},
                       {"callback_url", "https://g/"},
                       {"meeting_id", "m1"},
                       {"event_ids", json::array{"a", "b"}},
                       {"created_at_ms", ToMs(shell.now)}}};
  EXPECT_EQ(shell.Run({"hooks", "list", "--tenant", "moodle"}), 0);
  EXPECT_THAT(shell.pool.commands, testing::Contains(R"(hooks.list {"tenant":"moodle"})"));
  EXPECT_EQ(shell.out,
            "ID  TENANT  MEETING  EVENTS   CREATED  URL\n"
            "h1  moodle  all      all     60 s ago  https://f/hook\n"
            "h2  –       m1       a,b     just now  https://g/\n");
  EXPECT_EQ(shell.Run({"hooks", "remove", "h1"}), 0);
  EXPECT_EQ(shell.out, "Removed h1; https://f/hook hears no more events of it.\n");
  EXPECT_EQ(shell.Run({"hooks", "remove", "h1"}), 1);
}

TEST(Durations, AreParsed) {
  EXPECT_EQ(ParseDuration("90"), 90);
  EXPECT_EQ(ParseDuration("90s"), 90);
  EXPECT_EQ(ParseDuration("30m"), 1800);
  EXPECT_EQ(ParseDuration("7d"), 604'800);
  for (const char* text : {"", "d", "-1", "1w", "1.5h", "9999999999999999999d", "99999999999"}) EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
}

TEST(ConfigCheck, FileWarningsAndFrontEndsOutOfReach) {
  Shell shell;
  const std::string path = TemporaryFile("settings.yml", "MAX_MEETING_DURATION: 60\nPORT: 1\n");
  shell.environment["PLENARY_CONFIG"] = path;
  shell.environment["PORT"] = "2";
  EXPECT_EQ(shell.Run({"config", "check"}), 0);
  EXPECT_THAT(shell.out, ContainsRegex("\nMAX_MEETING_DURATION +60 +plenary_cli_test_settings.yml:1\n"));
  EXPECT_THAT(shell.out, ContainsRegex("\nPORT +2 +environment\n"));
  EXPECT_THAT(shell.out, Not(HasSubstr("Front-ends that")));
  EXPECT_EQ(shell.Run({"config", "check", "--config", path, "--json"}), 0);
  EXPECT_THAT(shell.out, HasSubstr(R"("source":"--config")"));
  EXPECT_EQ(shell.Run({"config", "check", "--config", TemporaryFile("wrong.yml", "PROT: 1\n")}), 2);
  EXPECT_EQ(shell.err, "Error: plenary_cli_test_wrong.yml:1: PROT: there is no such setting; did you mean PORT?\n");
  EXPECT_EQ(shell.Run({"config", "check", "--config", "/nonexistent"}), 2);

  shell.refused_receivers = [](const config::LoadedSettings& loaded) -> Result<std::vector<RefusedReceiver>> {
    EXPECT_EQ(loaded.settings.port, 2);
    return std::vector<RefusedReceiver>{{"moodle.intra", "10.1.2.3 is a private address; set CALLBACK_ALLOW_NETS=10.1.2.3"}};
  };
  EXPECT_EQ(shell.Run({"config", "check"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("\nFront-ends that callbacks would not reach:\n  moodle.intra: 10.1.2.3 is a private address; set "
                                   "CALLBACK_ALLOW_NETS=10.1.2.3\n"));
  shell.refused_receivers = [](const config::LoadedSettings&) -> Result<std::vector<RefusedReceiver>> { return Fail(ErrorCode::kIo, "no folder"); };
  EXPECT_EQ(shell.Run({"config", "check"}), 0);
  EXPECT_EQ(shell.err, "Whether callbacks would reach the front-ends could not be checked: no folder\n");
}

}  // namespace
}  // namespace plenary::cli
