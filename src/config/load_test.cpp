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
  return Load(
      [variables](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
      },
      "/nonexistent/plenary.yml");
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
  EXPECT_FALSE(settings.multitenancy);
  EXPECT_FALSE(settings.multitenancy_given);
  EXPECT_EQ(settings.base_url, "");
  EXPECT_TRUE(settings.tenant_scope);
  for (const char* near : {"127.0.0.1", "10.1.2.3", "192.168.0.1", "::1"}) EXPECT_TRUE(settings.trusted_proxies.Contains(near)) << near;
  EXPECT_FALSE(settings.trusted_proxies.Contains("8.8.8.8"));
  EXPECT_TRUE(settings.callback_allow_nets.empty());
  EXPECT_THAT(settings.create_exclude, IsEmpty());
  EXPECT_THAT(settings.override_join, IsEmpty());
  EXPECT_EQ(settings.recordings_source, RecordingsSource::kIndex);
  EXPECT_FALSE(settings.fsapi_password.has_value());
  EXPECT_EQ(settings.voice_bridge_min, 5);
  EXPECT_EQ(settings.voice_bridge_max, 9);
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
      // What it names is read: see settings_file_test.cpp.
      {"PLENARY_CONFIG", "", [](const Settings&) { return true; }, {}},
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
      {"MULTITENANCY_ENABLED", "TRUE", [](const Settings& s) { return s.multitenancy && s.multitenancy_given; }, kNoBool},
      {"BASE_URL",
       "https://LB.example.org:8443",
       [](const Settings& s) { return s.base_url == "lb.example.org"; },
       {"https://lb.example.org/bbb", "a b", "user@host", "ftp://lb.example.org", "lb.example.org?x"}},
      {"TENANT_SCOPE", "off", [](const Settings& s) { return !s.tenant_scope; }, kNoBool},
      {"TRUSTED_PROXIES",
       "203.0.113.7 2001:db8::/32",
       [](const Settings& s) { return s.trusted_proxies.Contains("203.0.113.7") && !s.trusted_proxies.Contains("127.0.0.1"); },
       {"proxy.example.org", "10.0.0.0/33", "10.0.0"}},
      {"CREATE_EXCLUDE_PARAMS",
       "logo,, welcome,",
       [](const Settings& s) {
         return s.create_exclude == std::vector<std::string>{"logo", " welcome"};
       },
       {}},
      {"JOIN_EXCLUDE_PARAMS", "role", [](const Settings& s) { return s.join_exclude == std::vector<std::string>{"role"}; }, {}},
      {"DEFAULT_CREATE_PARAMS",
       "a=1,b=x=y,c=",
       [](const Settings& s) {
         return s.default_create == Parameters{{"a", "1"}, {"b", "x=y"}, {"c", ""}};
       },
       {"a", "a=1,b", "a=1,,b=2", "=1"}},
      {"OVERRIDE_CREATE_PARAMS", "a=%20", [](const Settings& s) { return s.override_create == Parameters{{"a", "%20"}}; }, {"a"}},
      {"DEFAULT_JOIN_PARAMS", "a=1", [](const Settings& s) { return s.default_join == Parameters{{"a", "1"}}; }, {"a"}},
      {"OVERRIDE_JOIN_PARAMS", "a=1", [](const Settings& s) { return s.override_join == Parameters{{"a", "1"}}; }, {"a"}},
      {"CALLBACK_ALLOW_NETS",
       "private,127.0.0.1",
       [](const Settings& s) { return s.callback_allow_nets.Contains("10.0.0.1") && s.callback_allow_nets.Contains("127.0.0.1"); },
       {"all", "10.0.0.0/x"}},
      {"http_proxy", "http://p:3128", [](const Settings& s) { return s.http_proxy == "http://p:3128"; }, {"a b"}},
      {"https_proxy", "p:3128", [](const Settings& s) { return s.https_proxy == "p:3128"; }, {"a b"}},
      {"no_proxy", "a.example.org,b", [](const Settings& s) { return s.no_proxy == "a.example.org,b"; }, {}},
      {"SECRET_KEY_BASE", "k", [](const Settings& s) { return s.secret_key_base == "k"; }, {}},
      {"RECORDINGS_SOURCE", "Both", [](const Settings& s) { return s.recordings_source == RecordingsSource::kBoth; }, {"scalelite"}},
      {"FSAPI_PASSWORD", "pw", [](const Settings& s) { return s.fsapi_password == "pw"; }, {}},
      {"FSAPI_MAX_DURATION", "90", [](const Settings& s) { return s.fsapi_max_duration == 90; }, kNoInteger},
      {"VOICE_BRIDGE_MIN", "7", [](const Settings& s) { return s.voice_bridge_min == 7; }, {"0", "21", "abc", "10"}},
      {"VOICE_BRIDGE_MAX", "12", [](const Settings& s) { return s.voice_bridge_max == 12; }, {"0", "21", "abc", "4"}},
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
      if (test.name.find("SECRET") == std::string::npos && value != "\t") {
        EXPECT_THAT(error, testing::AnyOf(HasSubstr("'" + value + "'"), HasSubstr(" is " + value)));
      }
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

