#include "app/options.hpp"

#include <algorithm>
#include <thread>

#include "base/hmac.hpp"
#include "bbb/checksum.hpp"

namespace plenary::app {

namespace {

constexpr std::size_t kMaxWorkers = 16;  // one core serves far more than 50,000 joins a second

state::OfflineMeetings OfflineOf(const config::Settings& settings) {
  return settings.offline_meetings == config::OfflineMeetings::kForget ? state::OfflineMeetings::kForget : state::OfflineMeetings::kKeep;
}

}  // namespace

observe::Level LogLevelOf(const config::Settings& settings) {
  switch (settings.log_level) {
    case config::LogLevel::kDebug: return observe::Level::kDebug;
    case config::LogLevel::kInfo: return observe::Level::kInfo;
    case config::LogLevel::kWarn: return observe::Level::kWarn;
    case config::LogLevel::kError: return observe::Level::kError;
    case config::LogLevel::kOff: return observe::Level::kOff;
  }
  return observe::Level::kInfo;
}

std::size_t WorkerCountOf(const config::Settings& settings) {
  if (settings.worker_threads > 0) return settings.worker_threads;
  // One core is left to the control thread, the store's writer and the logs.
  const std::size_t cores = std::thread::hardware_concurrency();
  return std::clamp<std::size_t>(cores > 1 ? cores - 1 : 1, 1, kMaxWorkers);
}

state::StateOptions StateOptionsOf(const config::Settings& settings) {
  state::StateOptions options;
  switch (settings.load_model) {
    case config::LoadModel::kSeats: options.load.model = pool::LoadModel::kSeats; break;
    case config::LoadModel::kScalelite: options.load.model = pool::LoadModel::kScalelite; break;
    case config::LoadModel::kRoundRobin: options.load.model = pool::LoadModel::kRoundRobin; break;
  }
  options.load.min_user_count = settings.load_min_user_count;
  options.load.join_buffer_ms = settings.load_join_buffer_minutes * 60'000;
  options.health = {settings.healthy_threshold, settings.unhealthy_threshold};
  options.offline_meetings = OfflineOf(settings);
  options.voice_bridge_length = settings.voice_bridge_len;
  options.use_external_voice_bridge = settings.use_external_voice_bridge;
  options.meeting_ttl_ms = std::chrono::milliseconds(settings.meeting_ttl).count();
  options.node_checksum = bbb::OutboundAlgorithm(settings.checksum_algorithms_given);
  options.multitenancy = settings.multitenancy;
  options.tenant_scope = settings.tenant_scope;
  options.client_checksums = settings.checksum_algorithms;
  return options;
}

nodes::CallTimeouts TimeoutsOf(const config::Settings& settings) { return {settings.connect_timeout, settings.response_timeout}; }

poller::PollerOptions PollerOptionsOf(const config::Settings& settings) { return {settings.poll_interval}; }

dialin::DialInOptions DialInOptionsOf(const config::Settings& settings, const std::vector<std::string>& secrets) {
  dialin::DialInOptions options;
  options.password = settings.fsapi_password.value_or(secrets.front());
  options.realm = settings.url_host;
  options.prompt = {settings.voice_bridge_min, settings.voice_bridge_max, settings.fsapi_max_duration};
  options.trusted_proxies = settings.trusted_proxies;
  return options;
}

std::vector<std::string> ServedHosts(const config::Settings& settings) {
  if (settings.url_host.empty()) return {};
  return {settings.url_host, settings.base_url};
}

api::ApiOptions ApiOptionsOf(const config::Settings& settings, std::vector<std::string> secrets, std::string spool_dir) {
  api::ApiOptions options;
  // Of the secret that stays when others are rolled over; every process of a pool has the same.
  const std::string& root = settings.secret_key_base.empty() ? secrets.front() : settings.secret_key_base;
  options.end_signal_key = Hmac(DigestAlgorithm::kSha256, root, "plenary end signals");
  options.end_signals = settings.poll_on_change;
  options.recording_ready_here = settings.recordings_source != config::RecordingsSource::kIndex;
  options.create_policy = {settings.create_exclude, settings.default_create, settings.override_create, true};
  options.join_policy = {settings.join_exclude, settings.default_join, settings.override_join, false};
  options.policy = {std::move(secrets), settings.checksum_algorithms};
  options.build_number = settings.build_number;
  options.get_meetings_disabled = settings.get_meetings_disabled;
  options.get_meetings_max_age = settings.get_meetings_max_age;
  options.max_meeting_duration = settings.max_meeting_duration;
  options.offline_meetings = OfflineOf(settings);
  options.max_body_bytes = settings.max_body_bytes;
  options.spool_dir = std::move(spool_dir);
  return options;
}

}  // namespace plenary::app
