#include "pool/tenant.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/encoding.hpp"
#include "base/url.hpp"

namespace plenary::pool {
namespace {

// What an operator's slip, or somebody with his token, can make us keep.
constexpr std::size_t kMaxSecrets = 100;
constexpr std::size_t kMaxSettings = 1'000;
constexpr std::size_t kMaxSecretLength = 1'024;
constexpr std::size_t kMaxValueLength = 16'384;
constexpr std::size_t kMaxUrlLength = 2'048;
constexpr std::int64_t kMaxLimit = 1'000'000'000;
constexpr std::int64_t kMaxPerSecond = 100'000;  // each event of the last second is remembered

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

bool IsName(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsNameCharacter); }

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

tl::unexpected<Error> Invalid(std::string detail) { return Fail(ErrorCode::kInvalidArgument, std::move(detail)); }

Status CheckSecret(std::string_view secret) {
  if (secret.empty()) return Invalid("A secret must not be empty.");
  if (secret.size() > kMaxSecretLength) return Invalid("A secret has at most " + std::to_string(kMaxSecretLength) + " characters.");
  if (secret.find(':') != std::string_view::npos) return Invalid("A secret must not contain ':', which stands between secrets.");
  if (HasControl(secret)) return Invalid("A secret must not contain control characters.");
  return {};
}

Status CheckUrl(std::string_view name, std::string_view url) {
  if (url.empty()) return {};
  if (url.size() > kMaxUrlLength) return Invalid(std::string(name) + " has at most " + std::to_string(kMaxUrlLength) + " characters.");
  if (Result<Endpoint> endpoint = ParseEndpoint(url); !endpoint) return Invalid(std::string(name) + ": " + endpoint.error().detail);
  return {};
}

Status CheckUrls(const Tenant& tenant) {
  const std::array<std::pair<std::string_view, std::string_view>, 5> urls{{{"lrs.endpoint", tenant.lrs.endpoint},
                                                                           {"lrs.kc_token_url", tenant.lrs.kc_token_url},
                                                                           {"presentation_url", tenant.presentation_url},
                                                                           {"logo_url", tenant.logo_url},
                                                                           {"style_url", tenant.style_url}}};
  for (const auto& [name, url] : urls) {
    if (Status checked = CheckUrl(name, url); !checked) return checked;
  }
  const TenantLrs& lrs = tenant.lrs;
  for (const std::string* value : {&lrs.username, &lrs.password, &lrs.kc_client_id, &lrs.kc_client_secret, &lrs.kc_username, &lrs.kc_password}) {
    if (value->size() > kMaxSecretLength) return Invalid("A field of lrs has at most " + std::to_string(kMaxSecretLength) + " characters.");
  }
  return {};
}

Status CheckLimit(std::string_view name, std::int64_t limit, std::int64_t max) {
  if (limit >= 0 && limit <= max) return {};
  return Invalid("The limit " + std::string(name) + " is a number from 0 (none) to " + std::to_string(max) + ".");
}

Status CheckLimits(const TenantLimits& limits) {
  if (Status checked = CheckLimit("meetings", limits.meetings, kMaxLimit); !checked) return checked;
  if (Status checked = CheckLimit("participants", limits.participants, kMaxLimit); !checked) return checked;
  if (Status checked = CheckLimit("creates_per_second", limits.creates_per_second, kMaxPerSecond); !checked) return checked;
  return CheckLimit("calls_per_second", limits.calls_per_second, kMaxPerSecond);
}

/// Parameters that bind a call to its meeting and its tenant.
bool IsOurs(std::string_view param) {
  constexpr std::array<std::string_view, 5> kNames{"meetingID", "checksum", "meta_tenant-id", "meta_tenant-name", "meta_plenary-meeting-id"};
  return std::any_of(kNames.begin(), kNames.end(), [param](std::string_view name) { return EqualsIgnoreCase(param, name); });
}

Status CheckSetting(const TenantSetting& setting) {
  const auto [param, op] = ParseSettingParam(setting.param);
  if (!IsName(param)) return Invalid("'" + setting.param + "' is not the name of a parameter.");
  if (IsOurs(param)) return Invalid("'" + std::string(param) + "' can't be set: it says whose meeting it is.");
  if (setting.value.size() > kMaxValueLength) return Invalid("The value of " + setting.param + " is too long.");
  switch (op) {
    case SettingOperator::kCap:
      if (ParseInt(setting.value).value_or(0) < 1) return Invalid(setting.param + " needs a whole number above 0.");
      break;
    case SettingOperator::kAdd:
      if (setting.value.empty()) return Invalid(setting.param + " needs a value to add.");
      break;
    case SettingOperator::kDeny:
      if (!setting.value.empty()) return Invalid(setting.param + " takes no value.");
      break;
    case SettingOperator::kSet: break;
  }
  return {};
}

Status CheckSettings(const std::vector<TenantSetting>& settings) {
  if (settings.size() > kMaxSettings) return Invalid("A tenant has at most " + std::to_string(kMaxSettings) + " settings.");
  std::unordered_set<std::string_view> ids;
  for (const TenantSetting& setting : settings) {
    if (!IsName(setting.id)) return Invalid("The ID of a setting has only letters, digits and - _ .");
    if (!ids.insert(setting.id).second) return Fail(ErrorCode::kAlreadyExists, "There is already a setting with the ID " + setting.id + ".");
    if (Status checked = CheckSetting(setting); !checked) return checked;
  }
  return {};
}

}  // namespace

bool IsValidTenantName(std::string_view name) { return name.size() <= 63 && IsName(name); }

Status CheckTenant(const Tenant& tenant) {
  if (!IsName(tenant.id) || tenant.id.size() > 63) return Invalid("A tenant's ID has 1 to 63 letters, digits and - _ .");
  if (!IsValidTenantName(tenant.name)) return Invalid("A tenant's name has 1 to 63 letters, digits and - _ .");
  if (tenant.secrets.empty()) return Invalid("A tenant needs a secret.");
  if (tenant.secrets.size() + tenant.retired_secrets.size() > kMaxSecrets) {
    return Invalid("A tenant has at most " + std::to_string(kMaxSecrets) + " secrets.");
  }
  for (const std::string& secret : tenant.secrets) {
    if (Status checked = CheckSecret(secret); !checked) return checked;
  }
  for (const RetiredSecret& retired : tenant.retired_secrets) {
    if (Status checked = CheckSecret(retired.secret); !checked) return checked;
  }
  if (Status checked = CheckUrls(tenant); !checked) return checked;
  if (Status checked = CheckLimits(tenant.limits); !checked) return checked;
  return CheckSettings(tenant.settings);
}

SettingTarget ParseSettingParam(std::string_view param) {
  constexpr std::array<std::pair<std::string_view, SettingOperator>, 3> kOperators{
      {{"<=", SettingOperator::kCap}, {"+=", SettingOperator::kAdd}, {"-=", SettingOperator::kDeny}}};
  for (const auto& [text, op] : kOperators) {
    if (param.ends_with(text)) return {param.substr(0, param.size() - text.size()), op};
  }
  return {param, SettingOperator::kSet};
}

}  // namespace plenary::pool
