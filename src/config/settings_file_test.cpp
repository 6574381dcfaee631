#include "config/settings_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <map>

namespace plenary::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string FileOf(const std::string& content, mode_t mode = 0640) {
  const std::string path = testing::TempDir() + "plenary_settings_test.yml";
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  ::chmod(path.c_str(), mode);
  return path;
}

using Variables = std::map<std::string, std::string, std::less<>>;

Result<LoadedSettings> LoadWith(const std::string& content, Variables variables = {}, mode_t mode = 0640) {
  variables.try_emplace("PLENARY_DATA_DIR", "/data");
  variables.try_emplace("PLENARY_CONFIG", FileOf(content, mode));
  return Load(
      [variables](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
      },
      "/nonexistent/plenary.yml");
}

Settings Loaded(const std::string& content, const Variables& variables = {}) {
  const auto loaded = LoadWith(content, variables);
  EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().detail);
  return loaded ? loaded->settings : Settings{};
}

std::string ErrorOf(const std::string& content) {
  const auto loaded = LoadWith(content);
  return loaded ? "" : loaded.error().detail;
}

std::string SourceOf(const LoadedSettings& loaded, std::string_view name) {
  for (const SettingInForce& row : loaded.in_force) {
    if (row.name == name) return row.source;
  }
  return "";
}

TEST(SettingsFile, KeysInAnyCaseAndValuesOfEveryShape) {
  const Settings settings = Loaded(
      "# comment\n"
      "port: 8080\n"
      "Url_Host: lb.example.org\n"
      "multitenancy_enabled: yes\n"
      "LOADBALANCER_SECRETS:\n  - a:b\n  - 'c'\n"
      "loadbalancer_checksum_algorithm: [SHA256, SHA512]\n"
      "DEFAULT_CREATE_PARAMS:\n  welcome: Hello, world = all\n  record: false\n"
      "OVERRIDE_CREATE_PARAMS: a=1,b=2\n"
      "create_exclude_params: [logo, 'a,b']\n"
      "trusted_proxies: [203.0.113.7, private]\n"
      "bind: ['tcp://127.0.0.1:1', 'unix:///run/p.sock']\n"
      "build_number:\n"
      "Https_Proxy: http://p:1\n");
  EXPECT_EQ(settings.port, 8080);
  EXPECT_EQ(settings.url_host, "lb.example.org");
  EXPECT_TRUE(settings.multitenancy);
  EXPECT_TRUE(settings.multitenancy_given);
  EXPECT_THAT(settings.secrets, ElementsAre("a:b", "c")) << "a list needs no separator";
  EXPECT_THAT(settings.checksum_algorithms, ElementsAre(DigestAlgorithm::kSha256, DigestAlgorithm::kSha512));
  EXPECT_EQ(settings.default_create, (Parameters{{"welcome", "Hello, world = all"}, {"record", "false"}}));
  EXPECT_EQ(settings.override_create, (Parameters{{"a", "1"}, {"b", "2"}}));
  EXPECT_THAT(settings.create_exclude, ElementsAre("logo", "a,b"));
  EXPECT_TRUE(settings.trusted_proxies.Contains("203.0.113.7") && settings.trusted_proxies.Contains("10.0.0.1"));
  EXPECT_THAT(settings.bind, ElementsAre("tcp://127.0.0.1:1", "unix:///run/p.sock"));
  EXPECT_EQ(settings.build_number, "");
  EXPECT_EQ(settings.https_proxy, "http://p:1");
}

TEST(SettingsFile, TheEnvironmentWins) {
  const auto loaded = LoadWith("PORT: 1\nMAX_MEETING_DURATION: 60\nLOG_LEVEL: warn\n", {{"PORT", "2"}, {"LOG_LEVEL", ""}});
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ(loaded->settings.port, 2);
  EXPECT_EQ(loaded->settings.max_meeting_duration, 60);
  EXPECT_EQ(loaded->settings.log_level, LogLevel::kWarn) << "an empty variable counts as unset";
  EXPECT_EQ(SourceOf(*loaded, "PORT"), "environment");
  EXPECT_EQ(SourceOf(*loaded, "MAX_MEETING_DURATION"), "plenary_settings_test.yml:2");
  EXPECT_EQ(SourceOf(*loaded, "LOG_LEVEL"), "plenary_settings_test.yml:3");
  EXPECT_EQ(SourceOf(*loaded, "RESPONSE_TIMEOUT"), "default");
  EXPECT_EQ(LoadWith("FSAPI_PASSWORD: pw\n", {{"FSAPI_PASSWORD", ""}})->settings.fsapi_password, "");
  EXPECT_EQ(LoadWith("FSAPI_PASSWORD: ''\n")->settings.fsapi_password, "");
  EXPECT_EQ(LoadWith("FSAPI_PASSWORD:\n")->settings.fsapi_password, std::nullopt);
}

