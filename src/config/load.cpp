// Reads the environment into Settings. Every refusal names the variable, its value and the table's rule for it; all of them are reported at
// once. Scalelite reads garbage as 0; here it is refused, since a typing error must not become a threshold of 0.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "base/encoding.hpp"
#include "base/url.hpp"
#include "config/settings.hpp"

namespace plenary::config {
namespace {

namespace fs = std::filesystem;

constexpr std::array kSecretSettings = {"LOADBALANCER_SECRET", "LOADBALANCER_SECRETS", "SECRET_KEY_BASE", "DATABASE_URL",
                                        "REDIS_URL",           "FSAPI_PASSWORD",       "REDIS_SENTINELS", "AWS_SECRET_ACCESS_KEY",
                                        "AWS_SESSION_TOKEN",   "CF_PRIVATE_KEY_B64"};

bool IsSecret(std::string_view name) { return std::find(kSecretSettings.begin(), kSecretSettings.end(), name) != kSecretSettings.end(); }

std::string_view RuleOf(std::string_view name) {
  const auto& rows = AllSettings();
  return std::find_if(rows.begin(), rows.end(), [&](const SettingInfo& row) { return row.name == name; })->rule;
}

std::string Shortened(std::string_view text) {
  constexpr std::size_t kMost = 100;
  std::string shown(text.substr(0, kMost));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text.size() > kMost ? shown + "..." : shown;
}

std::vector<std::string> Split(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find_first_of(separators);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> Words(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts = Split(text, separators);
  std::erase(parts, std::string());
  return parts;
}

class Reader {
 public:
  explicit Reader(const Environment& environment) : environment_(environment) {}

  const std::vector<std::string>& errors() const { return errors_; }
  void Complain(std::string error) { errors_.push_back(std::move(error)); }

  /// The value as given; empty counts as unset.
  std::optional<std::string> Text(std::string_view name) const {
    std::optional<std::string> value = environment_(name);
    if (value && value->empty()) value.reset();
    return value;
  }

  void Refuse(std::string_view name, std::string_view value) {
    const std::string shown = IsSecret(name) ? "has an invalid value" : fmt::format("is '{}'", Shortened(value));
    Complain(fmt::format("{} {}; accepted: {}.", name, shown, RuleOf(name)));
  }

  /// Hands a set value to `accept`; refused when that returns false.
  template <class Accept>
  bool Read(std::string_view name, const Accept& accept) {
    const std::optional<std::string> value = Text(name);
    if (!value) return false;
    if (!accept(*value)) Refuse(name, *value);
    return true;
  }

  template <class T>
  bool Integer(std::string_view name, T& target, std::int64_t least, std::int64_t most) {
    return Read(name, [&](std::string_view text) {
      const auto number = ParseInt(TrimBlanks(text));
      if (!number || *number < least || *number > most) return false;
      target = static_cast<T>(*number);
      return true;
    });
  }

  bool Seconds(std::string_view name, std::chrono::milliseconds& target, double most, bool zero_allowed) {
    return Read(name, [&](std::string_view text) {
      const auto seconds = ParseDouble(TrimBlanks(text));
      if (!seconds || *seconds < 0 || *seconds > most || (*seconds == 0 && !zero_allowed)) return false;
      const auto ms = static_cast<std::int64_t>(*seconds * 1000 + 0.5);
      target = std::chrono::milliseconds(*seconds == 0 ? 0 : std::max<std::int64_t>(ms, 1));
      return true;
    });
  }

  void Bool(std::string_view name, bool& target) {
    Choice<bool>(name, target,
                 {{"true", true}, {"1", true}, {"yes", true}, {"on", true}, {"false", false}, {"0", false}, {"no", false}, {"off", false}});
  }

  template <class T>
  bool Choice(std::string_view name, T& target, std::initializer_list<std::pair<std::string_view, T>> choices) {
    return Read(name, [&](std::string_view text) {
      for (const auto& [word, value] : choices) {
        if (EqualsIgnoreCase(TrimBlanks(text), word)) {
          target = value;
          return true;
        }
      }
      return false;
    });
  }

 private:
  const Environment& environment_;
  std::vector<std::string> errors_;
};

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
  reader.Complain("PLENARY_DATA_DIR is not set, and neither is HOME; set PLENARY_DATA_DIR or give --data.");
  return {};
}

void ReadServer(Reader& reader, Settings& settings) {
  settings.data_dir = reader.Text("PLENARY_DATA_DIR").value_or("");
  if (settings.data_dir.empty()) settings.data_dir = DefaultDataDir(reader);

  std::uint16_t alias_port = settings.port;
  reader.Integer("SCALELITE_API_PORT", alias_port, 0, 65535);
  settings.port = alias_port;
  reader.Integer("PORT", settings.port, 0, 65535);
  reader.Read("BIND", [&](std::string_view text) {
    settings.bind = Words(text, " \t\n,");
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
  reader.Read("LOADBALANCER_SECRETS", [&](std::string_view text) {
    std::vector<std::string> items = Split(text, ":");
    while (!items.empty() && items.back().empty()) items.pop_back();  // as Ruby's split does: "a:b:" are two
    return std::all_of(items.begin(), items.end(), add_secret);
  });

  settings.checksum_algorithms = {DigestAlgorithm::kSha1, DigestAlgorithm::kSha256, DigestAlgorithm::kSha384, DigestAlgorithm::kSha512};
  reader.Read("LOADBALANCER_CHECKSUM_ALGORITHM", [&](std::string_view text) {
    if (blank(text)) return true;
    for (const std::string& name : Words(text, ":")) {
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
    reader.Complain("LOAD_MODEL is 'weights', which comes with a later version; accepted: seats, scalelite or round-robin.");
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

/// Defaults that depend on other settings, as they turned out.
std::string DefaultInForce(const SettingInfo& row, const Settings& settings) {
  if (row.name == "PLENARY_DATA_DIR") return settings.data_dir;
  if (row.name == "PORT") return fmt::format("{}", settings.port);
  if (row.name == "BIND") return settings.bind.front();
  if (row.name == "PUBLIC_URL") return settings.public_url;
  return std::string(row.default_text);
}

void Report(const Reader& reader, LoadedSettings& loaded) {
  for (const SettingInfo& row : AllSettings()) {
    if (const auto value = reader.Text(row.name)) {
      loaded.in_force.push_back({row.name, IsSecret(row.name) ? "(set)" : Shortened(*value), "environment", row.has_effect});
      if (!row.has_effect) loaded.without_effect.emplace_back(row.name);
    } else if (std::string text = DefaultInForce(row, loaded.settings); !text.empty()) {
      loaded.in_force.push_back({row.name, std::move(text), "default", row.has_effect});
    }
  }
}

}  // namespace

Result<LoadedSettings> Load(const Environment& environment) {
  Reader reader(environment);
  LoadedSettings loaded;
  ReadServer(reader, loaded.settings);
  ReadClients(reader, loaded.settings);
  ReadNodes(reader, loaded.settings);
  ReadMeetings(reader, loaded.settings);
  if (!reader.errors().empty()) return Fail(ErrorCode::kInvalidArgument, fmt::format("{}", fmt::join(reader.errors(), "\n")));
  Report(reader, loaded);
  return loaded;
}

}  // namespace plenary::config