// Spec scalelite 9.1 and 9.2, every name: a plausible value, and Scalelite's default where it has one.
struct Variable {
  const char* name;
  const char* value;
  const char* default_value;  // nullptr = unset
  bool works = true;
};

const std::vector<Variable> kScaleliteVariables = {
    {"URL_HOST", "sl.example.com", nullptr},
    {"SECRET_KEY_BASE", "0123456789abcdef", nullptr},
    {"LOADBALANCER_SECRET", "s", nullptr},
    {"LOADBALANCER_SECRETS", "a:b", nullptr},
    {"LOADBALANCER_CHECKSUM_ALGORITHM", "SHA1:SHA256:SHA512", "SHA1:SHA256:SHA512"},
    {"DATABASE_URL", "postgresql://scalelite:pw@db/scalelite?pool=5", nullptr, false},
    {"REDIS_URL", "redis://redis:6379", nullptr, false},
    {"REDIS_NAMESPACE", "scalelite", "scalelite", false},
    {"REDIS_POOL", "5", nullptr, false},
    {"PORT", "3000", "3000"},
    {"BIND", "tcp://0.0.0.0:3000", nullptr},
    {"WEB_CONCURRENCY", "2", "0", false},
    {"RAILS_MAX_THREADS", "5", "3", false},
    {"RAILS_MIN_THREADS", "5", nullptr, false},
    {"RAILS_ENV", "production", "production", false},
    {"RAILS_LOG_TO_STDOUT", "true", "true", false},
    {"RAILS_LOG_LEVEL", "info", "debug"},
    {"RAILS_SERVE_STATIC_FILES", "true", nullptr, false},
    {"BUILD_NUMBER", "alpine-v1.6.3", nullptr},
    {"MAX_MEETING_DURATION", "240", "0"},
    {"SERVER_HEALTHY_THRESHOLD", "2", "1"},
    {"SERVER_UNHEALTHY_THRESHOLD", "3", "2"},
    {"CONNECT_TIMEOUT", "5", "5"},
    {"RESPONSE_TIMEOUT", "10.5", "10"},
    {"LOAD_MIN_USER_COUNT", "20", "15"},
    {"LOAD_JOIN_BUFFER_TIME", "10", "15"},
    {"SERVER_ID_IS_HOSTNAME", "True", "false"},
    {"RECORDING_DISABLED", "true", "false", false},
    {"GET_MEETINGS_API_DISABLED", "true", "false"},
    {"GET_RECORDINGS_API_FILTERED", "true", "false", false},
    {"CREATE_EXCLUDE_PARAMS", "logo,bannerText", ""},
    {"JOIN_EXCLUDE_PARAMS", "customStyleUrl", ""},
    {"DEFAULT_CREATE_PARAMS", "record=false,welcome=Hello there", ""},
    {"OVERRIDE_CREATE_PARAMS", "muteOnStart=true", ""},
    {"DEFAULT_JOIN_PARAMS", "userdata-bbb_auto_join_audio=true", ""},
    {"OVERRIDE_JOIN_PARAMS", "guest=true", ""},
    {"RECORDING_SPOOL_DIR", "/var/bigbluebutton/spool", "/var/bigbluebutton/spool", false},
    {"RECORDING_WORK_DIR", "/var/bigbluebutton/recording/scalelite", "/var/bigbluebutton/recording/scalelite", false},
    {"RECORDING_PUBLISH_DIR", "/var/bigbluebutton/published", "/var/bigbluebutton/published", false},
    {"RECORDING_UNPUBLISH_DIR", "/var/bigbluebutton/unpublished", "/var/bigbluebutton/unpublished", false},
    {"RECORDING_IMPORT_UNPUBLISHED", "true", "false", false},
    {"RECORDING_PLAYBACK_FORMATS", "presentation:video", "presentation:video:screenshare:podcast:notes:capture", false},
    {"PROTECTED_RECORDINGS_ENABLED", "true", "false", false},
    {"PROTECTED_RECORDINGS_TOKEN_TIMEOUT", "30", "60", false},
    {"PROTECTED_RECORDINGS_TIMEOUT", "120", "360", false},
    {"MULTITENANCY_ENABLED", "true", "false"},
    {"DB_CONNECTION_RETRY_COUNT", "5", "3", false},
    {"PREPARED_STATEMENT", "false", "true", false},
    {"DB_DISABLED", "true", nullptr, false},
    {"POLLER_THREADS", "8", "5", false},
    {"POLLER_WAIT_TIMEOUT", "20", "10", false},
    {"DEFAULT_LOCALE", "de", "en", false},
    {"VOICE_BRIDGE_LEN", "7", "9"},
    {"VOICE_BRIDGE_MIN", "4", "5"},
    {"VOICE_BRIDGE_MAX", "8", "9"},
    {"USE_EXTERNAL_VOICE_BRIDGE", "true", "false"},
    {"FSAPI_PASSWORD", "dial", nullptr},
    {"FSAPI_MAX_DURATION", "90", nullptr},
    {"DEFAULT_MEETING_TTL", "3600", "86400"},
    {"S3_RECORDING", "true", nullptr, false},
    {"S3_BUCKET_NAME", "recordings", nullptr, false},
    {"AWS_ACCESS_KEY_ID", "id", nullptr, false},
    {"AWS_SECRET_ACCESS_KEY", "key", nullptr, false},
    {"AWS_SESSION_TOKEN", "token", nullptr, false},
    {"AWS_REGION", "eu-central-1", nullptr, false},
    {"CLOUDFRONT_URL", "https://d1.cloudfront.net", nullptr, false},
    {"CF_KEY_PAIR_ID", "K1", nullptr, false},
    {"CF_PRIVATE_KEY_B64", "a2V5", nullptr, false},
    {"http_proxy", "http://proxy:3128", nullptr},
    {"https_proxy", "http://proxy:3128", nullptr},
    {"no_proxy", "localhost,127.0.0.1", nullptr},
    {"POLL_INTERVAL", "30", "60"},
    {"RECORDING_IMPORT_POLL", "true", "true", false},
    {"RECORDING_IMPORT_POLL_INTERVAL", "60", "60", false},
    {"NGINX_SSL", "true", nullptr, false},
    {"NGINX_BEHIND_PROXY", "true", nullptr, false},
    {"NGINX_RECORDINGS_ONLY", "true", nullptr, false},
    {"BEHIND_PROXY", "true", nullptr, false},
    {"SCALELITE_API_PORT", "3000", "3000"},
    {"NGINX_HOSTNAME", "localhost", "localhost", false},
    {"SCALELITE_TAG", "v1.6", nullptr, false},
    {"SCALELITE_RECORDING_DIR", "/mnt/scalelite-recordings", nullptr, false},
    {"SCALELITE_API_EXTRA_OPTS", "-v /x:/y", nullptr, false},
    {"SCALELITE_NGINX_EXTRA_OPTS", "-p 443:443", nullptr, false},
    {"INTERVAL", "60", nullptr},
};