TEST(SettingsFile, ErrorsNameLineAndKey) {
  EXPECT_EQ(ErrorOf("PORT: 3000\nPROT: 1\nbind: {a: b}\nurl_host: [a]\nport: 2\nxyzzy: 1\nPLENARY_CONFIG: x\n"),
            "plenary_settings_test.yml:2: PROT: there is no such setting; did you mean PORT?\n"
            "plenary_settings_test.yml:3: bind: it must be a text or a list of texts.\n"
            "plenary_settings_test.yml:4: url_host: it must be a text.\n"
            "plenary_settings_test.yml:5: port: it is there already.\n"
            "plenary_settings_test.yml:6: xyzzy: there is no such setting.\n"
            "plenary_settings_test.yml:7: PLENARY_CONFIG: a settings file can't name another one.");
  EXPECT_THAT(ErrorOf("- a\n- b\n"), HasSubstr("a settings file holds lines such as"));
  EXPECT_THAT(ErrorOf("PORT: 1\nBIND: [a\n"), HasSubstr("plenary_settings_test.yml:"));
  EXPECT_THAT(ErrorOf("DEFAULT_JOIN_PARAMS: {a: [b]}\n"), HasSubstr("a text or a map of texts"));
  EXPECT_EQ(ErrorOf(""), "");
  EXPECT_THAT(ErrorOf("PORT: 1\n#" + std::string(2 << 20, 'x')), HasSubstr("larger than 1 MB"));
}

TEST(SettingsFile, WrongValuesAreNamedWithTheirLine) {
  EXPECT_EQ(ErrorOf("# comment\nport: x\nload_model: weights\nvoice_bridge_max: 4\n"),
            "plenary_settings_test.yml:2: PORT is 'x'; accepted: integer from 0 to 65535.\n"
            "plenary_settings_test.yml:3: LOAD_MODEL is 'weights', which comes with a later version; accepted: seats, scalelite or round-robin.\n"
            "plenary_settings_test.yml:4: VOICE_BRIDGE_MIN is 5 and VOICE_BRIDGE_MAX is 4; accepted: a minimum that is not above the maximum.");
  EXPECT_THAT(ErrorOf("voice_bridge_min: 10\n"), HasSubstr("plenary_settings_test.yml:1: VOICE_BRIDGE_MIN is 10"));
  EXPECT_THAT(ErrorOf("trusted_proxies: [y]\n"), HasSubstr("plenary_settings_test.yml:1: TRUSTED_PROXIES is 'y'; "));
  const auto of_environment = LoadWith("port: 1\nbind: y\n", {{"PORT", "x"}, {"BIND", ""}});
  ASSERT_FALSE(of_environment);
  EXPECT_THAT(of_environment.error().detail, testing::StartsWith("PORT is 'x'; accepted: integer from 0 to 65535.\n"
                                                                 "plenary_settings_test.yml:2: BIND is 'y'; "));
}

TEST(SettingsFile, ValuesOfSecretsAreInNoError) {
  for (const char* content : {"LOADBALANCER_SECRET: [hush]\n", "LOADBALANCER_SECRET: \"hush", "LOADBALANCER_SECRET: [hush\n",
                              "LOADBALANCER_SECRETS: [hush, ' ']\n", "LOADBALANCER_SECRET: hush: hush\n"}) {
    EXPECT_THAT(ErrorOf(content), testing::AllOf(Not(IsEmpty()), Not(HasSubstr("hush")))) << content;
  }
}

TEST(SettingsFile, WarnsWhenEverybodyCanReadItsSecrets) {
  EXPECT_THAT(LoadWith("LOADBALANCER_SECRET: s\n", {}, 0644)->warnings, ElementsAre(HasSubstr("chmod o-r ")));
  EXPECT_THAT(LoadWith("LOADBALANCER_SECRET: s\n", {}, 0640)->warnings, IsEmpty());
  EXPECT_THAT(LoadWith("PORT: 1\n", {}, 0644)->warnings, IsEmpty());
}

TEST(SettingsFile, WhichFile) {
  const std::string usual = FileOf("PORT: 4\n");
  const auto load = [&](Variables variables, const std::string& default_file) {
    variables.try_emplace("PLENARY_DATA_DIR", "/data");
    return Load(
        [variables](std::string_view name) -> std::optional<std::string> {
          const auto found = variables.find(name);
          return found == variables.end() ? std::nullopt : std::optional(found->second);
        },
        default_file);
  };
  EXPECT_EQ(load({}, usual)->settings.port, 4);
  EXPECT_EQ(load({}, usual)->settings_file, usual);
  EXPECT_EQ(SourceOf(*load({}, usual), "PLENARY_CONFIG"), "default");
  EXPECT_EQ(load({}, "/nonexistent/plenary.yml")->settings.port, 3000);
  EXPECT_EQ(load({}, "/nonexistent/plenary.yml")->settings_file, "");
  const auto missing = load({{"PLENARY_CONFIG", "/nonexistent/mine.yml"}}, usual);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(missing.error().detail, "The settings file /nonexistent/mine.yml can't be read: No such file or directory.");
  EXPECT_FALSE(load({{"PLENARY_CONFIG", "/"}}, usual)) << "a folder";
}

}  // namespace
}  // namespace plenary::config
