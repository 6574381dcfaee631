// The table of every setting: what config check, the reference page and every error message say about a variable.
#include "config/settings.hpp"

#include <cstdlib>

namespace plenary::config {
namespace {

constexpr std::string_view kServer = "Server";
constexpr std::string_view kClients = "Clients";
constexpr std::string_view kNodes = "Nodes";
constexpr std::string_view kLoad = "Load and placement";
constexpr std::string_view kMeetings = "Meetings";
constexpr std::string_view kTenants = "Tenants and proxies";
constexpr std::string_view kParameters = "Parameters of create and join";
constexpr std::string_view kCallbacks = "Callbacks and recordings";
constexpr std::string_view kDialIn = "Dial-in";
constexpr std::string_view kScalelite = "Scalelite's variables without effect";
constexpr std::string_view kLater = "Settings of later versions";

constexpr std::string_view kBool = "true or false";
constexpr std::string_view kAnyText = "text";
constexpr std::string_view kPairs = "name=value, several separated by commas";
constexpr std::string_view kNames = "names separated by commas";
constexpr std::string_view kNetworks =
    "addresses and networks such as 10.0.0.0/8, separated by blanks or commas; private, loopback, link-local and none are words for such";
constexpr std::string_view kProxy = "[http://][user:password@]host[:port]";

std::vector<SettingInfo> Effective() {
  return {
      {"PLENARY_DATA_DIR", kServer, "", "a folder",
       "Folder that holds the state of the pool; `--data` wins. Default: `/var/lib/plenary` when started by systemd or when that folder "
       "already is in use (and is writable), else `$XDG_DATA_HOME/plenary`, else `~/.local/share/plenary`."},
      {"PLENARY_CONFIG", kServer, "", "a YAML file",
       "File with settings; `--config` wins. Default: `/etc/plenary/plenary.yml` when it can be read. The environment wins over the file."},
      {"BIND", kServer, "tcp://0.0.0.0:$PORT",
       "tcp://ADDRESS:PORT, ssl://ADDRESS:PORT?cert=FILE&key=FILE or unix:///PATH; several separated by blanks or commas",
       "Where the API listens.", true, Shape::kList},
      {"PORT", kServer, "3000", "integer from 0 to 65535", "Port of the API when BIND is not set; 0 takes any free port."},
      {"SCALELITE_API_PORT", kServer, "", "integer from 0 to 65535", "Used when PORT is not set."},
      {"URL_HOST", kServer, "", "a host name, with or without a port",
       "Host name under which clients reach Plenary. Set: other Host headers are refused. Empty: every host is accepted."},
      {"PUBLIC_URL", kServer, "https://URL_HOST", "http:// or https:// with host, port and path",
       "Address under which clients reach Plenary."},
      {"BUILD_NUMBER", kServer, "", kAnyText, "Shown by the version call of the API."},
      {"WORKER_THREADS", kServer, "0", "integer from 0 to 256", "Threads that serve requests; 0: one per core but one, at least one."},
      {"MAX_BODY_BYTES", kServer, "67108864", "integer from 1024 to 17179869184, bytes",
       "Largest request body that is accepted, uploaded slides included."},
      {"LOG_LEVEL", kServer, "info", "debug, info, warn, error, fatal or off",
       "Least important messages that are logged; fatal is the same as off."},
      {"RAILS_LOG_LEVEL", kServer, "", "debug, info, warn, error, fatal or off", "Used when LOG_LEVEL is not set."},
      {"LOG_FORMAT", kServer, "text", "text or json", "Form of the log lines."},
      {"ACCESS_LOG", kServer, "true", kBool, "Log one line per request."},

      {"LOADBALANCER_SECRET", kClients, "", "text that is not blank", "The secret that front-ends sign with."},
      {"LOADBALANCER_SECRETS", kClients, "", "texts separated by `:`, none of them empty", "Further secrets that are accepted.", true,
       Shape::kList},
      {"LOADBALANCER_CHECKSUM_ALGORITHM", kClients, "SHA1:SHA256:SHA384:SHA512", "SHA1, SHA256, SHA384 and SHA512, separated by `:`",
       "Checksum algorithms that are accepted from front-ends. Towards nodes: SHA-256 when unset, else the strongest of SHA-512, SHA-256, "
       "SHA-1 in the list, unless the node has its own.",
       true, Shape::kList},

      {"CONNECT_TIMEOUT", kNodes, "5", "number above 0, at most 600, seconds", "Longest wait for a connection to a node."},
      {"RESPONSE_TIMEOUT", kNodes, "10", "number above 0, at most 600, seconds", "Longest wait for the answer of a node."},
      {"POLL_INTERVAL", kNodes, "60", "number above 0, at most 604800, seconds", "Time between two polls of a node."},
      {"INTERVAL", kNodes, "", "number above 0, at most 604800, seconds", "Used when POLL_INTERVAL is not set."},
      {"POLL_ON_CHANGE", kNodes, "true", kBool, "Poll a node at once when it was added or enabled, and have nodes tell when a meeting is over (meetingEndedURL)."},
      {"SERVER_HEALTHY_THRESHOLD", kNodes, "1", "integer from 1 to 1000",
       "Successful polls in a row until an offline node counts as online."},
      {"SERVER_UNHEALTHY_THRESHOLD", kNodes, "2", "integer from 1 to 1000",
       "Failed polls in a row until an online node counts as offline."},
      {"SERVER_ID_IS_HOSTNAME", kNodes, "false", kBool, "The ID of a new server is the host name of its URL instead of a random UUID."},

      {"LOAD_MODEL", kLoad, "seats", "seats, scalelite or round-robin",
       "How the load of a node is counted. seats: people there and on their way; scalelite: exactly as Scalelite does; round-robin: each "
       "node in turn."},
      {"LOAD_MIN_USER_COUNT", kLoad, "15", "integer from 0 to 1000000", "A young meeting counts as at least this many people."},
      {"LOAD_JOIN_BUFFER_TIME", kLoad, "15", "integer from 0 to 10080, minutes", "How long a meeting counts as young."},

      {"OFFLINE_MEETINGS", kMeetings, "keep", "keep or forget", "What happens to the meetings of a node that goes offline."},
      {"GET_MEETINGS_MAX_AGE", kMeetings, "0", "number from 0 to 3600, seconds",
       "getMeetings answers from the last poll when it is no older; 0: always asks the nodes."},
      {"GET_MEETINGS_API_DISABLED", kMeetings, "false", kBool, "getMeetings always answers with an empty list."},
      {"MAX_MEETING_DURATION", kMeetings, "0", "integer from 0 to 525600, minutes",
       "Longest duration of a meeting; longer or unlimited ones are cut to it; 0: no limit."},
      {"VOICE_BRIDGE_LEN", kMeetings, "9", "integer from 5 to 20", "Digits of a voice bridge number."},
      {"USE_EXTERNAL_VOICE_BRIDGE", kMeetings, "false", kBool, "Use the voiceBridge that the front-end gave, when it is free."},
      {"DEFAULT_MEETING_TTL", kMeetings, "86400", "integer from 1 to 31536000, seconds",
       "A meeting that gave no sign of life for this long is forgotten."},

      {"MULTITENANCY_ENABLED", kTenants, "false", kBool,
       "Several front-ends with secrets of their own, told apart by the first label of the host or by the path /t/TENANT. Callers without a "
       "tenant are refused."},
      {"BASE_URL", kTenants, "", "a host name, with or without scheme and port",
       "Set: a tenant is exactly one label in front of this host. Unset: the first label of any host is the tenant."},
      {"TENANT_SCOPE", kTenants, "true", kBool,
       "The same meetingID in two tenants is two meetings. Off: the second tenant hears idNotUnique."},
      {"TRUSTED_PROXIES", kTenants, "loopback private", kNetworks,
       "Callers whose X-Forwarded-Host, -Proto, -Ssl and -For are believed.", true, Shape::kList},

      {"CREATE_EXCLUDE_PARAMS", kParameters, "", kNames, "Parameters of create that are not passed on to a node.", true, Shape::kList},
      {"JOIN_EXCLUDE_PARAMS", kParameters, "", kNames, "Parameters of join that are not passed on to a node.", true, Shape::kList},
      {"DEFAULT_CREATE_PARAMS", kParameters, "", kPairs, "Parameters of create when the front-end gives none of that name.", true, Shape::kMap},
      {"OVERRIDE_CREATE_PARAMS", kParameters, "", kPairs, "Parameters of create whatever the front-end gives.", true, Shape::kMap},
      {"DEFAULT_JOIN_PARAMS", kParameters, "", kPairs, "Parameters of join when the front-end gives none of that name.", true, Shape::kMap},
      {"OVERRIDE_JOIN_PARAMS", kParameters, "", kPairs, "Parameters of join whatever the front-end gives.", true, Shape::kMap},

      {"CALLBACK_ALLOW_NETS", kCallbacks, "", kNetworks,
       "Networks that callbacks may go to besides public addresses. `plenary config check` names the front-ends that this keeps out.", true,
       Shape::kList},
      {"http_proxy", kCallbacks, "", kProxy, "Callbacks and Keycloak go through it; nodes are called directly. HTTP_PROXY is understood, too."},
      {"https_proxy", kCallbacks, "", kProxy, "Callbacks and Keycloak go through it; nodes are called directly. HTTPS_PROXY is understood, too."},
      {"no_proxy", kCallbacks, "", "host names separated by commas, or *",
       "Callbacks to these hosts go through no proxy. NO_PROXY is understood, too.", true, Shape::kList},
      {"SECRET_KEY_BASE", kCallbacks, "", kAnyText,
       "Key of the signatures in addresses that we give to nodes. Without it the pool's first secret is; when that changes, the ends of meetings "
       "that run at that moment are found by polls only."},
      {"RECORDINGS_SOURCE", kCallbacks, "index", "index, nodes or both",
       "Where recordings are: index: with Plenary; nodes: on the nodes, which are asked; both."},

      {"FSAPI_PASSWORD", kDialIn, "", kAnyText,
       "Password of the user fsapi for the dial plan. Unset: the first secret. Set, but empty: no password is asked for."},
      {"FSAPI_MAX_DURATION", kDialIn, "$MAX_MEETING_DURATION", "integer from 0 to 525600, minutes", "Longest call; 0: no limit."},
      {"VOICE_BRIDGE_MIN", kDialIn, "5", "integer from 1 to 20", "Fewest digits that a caller may type."},
      {"VOICE_BRIDGE_MAX", kDialIn, "9", "integer from 1 to 20", "Most digits that a caller may type."},
  };
}

/// Names that are accepted and reported, and why they do nothing.
struct Ignored {
  std::string_view group;
  std::string_view meaning;
  std::vector<std::string_view> names;
};

std::vector<Ignored> WithoutEffect() {
  return {
      {kScalelite,
       "Recordings come with a later version.",
       {"RECORDING_DISABLED",
        "RECORDING_SPOOL_DIR",
        "RECORDING_WORK_DIR",
        "RECORDING_PUBLISH_DIR",
        "RECORDING_UNPUBLISH_DIR",
        "RECORDING_IMPORT_UNPUBLISHED",
        "RECORDING_IMPORT_POLL",
        "RECORDING_IMPORT_POLL_INTERVAL",
        "RECORDING_PLAYBACK_FORMATS",
        "GET_RECORDINGS_API_FILTERED",
        "PROTECTED_RECORDINGS_ENABLED",
        "PROTECTED_RECORDINGS_TOKEN_TIMEOUT",
        "PROTECTED_RECORDINGS_TIMEOUT",
        "DEFAULT_LOCALE",
        "S3_RECORDING",
        "S3_BUCKET_NAME",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_REGION",
        "CLOUDFRONT_URL",
        "CF_KEY_PAIR_ID",
        "CF_PRIVATE_KEY_B64"}},
      {kScalelite,
       "The cluster mode comes with a later version; state is kept in the data folder.",
       {"REDIS_URL", "REDIS_NAMESPACE", "REDIS_POOL", "DATABASE_URL", "DB_CONNECTION_RETRY_COUNT", "PREPARED_STATEMENT", "DB_DISABLED"}},
      {kScalelite,
       "Ruby's processes and threads; see WORKER_THREADS.",
       {"WEB_CONCURRENCY", "RAILS_MAX_THREADS", "RAILS_MIN_THREADS", "RAILS_ENV", "RAILS_SERVE_STATIC_FILES"}},
      {kScalelite, "The log always goes to standard error.", {"RAILS_LOG_TO_STDOUT"}},
      {kScalelite, "Every node is polled by itself and at once.", {"POLLER_THREADS", "POLLER_WAIT_TIMEOUT"}},
      {kScalelite,
       "Belongs to the containers and start scripts around Scalelite.",
       {"NGINX_SSL", "NGINX_BEHIND_PROXY", "NGINX_RECORDINGS_ONLY", "NGINX_HOSTNAME", "BEHIND_PROXY", "SCALELITE_TAG",
        "SCALELITE_RECORDING_DIR", "SCALELITE_API_EXTRA_OPTS", "SCALELITE_NGINX_EXTRA_OPTS"}},
      {kLater, "Comes with recordings.", {"PLAYBACK_DIR", "LOCALES_DIR", "GET_RECORDINGS_META_MATCH"}},
      {kLater, "Comes with the cluster mode.", {"CACHE_MAX_STALE", "REDIS_WAIT", "REDIS_SENTINELS", "REDIS_RESTORE"}},
      {kLater, "Comes with failover.", {"FAILOVER", "FAILOVER_MAX_SHARE", "REJOIN_COOKIE", "SLIDES_KEEP_BYTES"}},
  };
}

}  // namespace

const std::vector<SettingInfo>& AllSettings() {
  static const std::vector<SettingInfo> rows = [] {
    std::vector<SettingInfo> all = Effective();
    for (const Ignored& ignored : WithoutEffect()) {
      for (const std::string_view name : ignored.names) {
        all.push_back(
            {.name = name, .group = ignored.group, .default_text = "", .rule = kAnyText, .meaning = ignored.meaning, .has_effect = false});
      }
    }
    return all;
  }();
  return rows;
}

Environment ProcessEnvironment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

}  // namespace plenary::config