TEST(Load, AnEnvironmentWithEveryVariableOfScaleliteLoads) {
  Variables all;
  for (const Variable& variable : kScaleliteVariables) all.emplace(variable.name, variable.value);
  const auto loaded = LoadFrom(all);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  // Every one of them is known: it shows up in what is in force, and exactly those that do nothing are named.
  for (const Variable& variable : kScaleliteVariables) {
    const auto& rows = loaded->in_force;
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const SettingInForce& r) { return r.name == variable.name; });
    ASSERT_NE(row, rows.end()) << variable.name;
    EXPECT_EQ(row->source, "environment") << variable.name;
    EXPECT_EQ(row->has_effect, variable.works) << variable.name;
    const bool named = std::count(loaded->without_effect.begin(), loaded->without_effect.end(), variable.name) == 1;
    EXPECT_EQ(named, !variable.works) << variable.name;
  }
  EXPECT_TRUE(loaded->settings.multitenancy);
  EXPECT_EQ(loaded->settings.default_create, (Parameters{{"record", "false"}, {"welcome", "Hello there"}}));
  EXPECT_EQ(loaded->settings.fsapi_max_duration, 90);
}

TEST(Load, AnEnvironmentWithEveryDefaultOfScaleliteLoadsAndChangesNothingOfNote) {
  Variables defaults;
  for (const Variable& variable : kScaleliteVariables) {
    if (variable.default_value != nullptr) defaults.emplace(variable.name, variable.default_value);
  }
  const Settings with = Loaded(defaults);
  const Settings without = Loaded({});
  EXPECT_EQ(with.bind, without.bind);
  EXPECT_EQ(with.multitenancy, without.multitenancy);
  EXPECT_TRUE(with.multitenancy_given) << "rake tasks of tenants work with the value false";
  EXPECT_EQ(with.default_create, without.default_create);
  EXPECT_EQ(with.max_meeting_duration, without.max_meeting_duration);
  EXPECT_EQ(with.voice_bridge_len, without.voice_bridge_len);
  EXPECT_EQ(with.unhealthy_threshold, without.unhealthy_threshold);
}

