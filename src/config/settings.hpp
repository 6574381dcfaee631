// Every setting of the program, typed, validated and documented in one table (settings.cpp): name, default, unit, meaning. Read once at
// start from the environment (Scalelite's names where it has one) and from a YAML file with the same keys (settings_file.hpp);
// docs/configuration.md is generated from the table (`plenary config docs`). Depends on no other module but base. Immutable afterwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/ip_networks.hpp"
#include "base/result.hpp"

namespace plenary::config {

enum class LoadModel { kSeats, kScalelite, kRoundRobin };
enum class OfflineMeetings { kKeep, kForget };
enum class LogLevel { kDebug, kInfo, kWarn, kError, kOff };
enum class LogFormat { kText, kJson };
enum class RecordingsSource { kIndex, kNodes, kBoth };

/// "name=value" pairs in their order.
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Settings {
  // server
  std::string data_dir;                        // PLENARY_DATA_DIR
  std::vector<std::string> bind;               // BIND (several, separated by blanks); default tcp://0.0.0.0:$PORT
  std::uint16_t port = 3000;                   // PORT over SCALELITE_API_PORT over 3000
  std::string url_host;                        // URL_HOST
  std::string public_url;                      // PUBLIC_URL, or https://URL_HOST, or "" (unknown)
  std::string build_number;                    // BUILD_NUMBER
  std::size_t worker_threads = 0;              // WORKER_THREADS; 0 = one per core but one, at least one
  std::uint64_t max_body_bytes = 64ull << 20;  // MAX_BODY_BYTES
  LogLevel log_level = LogLevel::kInfo;        // LOG_LEVEL, alias RAILS_LOG_LEVEL (LOG_LEVEL wins; fatal = off, unknown refused)
  LogFormat log_format = LogFormat::kText;     // LOG_FORMAT
  bool access_log = true;                      // ACCESS_LOG

  // who may call
  std::vector<std::string> secrets;            // LOADBALANCER_SECRET, then LOADBALANCER_SECRETS (':'); empty items refused
  std::vector<DigestAlgorithm> checksum_algorithms;       // LOADBALANCER_CHECKSUM_ALGORITHM (':'), default all four; accepted inbound
  std::vector<DigestAlgorithm> checksum_algorithms_given; // as given; empty when unset or blank (decides the outbound one)

  // nodes
  std::chrono::milliseconds connect_timeout{5'000};    // CONNECT_TIMEOUT, float seconds > 0
  std::chrono::milliseconds response_timeout{10'000};  // RESPONSE_TIMEOUT, float seconds > 0
  std::chrono::milliseconds poll_interval{60'000};     // POLL_INTERVAL over INTERVAL, float seconds > 0
  bool poll_on_change = true;                          // POLL_ON_CHANGE
  int healthy_threshold = 1, unhealthy_threshold = 2;  // SERVER_HEALTHY_THRESHOLD, SERVER_UNHEALTHY_THRESHOLD, ≥ 1
  bool server_id_is_hostname = false;                  // SERVER_ID_IS_HOSTNAME

  // load and meetings
  LoadModel load_model = LoadModel::kSeats;            // LOAD_MODEL
  std::int64_t load_min_user_count = 15;               // LOAD_MIN_USER_COUNT
  std::int64_t load_join_buffer_minutes = 15;          // LOAD_JOIN_BUFFER_TIME
  OfflineMeetings offline_meetings = OfflineMeetings::kKeep;  // OFFLINE_MEETINGS
  std::chrono::milliseconds get_meetings_max_age{0};   // GET_MEETINGS_MAX_AGE, float seconds
  bool get_meetings_disabled = false;                  // GET_MEETINGS_API_DISABLED
  std::int64_t max_meeting_duration = 0;               // MAX_MEETING_DURATION, minutes, 0 = none
  int voice_bridge_len = 9;                            // VOICE_BRIDGE_LEN, 5 to 20
  bool use_external_voice_bridge = false;              // USE_EXTERNAL_VOICE_BRIDGE
  std::chrono::seconds meeting_ttl{86'400};            // DEFAULT_MEETING_TTL, > 0

  // tenants and proxies
  bool multitenancy = false;                           // MULTITENANCY_ENABLED (any case)
  bool multitenancy_given = false;                     // it is set at all: what Scalelite's rake tasks look at
  std::string base_url;                                // BASE_URL: a host name, perhaps with scheme and port (both dropped), lower case; "" = unset
  bool tenant_scope = true;                            // TENANT_SCOPE on/off
  IpNetworks trusted_proxies;                          // TRUSTED_PROXIES, default "loopback private"

  // parameter policy (spec scalelite 1.10.2, 9 "kv" and "list(,)")
  std::vector<std::string> create_exclude, join_exclude;               // CREATE_/JOIN_EXCLUDE_PARAMS
  Parameters default_create, override_create, default_join, override_join;  // DEFAULT_/OVERRIDE_CREATE_/JOIN_PARAMS

  // callbacks
  IpNetworks callback_allow_nets;                      // CALLBACK_ALLOW_NETS
  RecordingsSource recordings_source = RecordingsSource::kIndex;  // RECORDINGS_SOURCE index, nodes, both
  std::string secret_key_base;                         // SECRET_KEY_BASE, "" = unset
  std::string http_proxy, https_proxy, no_proxy;       // of these names, upper case as well; "" = unset. May hold a password

  // dial-in
  int voice_bridge_min = 5, voice_bridge_max = 9;      // VOICE_BRIDGE_MIN, VOICE_BRIDGE_MAX (integers as text in the dial plan)
  std::optional<std::string> fsapi_password;           // FSAPI_PASSWORD; unset = the first secret, "" = no password
  std::int64_t fsapi_max_duration = 0;                 // FSAPI_MAX_DURATION, minutes, default MAX_MEETING_DURATION
};

/// What the settings file may give besides a text.
enum class Shape { kText, kList, kMap };

/// One row of the table.
struct SettingInfo {
  std::string_view name;
  std::string_view group;          // "Server", "Clients", "Nodes", …
  std::string_view default_text;
  std::string_view rule;           // "integer, minutes", "true or false", …
  std::string_view meaning;
  bool has_effect = true;          // false: one of Scalelite's names that is accepted and (still) does nothing
  Shape shape = Shape::kText;
};
const std::vector<SettingInfo>& AllSettings();

/// Where a value comes from, for `plenary config check`.
struct SettingInForce {
  std::string_view name;
  std::string value;               // secrets as "(set)"
  std::string source;              // "environment", "default", or the settings file and line ("plenary.yml:12")
  bool has_effect = true;
};

using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment ProcessEnvironment();

struct LoadedSettings {
  Settings settings;
  std::vector<SettingInForce> in_force;     // one row per setting that is set, or that has a default
  std::vector<std::string> without_effect;  // names that are set and do nothing (yet)
  std::vector<std::string> warnings;        // for the operator, in sentences
  std::string settings_file;                // the one that was read, "" = none
};

inline constexpr std::string_view kDefaultSettingsFile = "/etc/plenary/plenary.yml";

/// The environment, then for what it leaves unset the file that PLENARY_CONFIG names (which must be there), else `default_file` when it can
/// be read. The one error is kInvalidArgument; it names the variable, the value, for the file's the line, and what would be accepted, or says why
/// the file can't be read. Several are joined by newlines.
Result<LoadedSettings> Load(const Environment& environment, std::string_view default_file = kDefaultSettingsFile);

/// docs/configuration.md.
std::string ReferencePage();

}  // namespace plenary::config
