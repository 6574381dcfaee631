#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "config/settings.hpp"

namespace plenary::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Variables = std::map<std::string, std::string, std::less<>>;

Result<LoadedSettings> LoadFrom(Variables variables) {
  variables.try_emplace("PLENARY_DATA_DIR", "/data");
  return Load([variables](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

Settings Loaded(Variables variables) {
  auto loaded = LoadFrom(std::move(variables));
  EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().detail);
  return loaded ? loaded->settings : Settings{};
}

std::string ErrorOf(Variables variables) {
  const auto loaded = LoadFrom(std::move(variables));
  return loaded ? "" : loaded.error().detail;
}

TEST(Load, DefaultsOfAnEmptyEnvironment) {
  const Settings settings = Loaded({});
  EXPECT_EQ(settings.data_dir, "/data");
  EXPECT_THAT(settings.bind, ElementsAre("tcp://0.0.0.0:3000"));
  EXPECT_EQ(settings.port, 3000);
  EXPECT_EQ(settings.public_url, "");
  EXPECT_THAT(settings.secrets, IsEmpty());
  EXPECT_THAT(settings.checksum_algorithms,
              ElementsAre(DigestAlgorithm::kSha1, DigestAlgorithm::kSha256, DigestAlgorithm::kSha384, DigestAlgorithm::kSha512));
  EXPECT_THAT(settings.checksum_algorithms_given, IsEmpty());
  EXPECT_EQ(settings.connect_timeout, 5s);
  EXPECT_EQ(settings.response_timeout, 10s);
  EXPECT_EQ(settings.poll_interval, 60s);
  EXPECT_EQ(settings.max_body_bytes, 64u << 20);
  EXPECT_EQ(settings.load_model, LoadModel::kSeats);
  EXPECT_EQ(settings.voice_bridge_len, 9);
  EXPECT_EQ(settings.meeting_ttl, 86'400s);
}

// One row per setting with effect: a value that is taken (and seen in Settings) and values that are refused.
struct Case {
  std::string name;
  std::string valid;
  std::function<bool(const Settings&)> taken;
  std::vector<std::string> invalid;
};

const std::vector<std::string> kNoInteger = {"abc", "1.5", "12x", "-1", "0x10", "99999999999999999999", "1e3"};
const std::vector<std::string> kNoSeconds = {"abc", "-1", "5s", "nan", "inf", "0", "1000000000"};
const std::vector<std::string> kNoBool = {"abc", "2", "tru", "yes please", "-1"};

std::vector<Case> Cases() {
  return {
      {"PLENARY_DATA_DIR", "/x/y", [](const Settings& s) { return s.data_dir == "/x/y"; }, {}},
      {"BIND",
       "tcp://127.0.0.1:8080, unix:///run/p.sock  ssl://0.0.0.0:443?cert=/c&key=/k",
       [](const Settings& s) {
         return s.bind == std::vector<std::string>{"tcp://127.0.0.1:8080", "unix:///run/p.sock", "ssl://0.0.0.0:443?cert=/c&key=/k"};
       },
       {"0.0.0.0:3000", "http://0.0.0.0:3000", "tcp://127.0.0.1:1 udp://127.0.0.1:2"}},
      {"PORT",
       "8080",
       [](const Settings& s) { return s.port == 8080 && s.bind.front() == "tcp://0.0.0.0:8080"; },
       {"abc", "-1", "65536", "80 81"}},
      {"SCALELITE_API_PORT", "8081", [](const Settings& s) { return s.port == 8081; }, {"abc", "65536"}},
      {"URL_HOST",
       "lb.example.org",
       [](const Settings& s) { return s.url_host == "lb.example.org" && s.public_url == "https://lb.example.org"; },
       {"https://lb.example.org", "a b", "a/b", "user@host"}},
      {"PUBLIC_URL",
       "http://lb.example.org:8080/bbb/",
       [](const Settings& s) { return s.public_url == "http://lb.example.org:8080/bbb"; },
       {"lb.example.org", "ftp://x", "https://", "https://a b/", "https://x/?a=b"}},
      {"BUILD_NUMBER", "alpine-v1", [](const Settings& s) { return s.build_number == "alpine-v1"; }, {}},
      {"WORKER_THREADS", "4", [](const Settings& s) { return s.worker_threads == 4; }, {"abc", "-1", "257"}},
      {"MAX_BODY_BYTES", "1048576", [](const Settings& s) { return s.max_body_bytes == 1048576; }, {"64MB", "0", "1023", "-1"}},
      {"LOG_LEVEL", "Warn", [](const Settings& s) { return s.log_level == LogLevel::kWarn; }, {"unknown", "2", "verbose"}},
      {"RAILS_LOG_LEVEL", "fatal", [](const Settings& s) { return s.log_level == LogLevel::kOff; }, {"unknown"}},
      {"LOG_FORMAT", "json", [](const Settings& s) { return s.log_format == LogFormat::kJson; }, {"xml"}},
      {"ACCESS_LOG", "off", [](const Settings& s) { return !s.access_log; }, kNoBool},
      {"LOADBALANCER_SECRET", "a:b", [](const Settings& s) { return s.secrets == std::vector<std::string>{"a:b"}; }, {" ", "\t"}},
      {"LOADBALANCER_SECRETS",
       "a:b:",
       [](const Settings& s) {
         return s.secrets == std::vector<std::string>{"a", "b"};
       },
       {"a::b", ":a", "a: :b"}},
      {"LOADBALANCER_CHECKSUM_ALGORITHM",
       "sha256:SHA-512",
       [](const Settings& s) {
         const std::vector<DigestAlgorithm> expected{DigestAlgorithm::kSha256, DigestAlgorithm::kSha512};
         return s.checksum_algorithms == expected && s.checksum_algorithms_given == expected;
       },
       {"MD5", "SHA256:MD5", "SHA256,SHA512", ":"}},
      {"CONNECT_TIMEOUT", "0.25", [](const Settings& s) { return s.connect_timeout == 250ms; }, kNoSeconds},
      {"RESPONSE_TIMEOUT", "2.5", [](const Settings& s) { return s.response_timeout == 2500ms; }, kNoSeconds},
      {"POLL_INTERVAL", "0.0001", [](const Settings& s) { return s.poll_interval == 1ms; }, kNoSeconds},
      {"INTERVAL", "30", [](const Settings& s) { return s.poll_interval == 30s; }, kNoSeconds},
      {"POLL_ON_CHANGE", "FALSE", [](const Settings& s) { return !s.poll_on_change; }, kNoBool},
      {"SERVER_HEALTHY_THRESHOLD", "3", [](const Settings& s) { return s.healthy_threshold == 3; }, {"0", "-1", "abc", "1001"}},
      {"SERVER_UNHEALTHY_THRESHOLD", "5", [](const Settings& s) { return s.unhealthy_threshold == 5; }, {"0", "-1", "abc", "1001"}},
      {"SERVER_ID_IS_HOSTNAME", "True", [](const Settings& s) { return s.server_id_is_hostname; }, kNoBool},
      {"LOAD_MODEL", "Round-Robin", [](const Settings& s) { return s.load_model == LoadModel::kRoundRobin; }, {"weights", "best"}},
      {"LOAD_MIN_USER_COUNT", "0", [](const Settings& s) { return s.load_min_user_count == 0; }, kNoInteger},
      {"LOAD_JOIN_BUFFER_TIME", "20", [](const Settings& s) { return s.load_join_buffer_minutes == 20; }, kNoInteger},
      {"OFFLINE_MEETINGS", "forget", [](const Settings& s) { return s.offline_meetings == OfflineMeetings::kForget; }, {"drop"}},
      {"GET_MEETINGS_MAX_AGE", "1.5", [](const Settings& s) { return s.get_meetings_max_age == 1500ms; }, {"abc", "-1", "3601"}},
      {"GET_MEETINGS_API_DISABLED", "1", [](const Settings& s) { return s.get_meetings_disabled; }, kNoBool},
      {"MAX_MEETING_DURATION", "120", [](const Settings& s) { return s.max_meeting_duration == 120; }, kNoInteger},
      {"VOICE_BRIDGE_LEN", "7", [](const Settings& s) { return s.voice_bridge_len == 7; }, {"4", "21", "abc"}},
      {"USE_EXTERNAL_VOICE_BRIDGE", "yes", [](const Settings& s) { return s.use_external_voice_bridge; }, kNoBool},
      {"DEFAULT_MEETING_TTL", "60", [](const Settings& s) { return s.meeting_ttl == 60s; }, {"0", "-1", "abc"}},
  };
}

TEST(Load, EverySettingTakesAValidValueAndRefusesInvalidOnes) {
  for (const Case& test : Cases()) {
    const auto loaded = LoadFrom({{test.name, test.valid}});
    ASSERT_TRUE(loaded) << test.name << ": " << loaded.error().detail;
    EXPECT_TRUE(test.taken(loaded->settings)) << test.name;
    for (const std::string& value : test.invalid) {
      const std::string error = ErrorOf({{test.name, value}});
      EXPECT_THAT(error, HasSubstr(test.name)) << value;
      EXPECT_THAT(error, HasSubstr("accepted: ")) << value;
      if (test.name.find("SECRET") == std::string::npos && value != "\t") EXPECT_THAT(error, HasSubstr("'" + value + "'"));
    }
  }
}

TEST(Load, TheCasesAboveCoverTheTable) {
  std::vector<std::string> tested, listed;
  for (const Case& test : Cases()) tested.push_back(test.name);
  for (const SettingInfo& row : AllSettings()) {
    if (row.has_effect) listed.emplace_back(row.name);
  }
  EXPECT_THAT(tested, testing::UnorderedElementsAreArray(listed));
}

TEST(Load, EmptyCountsAsUnset) {
  Variables empty;
  for (const SettingInfo& row : AllSettings()) {
    if (row.name != "PLENARY_DATA_DIR") empty.emplace(row.name, "");
  }
  const auto loaded = LoadFrom(empty);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_THAT(loaded->settings.bind, ElementsAre("tcp://0.0.0.0:3000"));
  EXPECT_EQ(loaded->settings.unhealthy_threshold, 2);
  EXPECT_THAT(loaded->without_effect, IsEmpty());
}

TEST(Load, AnEnvironmentWithEveryVariableOfScaleliteLoads) {
  Variables all = {{"URL_HOST", "sl.example.com"},
                   {"SECRET_KEY_BASE", "k"},
                   {"LOADBALANCER_SECRET", "s"},
                   {"LOADBALANCER_SECRETS", "a:b"},
                   {"LOADBALANCER_CHECKSUM_ALGORITHM", "SHA1:SHA256:SHA512"},
                   {"PORT", "3000"},
                   {"BIND", "tcp://0.0.0.0:3000"},
                   {"RAILS_LOG_LEVEL", "debug"},
                   {"BUILD_NUMBER", "1"},
                   {"MAX_MEETING_DURATION", "0"},
                   {"SERVER_HEALTHY_THRESHOLD", "1"},
                   {"SERVER_UNHEALTHY_THRESHOLD", "2"},
                   {"CONNECT_TIMEOUT", "5"},
                   {"RESPONSE_TIMEOUT", "10"},
                   {"LOAD_MIN_USER_COUNT", "15"},
                   {"LOAD_JOIN_BUFFER_TIME", "15"},
                   {"SERVER_ID_IS_HOSTNAME", "false"},
                   {"GET_MEETINGS_API_DISABLED", "false"},
                   {"VOICE_BRIDGE_LEN", "9"},
                   {"USE_EXTERNAL_VOICE_BRIDGE", "false"},
                   {"DEFAULT_MEETING_TTL", "86400"},
                   {"POLL_INTERVAL", "60"},
                   {"INTERVAL", "60"},
                   {"SCALELITE_API_PORT", "3000"}};
  for (const char* name : {"DATABASE_URL",
                           "REDIS_URL",
                           "REDIS_NAMESPACE",
                           "REDIS_POOL",
                           "WEB_CONCURRENCY",
                           "RAILS_MAX_THREADS",
                           "RAILS_MIN_THREADS",
                           "RAILS_ENV",
                           "RAILS_LOG_TO_STDOUT",
                           "RAILS_SERVE_STATIC_FILES",
                           "RECORDING_DISABLED",
                           "GET_RECORDINGS_API_FILTERED",
                           "CREATE_EXCLUDE_PARAMS",
                           "JOIN_EXCLUDE_PARAMS",
                           "DEFAULT_CREATE_PARAMS",
                           "OVERRIDE_CREATE_PARAMS",
                           "DEFAULT_JOIN_PARAMS",
                           "OVERRIDE_JOIN_PARAMS",
                           "RECORDING_SPOOL_DIR",
                           "RECORDING_WORK_DIR",
                           "RECORDING_PUBLISH_DIR",
                           "RECORDING_UNPUBLISH_DIR",
                           "RECORDING_IMPORT_UNPUBLISHED",
                           "RECORDING_PLAYBACK_FORMATS",
                           "PROTECTED_RECORDINGS_ENABLED",
                           "PROTECTED_RECORDINGS_TOKEN_TIMEOUT",
                           "PROTECTED_RECORDINGS_TIMEOUT",
                           "MULTITENANCY_ENABLED",
                           "DB_CONNECTION_RETRY_COUNT",
                           "PREPARED_STATEMENT",
                           "DB_DISABLED",
                           "POLLER_THREADS",
                           "POLLER_WAIT_TIMEOUT",
                           "DEFAULT_LOCALE",
                           "VOICE_BRIDGE_MIN",
                           "VOICE_BRIDGE_MAX",
                           "FSAPI_PASSWORD",
                           "FSAPI_MAX_DURATION",
                           "S3_RECORDING",
                           "S3_BUCKET_NAME",
                           "AWS_ACCESS_KEY_ID",
                           "AWS_SECRET_ACCESS_KEY",
                           "AWS_REGION",
                           "CLOUDFRONT_URL",
                           "CF_KEY_PAIR_ID",
                           "CF_PRIVATE_KEY_B64",
                           "http_proxy",
                           "https_proxy",
                           "no_proxy",
                           "RECORDING_IMPORT_POLL",
                           "RECORDING_IMPORT_POLL_INTERVAL",
                           "NGINX_SSL",
                           "NGINX_BEHIND_PROXY",
                           "NGINX_RECORDINGS_ONLY",
                           "BEHIND_PROXY",
                           "NGINX_HOSTNAME",
                           "SCALELITE_TAG",
                           "SCALELITE_RECORDING_DIR",
                           "SCALELITE_API_EXTRA_OPTS",
                           "SCALELITE_NGINX_EXTRA_OPTS"}) {
    all.emplace(name, "anything");
  }
  const auto loaded = LoadFrom(all);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  // Every one of them is known: it shows up in what is in force, and those that do nothing are named.
  for (const auto& [name, value] : all) {
    const auto& rows = loaded->in_force;
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [&](const SettingInForce& row) {
      return row.name == name && row.source == "environment";
    })) << name;
  }
  EXPECT_THAT(loaded->without_effect, testing::Contains("REDIS_URL"));
  EXPECT_THAT(loaded->without_effect, Not(testing::Contains("POLL_INTERVAL")));
}

TEST(Load, PrecedenceOfAliases) {
  EXPECT_EQ(Loaded({{"PORT", "1"}, {"SCALELITE_API_PORT", "2"}}).port, 1);
  EXPECT_EQ(Loaded({{"POLL_INTERVAL", "1"}, {"INTERVAL", "2"}}).poll_interval, 1s);
  EXPECT_EQ(Loaded({{"LOG_LEVEL", "error"}, {"RAILS_LOG_LEVEL", "debug"}}).log_level, LogLevel::kError);
  EXPECT_EQ(Loaded({{"PUBLIC_URL", "http://a"}, {"URL_HOST", "b"}}).public_url, "http://a");
  EXPECT_THAT(Loaded({{"LOADBALANCER_SECRET", "a"}, {"LOADBALANCER_SECRETS", "b:a:c"}}).secrets, ElementsAre("a", "b", "c"));
}

TEST(Load, ABlankAlgorithmListIsAsIfUnset) {
  const Settings settings = Loaded({{"LOADBALANCER_CHECKSUM_ALGORITHM", "  "}});
  EXPECT_EQ(settings.checksum_algorithms.size(), 4u);
  EXPECT_THAT(settings.checksum_algorithms_given, IsEmpty());
}

TEST(Load, SeveralErrorsComeTogether) {
  EXPECT_EQ(ErrorOf({{"VOICE_BRIDGE_LEN", "3"}, {"PORT", "x"}, {"LOAD_MODEL", "weights"}}),
            "PORT is 'x'; accepted: integer from 0 to 65535.\n"
            "LOAD_MODEL is 'weights', which comes with a later version; accepted: seats, scalelite or round-robin.\n"
            "VOICE_BRIDGE_LEN is '3'; accepted: integer from 5 to 20.");
}

TEST(Load, SecretsAreNeverShown) {
  const auto loaded = LoadFrom(
      {{"LOADBALANCER_SECRET", "hush"}, {"LOADBALANCER_SECRETS", "hush2"}, {"REDIS_URL", "redis://:hush@x"}, {"DATABASE_URL", "hush"}});
  ASSERT_TRUE(loaded);
  for (const SettingInForce& row : loaded->in_force) EXPECT_THAT(row.value, Not(HasSubstr("hush"))) << row.name;
  EXPECT_THAT(ErrorOf({{"LOADBALANCER_SECRETS", "hush::hush"}}), Not(HasSubstr("hush")));
}

TEST(Load, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_EQ(ErrorOf({{"LOG_FORMAT", "a\x1b[31m"}}), "LOG_FORMAT is 'a?[31m'; accepted: text or json.");
}

Environment Only(Variables variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

TEST(Load, DataDirOutsideAService) {
  EXPECT_EQ(Load(Only({{"HOME", "/home/u"}}))->settings.data_dir, "/home/u/.local/share/plenary");
  EXPECT_EQ(Load(Only({{"HOME", "/home/u"}, {"XDG_DATA_HOME", "/xdg"}}))->settings.data_dir, "/xdg/plenary");
  EXPECT_THAT(Load(Only({})).error().detail, HasSubstr("PLENARY_DATA_DIR is not set"));
}

}  // namespace
}  // namespace plenary::config
