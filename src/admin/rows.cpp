#include "admin/rows.hpp"

#include <optional>
#include <vector>

#include <boost/json/array.hpp>

namespace plenary::admin {

namespace {

boost::json::array TextsOf(const std::vector<std::string>& texts) {
  boost::json::array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

}  // namespace

boost::json::object ServerRow(const state::StateStore& store, const state::NodeView& view) {
  const pool::Node& node = view.node;
  const state::NodeLoad load = store.LoadOf(node.id);
  boost::json::object row;
  row["id"] = node.id;
  row["revision"] = node.revision;
  row["url"] = node.url;
  row["secret"] = node.secret;
  row["tag"] = node.tag;
  row["state"] = pool::AdminStateName(node.state);
  row["state_set"] = node.state != pool::AdminState::kUnset;
  row["online"] = node.online;
  row["load"] = load.load ? boost::json::value(*load.load) : boost::json::value(nullptr);
  row["reserved_seats"] = load.reserved_seats;
  row["load_multiplier"] = node.load_multiplier;
  row["bbb_version"] = node.bbb_version;
  row["checksum_algorithm"] = node.checksum_algorithm ? DigestName(*node.checksum_algorithm) : std::string_view();
  const auto number = [&](std::int64_t value) { return node.polled ? boost::json::value(value) : boost::json::value(nullptr); };
  row["meetings"] = number(node.stats.meetings);
  row["users"] = number(node.stats.users);
  row["largest_meeting"] = number(node.stats.largest_meeting);
  row["videos"] = number(node.stats.videos);
  row["claims"] = load.meetings;
  row["last_poll_ms"] = node.last_poll_ok_ms;
  row["last_error"] = node.last_error;
  return row;
}

boost::json::object MeetingRow(const state::StateStore& store, const pool::Meeting& meeting) {
  const state::NodePtr node = store.Nodes()->Find(meeting.node_id);
  boost::json::object row;
  row["meeting_id"] = meeting.meeting_id;
  row["node_meeting_id"] = meeting.node_meeting_id();
  row["tenant_id"] = meeting.tenant_id;
  row["server_id"] = meeting.node_id;
  row["server_url"] = node ? node->node.url : std::string();
  row["phase"] = meeting.phase == pool::MeetingPhase::kSettled ? "settled" : "claimed";
  row["name"] = meeting.name;
  row["internal_id"] = meeting.internal_id;
  row["create_time_ms"] = meeting.create_time_ms;
  row["voice_bridge"] = meeting.voice_bridge;
  row["adopted"] = meeting.adopted;
  row["claimed_at_ms"] = meeting.claimed_at_ms;
  return row;
}

boost::json::object UseRow(const state::TenantMeters& meters) {
  boost::json::object row;
  row["meetings"] = meters.meetings.load();
  row["people"] = meters.people.load();
  row["participants"] = meters.participants.load();
  row["refused"] = meters.refused.load();
  return row;
}

boost::json::object SettingRow(const pool::TenantSetting& setting) {
  boost::json::object row;
  row["id"] = setting.id;
  row["param"] = setting.param;
  row["value"] = setting.value;
  row["override"] = setting.overrides;
  return row;
}

boost::json::object TenantRow(const state::TenantView& view) {
  const pool::Tenant& tenant = view.tenant;
  boost::json::array retired, algorithms, settings;
  for (const pool::RetiredSecret& secret : tenant.retired_secrets) {
    retired.push_back(boost::json::object{{"secret", secret.secret}, {"until_ms", secret.until_ms}});
  }
  for (const DigestAlgorithm algorithm : tenant.checksum_algorithms) algorithms.emplace_back(DigestName(algorithm));
  for (const pool::TenantSetting& setting : tenant.settings) settings.push_back(SettingRow(setting));
  boost::json::object lrs, limits;
  for (const LrsField& field : kLrsFields) lrs[field.name] = tenant.lrs.*(field.member);
  for (const LimitField& field : kLimitFields) limits[field.name] = tenant.limits.*(field.member);
  boost::json::object row;
  row["id"] = tenant.id;
  row["name"] = tenant.name;
  row["secrets"] = TextsOf(tenant.secrets);
  row["retired_secrets"] = std::move(retired);
  row["enabled"] = tenant.enabled;
  row["checksum_algorithms"] = std::move(algorithms);
  row["lrs"] = std::move(lrs);
  row["limits"] = std::move(limits);
  row["settings"] = std::move(settings);
  row["presentation_url"] = tenant.presentation_url;
  row["logo_url"] = tenant.logo_url;
  row["style_url"] = tenant.style_url;
  row["revision"] = tenant.revision;
  row["use"] = UseRow(*view.meters);
  return row;
}

boost::json::object TokenRow(const pool::ApiToken& token) {
  boost::json::object row;
  row["id"] = token.id;
  row["name"] = token.name;
  row["scope"] = pool::TokenScopeName(token.scope);
  row["tenant_id"] = token.tenant_id;
  row["server_id"] = token.node_id;
  row["created_at_ms"] = token.created_at_ms;
  row["expires_at_ms"] = token.expires_at_ms;
  return row;
}

boost::json::object CallbackRow(const records::Callback& callback) {
  boost::json::object row;
  row["id"] = callback.id;
  row["kind"] = records::CallbackKindName(callback.kind);
  row["state"] = records::CallbackStateName(callback.state);
  row["tenant_id"] = callback.tenant_id;
  row["meeting_id"] = callback.meeting_id;
  row["url"] = callback.url;
  row["attempts"] = callback.attempts;
  row["created_at_ms"] = callback.created_at_ms;
  row["next_attempt_ms"] = callback.next_attempt_ms;
  row["last_status"] = callback.last_status;
  row["last_error"] = callback.last_error;
  return row;
}

boost::json::object HookRow(const records::Hook& hook) {
  boost::json::object row;
  row["id"] = hook.id;
  row["tenant_id"] = hook.tenant_id;
  row["callback_url"] = hook.callback_url;
  row["meeting_id"] = hook.meeting_id ? boost::json::value(*hook.meeting_id) : boost::json::value(nullptr);
  row["event_ids"] = hook.event_ids ? boost::json::value(TextsOf(*hook.event_ids)) : boost::json::value(nullptr);
  row["raw"] = hook.raw;
  row["created_at_ms"] = hook.created_at_ms;
  return row;
}

}  // namespace plenary::admin
