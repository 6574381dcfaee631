// SERVER, MEETING, TENANT, SETTING, TOKEN, CALLBACK and HOOK of docs/control-protocol.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "records/hook_store.hpp"
#include "records/outbox.hpp"
#include "state/state_store.hpp"

namespace plenary::admin {

boost::json::object ServerRow(const state::StateStore& store, const state::NodeView& node);
boost::json::object MeetingRow(const state::StateStore& store, const pool::Meeting& meeting);
/// With its secrets.
boost::json::object TenantRow(const state::TenantView& view);
/// `use` of a TENANT.
boost::json::object UseRow(const state::TenantMeters& meters);
boost::json::object SettingRow(const pool::TenantSetting& setting);
boost::json::object TokenRow(const pool::ApiToken& token);
boost::json::object CallbackRow(const records::Callback& callback);
boost::json::object HookRow(const records::Hook& hook);

/// The members of `lrs` and `limits` by their names in the protocol.
struct LrsField {
  std::string_view name;
  std::string pool::TenantLrs::* member;
};
inline constexpr LrsField kLrsFields[] = {{"endpoint", &pool::TenantLrs::endpoint},
                                          {"username", &pool::TenantLrs::username},
                                          {"password", &pool::TenantLrs::password},
                                          {"kc_token_url", &pool::TenantLrs::kc_token_url},
                                          {"kc_client_id", &pool::TenantLrs::kc_client_id},
                                          {"kc_client_secret", &pool::TenantLrs::kc_client_secret},
                                          {"kc_username", &pool::TenantLrs::kc_username},
                                          {"kc_password", &pool::TenantLrs::kc_password}};
struct LimitField {
  std::string_view name;
  std::int64_t pool::TenantLimits::* member;
};
inline constexpr LimitField kLimitFields[] = {{"meetings", &pool::TenantLimits::meetings},
                                              {"participants", &pool::TenantLimits::participants},
                                              {"creates_per_second", &pool::TenantLimits::creates_per_second},
                                              {"calls_per_second", &pool::TenantLimits::calls_per_second}};

}  // namespace plenary::admin
