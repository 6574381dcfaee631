// Reads environment and file into Settings. Every refusal names the variable, its value and the table's rule for it; all of them are reported
// at once. Scalelite reads garbage as 0; here it is refused, since a typing error must not become a threshold of 0.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/url.hpp"
#include "config/reader.hpp"

namespace plenary::config {
namespace {

namespace fs = std::filesystem;

bool IsHostWithPort(std::string_view text) {
  return !text.empty() && text.find_first_of("/@?# \t\r\n") == std::string_view::npos &&
         ParseEndpoint("http://" + std::string(text)).has_value();
}

std::string DefaultDataDir(Reader& reader) {
  const std::string shared = "/var/lib/plenary";
  std::error_code ignored;
  // A command typed on a machine with the service must find the service's folder, not start one of its own.
  const bool wanted = reader.Text("INVOCATION_ID").has_value() || fs::exists(shared + "/state.db", ignored);
  if (wanted && fs::is_directory(shared, ignored) && ::access(shared.c_str(), W_OK) == 0) return shared;
  if (const auto home = reader.Text("XDG_DATA_HOME")) return *home + "/plenary";
  if (const auto home = reader.Text("HOME")) return *home + "/.local/share/plenary";
  reader.Complain("PLENARY_DATA_DIR", "PLENARY_DATA_DIR is not set, and neither is HOME; set PLENARY_DATA_DIR or give --data.");
  return {};
}

void ReadServer(Reader& reader, Settings& settings) {
  settings.data_dir = reader.Text("PLENARY_DATA_DIR").value_or("");
  if (settings.data_dir.empty()) settings.data_dir = DefaultDataDir(reader);

  std::uint16_t alias_port = settings.port;
  reader.Integer("SCALELITE_API_PORT", alias_port, 0, 65535);
  settings.port = alias_port;
  reader.Integer("PORT", settings.port, 0, 65535);
  reader.ReadItems("BIND", " \t\n,", [&](std::vector<std::string> addresses) {
    std::erase(addresses, std::string());
    settings.bind = std::move(addresses);
    return std::all_of(settings.bind.begin(), settings.bind.end(), [](std::string_view address) {
      return address.starts_with("tcp://") || address.starts_with("ssl://") || address.starts_with("unix://");
    });
  });
  if (settings.bind.empty()) settings.bind.push_back(fmt::format("tcp://0.0.0.0:{}", settings.port));

  reader.Read("URL_HOST", [&](std::string_view text) {
    settings.url_host = TrimBlanks(text);
    return IsHostWithPort(settings.url_host);
  });
  if (!settings.url_host.empty()) settings.public_url = "https://" + settings.url_host;
  reader.Read("PUBLIC_URL", [&](std::string_view text) {
    settings.public_url = TrimBlanks(text);
    while (settings.public_url.ends_with('/')) settings.public_url.pop_back();
    return ParseEndpoint(settings.public_url).has_value() && settings.public_url.find_first_of("?#") == std::string::npos;
  });
  settings.build_number = reader.Text("BUILD_NUMBER").value_or("");
  reader.Integer("WORKER_THREADS", settings.worker_threads, 0, 256);
  reader.Integer("MAX_BODY_BYTES", settings.max_body_bytes, 1024, 16ll << 30);

  const auto level = [&](std::string_view name) {
    return reader.Choice<LogLevel>(name, settings.log_level,
                                   {{"debug", LogLevel::kDebug},
                                    {"info", LogLevel::kInfo},
                                    {"warn", LogLevel::kWarn},
                                    {"error", LogLevel::kError},
                                    {"fatal", LogLevel::kOff},
                                    {"off", LogLevel::kOff}});
  };
  level("RAILS_LOG_LEVEL");
  level("LOG_LEVEL");
  reader.Choice<LogFormat>("LOG_FORMAT", settings.log_format, {{"text", LogFormat::kText}, {"json", LogFormat::kJson}});
  reader.Bool("ACCESS_LOG", settings.access_log);
}

void ReadClients(Reader& reader, Settings& settings) {
  const auto blank = [](std::string_view text) { return TrimBlanks(text).empty(); };
  const auto add_secret = [&](std::string_view text) {
    if (blank(text)) return false;
    if (std::find(settings.secrets.begin(), settings.secrets.end(), text) == settings.secrets.end()) settings.secrets.emplace_back(text);
    return true;
  };
  reader.Read("LOADBALANCER_SECRET", add_secret);
  reader.ReadItems("LOADBALANCER_SECRETS", ":",
                   [&](const std::vector<std::string>& items) { return std::all_of(items.begin(), items.end(), add_secret); });

  settings.checksum_algorithms = {DigestAlgorithm::kSha1, DigestAlgorithm::kSha256, DigestAlgorithm::kSha384, DigestAlgorithm::kSha512};
  reader.ReadItems("LOADBALANCER_CHECKSUM_ALGORITHM", ":", [&](std::vector<std::string> names) {
    std::erase(names, std::string());
    if (names.size() == 1 && blank(names.front())) return true;
    for (const std::string& name : names) {
      const auto algorithm = ParseDigestName(TrimBlanks(name));
      if (!algorithm) return false;
      settings.checksum_algorithms_given.push_back(*algorithm);
    }
    settings.checksum_algorithms = settings.checksum_algorithms_given;
    return !settings.checksum_algorithms.empty();
  });
}

void ReadNodes(Reader& reader, Settings& settings) {
  reader.Seconds("CONNECT_TIMEOUT", settings.connect_timeout, 600, false);
  reader.Seconds("RESPONSE_TIMEOUT", settings.response_timeout, 600, false);
  reader.Seconds("INTERVAL", settings.poll_interval, 604'800, false);
  reader.Seconds("POLL_INTERVAL", settings.poll_interval, 604'800, false);
  reader.Bool("POLL_ON_CHANGE", settings.poll_on_change);
  reader.Integer("SERVER_HEALTHY_THRESHOLD", settings.healthy_threshold, 1, 1000);
  reader.Integer("SERVER_UNHEALTHY_THRESHOLD", settings.unhealthy_threshold, 1, 1000);
  reader.Bool("SERVER_ID_IS_HOSTNAME", settings.server_id_is_hostname);
}

void ReadMeetings(Reader& reader, Settings& settings) {
  if (EqualsIgnoreCase(TrimBlanks(reader.Text("LOAD_MODEL").value_or("")), "weights")) {
    reader.Complain("LOAD_MODEL", "LOAD_MODEL is 'weights', which comes with a later version; accepted: seats, scalelite or round-robin.");
  } else {
    reader.Choice<LoadModel>("LOAD_MODEL", settings.load_model,
                             {{"seats", LoadModel::kSeats}, {"scalelite", LoadModel::kScalelite}, {"round-robin", LoadModel::kRoundRobin}});
  }
  reader.Integer("LOAD_MIN_USER_COUNT", settings.load_min_user_count, 0, 1'000'000);
  reader.Integer("LOAD_JOIN_BUFFER_TIME", settings.load_join_buffer_minutes, 0, 10'080);
  reader.Choice<OfflineMeetings>("OFFLINE_MEETINGS", settings.offline_meetings,
                                 {{"keep", OfflineMeetings::kKeep}, {"forget", OfflineMeetings::kForget}});
  reader.Seconds("GET_MEETINGS_MAX_AGE", settings.get_meetings_max_age, 3600, true);
  reader.Bool("GET_MEETINGS_API_DISABLED", settings.get_meetings_disabled);
  reader.Integer("MAX_MEETING_DURATION", settings.max_meeting_duration, 0, 525'600);
  reader.Integer("VOICE_BRIDGE_LEN", settings.voice_bridge_len, 5, 20);
  reader.Bool("USE_EXTERNAL_VOICE_BRIDGE", settings.use_external_voice_bridge);
  std::int64_t ttl = settings.meeting_ttl.count();
  reader.Integer("DEFAULT_MEETING_TTL", ttl, 1, 31'536'000);
  settings.meeting_ttl = std::chrono::seconds(ttl);
}

void ReadTenants(Reader& reader, Settings& settings) {
  reader.Bool("MULTITENANCY_ENABLED", settings.multitenancy);
  settings.multitenancy_given = reader.GivenOrEmpty("MULTITENANCY_ENABLED").has_value();
  reader.Read("BASE_URL", [&](std::string_view text) {
    const std::string_view given = TrimBlanks(text);
    const bool has_scheme = given.find("://") != std::string_view::npos;
    const auto endpoint = ParseEndpoint(has_scheme ? std::string(given) : "http://" + std::string(given));
    if (!endpoint || endpoint->base_path != "/" || given.find_first_of("?#") != std::string_view::npos) return false;
    settings.base_url = endpoint->host;
    return true;
  });
  reader.Bool("TENANT_SCOPE", settings.tenant_scope);
  settings.trusted_proxies = IpNetworks::Parse("loopback private").value();
  reader.Networks("TRUSTED_PROXIES", settings.trusted_proxies);
}

void ReadParameters(Reader& reader, Settings& settings) {
  const auto names = [&](std::string_view setting, std::vector<std::string>& target) {
    reader.ReadItems(setting, ",", [&](std::vector<std::string> items) {
      std::erase(items, std::string());
      target = std::move(items);
      return true;
    });
  };
  names("CREATE_EXCLUDE_PARAMS", settings.create_exclude);
  names("JOIN_EXCLUDE_PARAMS", settings.join_exclude);
  reader.Pairs("DEFAULT_CREATE_PARAMS", settings.default_create);
  reader.Pairs("OVERRIDE_CREATE_PARAMS", settings.override_create);
  reader.Pairs("DEFAULT_JOIN_PARAMS", settings.default_join);
  reader.Pairs("OVERRIDE_JOIN_PARAMS", settings.override_join);
}

void ReadCallbacks(Reader& reader, Settings& settings) {
  reader.Networks("CALLBACK_ALLOW_NETS", settings.callback_allow_nets);
  reader.Choice<RecordingsSource>(
      "RECORDINGS_SOURCE", settings.recordings_source,
      {{"index", RecordingsSource::kIndex}, {"nodes", RecordingsSource::kNodes}, {"both", RecordingsSource::kBoth}});
  settings.secret_key_base = reader.Text("SECRET_KEY_BASE").value_or("");
  const auto proxy = [&](std::string_view name, std::string& target) {
    reader.Read(name, [&](std::string_view text) {
      target = TrimBlanks(text);
      return target.find_first_of(" \t\r\n") == std::string::npos;
    });
  };
  proxy("http_proxy", settings.http_proxy);
  proxy("https_proxy", settings.https_proxy);
  settings.no_proxy = reader.Text("no_proxy").value_or("");
}

/// After the meetings' settings.
void ReadDialIn(Reader& reader, Settings& settings) {
  if (auto password = reader.GivenOrEmpty("FSAPI_PASSWORD")) settings.fsapi_password = std::move(password->text);
  settings.fsapi_max_duration = settings.max_meeting_duration;
  reader.Integer("FSAPI_MAX_DURATION", settings.fsapi_max_duration, 0, 525'600);
  reader.Integer("VOICE_BRIDGE_MIN", settings.voice_bridge_min, 1, 20);
  reader.Integer("VOICE_BRIDGE_MAX", settings.voice_bridge_max, 1, 20);
  if (settings.voice_bridge_min > settings.voice_bridge_max) {
    reader.Complain(reader.Given("VOICE_BRIDGE_MAX") ? "VOICE_BRIDGE_MAX" : "VOICE_BRIDGE_MIN",
                    fmt::format("VOICE_BRIDGE_MIN is {} and VOICE_BRIDGE_MAX is {}; accepted: a minimum that is not above the maximum.",
                                settings.voice_bridge_min, settings.voice_bridge_max));
  }
}

/// Defaults that depend on other settings, as they turned out.
std::string DefaultInForce(const SettingInfo& row, const LoadedSettings& loaded) {
  const Settings& settings = loaded.settings;
  if (row.name == "PLENARY_DATA_DIR") return settings.data_dir;
  if (row.name == "PLENARY_CONFIG") return loaded.settings_file;
  if (row.name == "PORT") return fmt::format("{}", settings.port);
  if (row.name == "BIND") return settings.bind.front();
  if (row.name == "PUBLIC_URL") return settings.public_url;
  if (row.name == "FSAPI_MAX_DURATION") return fmt::format("{}", settings.fsapi_max_duration);
  return std::string(row.default_text);
}

std::string Shown(std::string_view name, const GivenValue& value) {
  if (IsSecret(name, value.text)) return value.text.empty() ? "(empty)" : "(set)";
  return Shortened(value.text);
}

void Report(const Reader& reader, LoadedSettings& loaded) {
  for (const SettingInfo& row : AllSettings()) {
    // The one setting that says something by being empty.
    const auto value = row.name == "FSAPI_PASSWORD" ? reader.GivenOrEmpty(row.name) : reader.Given(row.name);
    if (value) {
      loaded.in_force.push_back({row.name, Shown(row.name, *value), value->source, row.has_effect});
      if (!row.has_effect) loaded.without_effect.emplace_back(row.name);
    } else if (std::string text = DefaultInForce(row, loaded); !text.empty()) {
      loaded.in_force.push_back({row.name, std::move(text), "default", row.has_effect});
    }
  }
}

/// The file that PLENARY_CONFIG names must be there; the one at the usual place may.
Result<SettingsFile> FindFile(const Environment& environment, const std::string& usual, std::string& used) {
  used = environment("PLENARY_CONFIG").value_or("");
  if (!used.empty()) return ReadSettingsFile(used);
  std::error_code ignored;
  if (!fs::exists(usual, ignored)) return SettingsFile();
  if (::access(usual.c_str(), R_OK) != 0) {
    SettingsFile none;
    none.warnings.push_back(fmt::format("The settings file {} is not used: this user may not read it.", usual));
    return none;
  }
  used = usual;
  return ReadSettingsFile(usual);
}

}  // namespace

Result<LoadedSettings> Load(const Environment& environment, std::string_view default_file) {
  std::string path;
  const auto file = FindFile(environment, std::string(default_file), path);
  // To the caller a file that is not there is a wrong setting, too: PLENARY_CONFIG.
  if (!file) return Fail(ErrorCode::kInvalidArgument, file.error().detail);
  Reader reader(environment, *file);
  LoadedSettings loaded;
  ReadServer(reader, loaded.settings);
  ReadClients(reader, loaded.settings);
  ReadNodes(reader, loaded.settings);
  ReadMeetings(reader, loaded.settings);
  ReadTenants(reader, loaded.settings);
  ReadParameters(reader, loaded.settings);
  ReadCallbacks(reader, loaded.settings);
  ReadDialIn(reader, loaded.settings);
  if (!reader.errors().empty()) return Fail(ErrorCode::kInvalidArgument, fmt::format("{}", fmt::join(reader.errors(), "\n")));
  loaded.warnings = file->warnings;
  loaded.settings_file = std::move(path);
  Report(reader, loaded);
  return loaded;
}

}  // namespace plenary::config