TEST(Load, AnItemWithoutEqualsIsNamed) {
  EXPECT_EQ(ErrorOf({{"DEFAULT_CREATE_PARAMS", "record=true,oops"}}),
            "DEFAULT_CREATE_PARAMS is 'record=true,oops'; its item 'oops' has no '='; accepted: name=value, several separated by commas.");
  EXPECT_THAT(ErrorOf({{"OVERRIDE_JOIN_PARAMS", "a=1,,b=2"}}), HasSubstr("its item '' has no '='"));
}

TEST(Load, DialInDefaults) {
  EXPECT_EQ(Loaded({{"MAX_MEETING_DURATION", "120"}}).fsapi_max_duration, 120);
  EXPECT_EQ(Loaded({{"MAX_MEETING_DURATION", "120"}, {"FSAPI_MAX_DURATION", "0"}}).fsapi_max_duration, 0);
  EXPECT_FALSE(Loaded({}).fsapi_password.has_value()) << "the first secret";
  EXPECT_EQ(Loaded({{"FSAPI_PASSWORD", ""}}).fsapi_password, "") << "no password";
  const auto row_of = [](const Variables& variables) {
    const auto loaded = LoadFrom(variables);
    for (const SettingInForce& row : loaded->in_force) {
      if (row.name == "FSAPI_PASSWORD") return row.value;
    }
    return std::string("no row");
  };
  EXPECT_EQ(row_of({{"FSAPI_PASSWORD", ""}}), "(empty)");
  EXPECT_EQ(row_of({{"FSAPI_PASSWORD", "hush"}}), "(set)");
  EXPECT_EQ(row_of({}), "no row");
}

TEST(Load, ProxiesInUpperCase) {
  const Settings settings =
      Loaded({{"HTTP_PROXY", "http://a:1"}, {"HTTPS_PROXY", "http://b:2"}, {"https_proxy", "http://c:3"}, {"NO_PROXY", "d"}});
  EXPECT_EQ(settings.http_proxy, "http://a:1");
  EXPECT_EQ(settings.https_proxy, "http://c:3") << "the usual spelling wins";
  EXPECT_EQ(settings.no_proxy, "d");
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
      {{"LOADBALANCER_SECRET", "hush"}, {"LOADBALANCER_SECRETS", "hush2"}, {"REDIS_URL", "redis://:hush@x"}, {"DATABASE_URL", "hush"},
       {"FSAPI_PASSWORD", "hush"}, {"SECRET_KEY_BASE", "hush"}, {"https_proxy", "http://me:hush@proxy:3128"}});
  ASSERT_TRUE(loaded);
  for (const SettingInForce& row : loaded->in_force) EXPECT_THAT(row.value, Not(HasSubstr("hush"))) << row.name;
  EXPECT_THAT(ErrorOf({{"LOADBALANCER_SECRETS", "hush::hush"}}), Not(HasSubstr("hush")));
  EXPECT_THAT(ErrorOf({{"http_proxy", "http://me:hush@pro xy"}}), Not(HasSubstr("hush")));
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
