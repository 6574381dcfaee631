// A tenant: one front-end or customer with its own secrets, settings, limits and look (spec scalelite 4.5, 4.6). Plain values, immutable
// once published.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/result.hpp"

namespace plenary::pool {

/// A default or override of one parameter of create and join (spec scalelite 1.10.2). `param` may end in an operator of ours:
/// "duration<=" (cap), "disabledFeatures+=" (add to list), "welcome-=" (deny; no value).
struct TenantSetting {
  std::string id;        // UUID
  std::string param, value;
  bool overrides = false;  // Scalelite's `override` is exactly "true"
  bool operator==(const TenantSetting&) const = default;
};

/// Where learning records go (spec scalelite 8.8). Off while `endpoint` is empty; a present `username` wins over Keycloak.
struct TenantLrs {
  std::string endpoint, username, password;
  std::string kc_token_url, kc_client_id, kc_client_secret, kc_username, kc_password;
  bool operator==(const TenantLrs&) const = default;
};

/// 0 = no limit.
struct TenantLimits {
  std::int64_t meetings = 0;            // at the same time
  std::int64_t participants = 0;        // seats handed out and taken, at the same time
  std::int64_t creates_per_second = 0;  // new meetings
  std::int64_t calls_per_second = 0;
  bool operator==(const TenantLimits&) const = default;
};

/// A secret that was replaced and is accepted for some time yet.
struct RetiredSecret {
  std::string secret;
  std::int64_t until_ms = 0;  // wall clock
  bool operator==(const RetiredSecret&) const = default;
};

struct Tenant {
  std::string id;                     // UUID
  std::string name;                   // label of the host, or of the path; case doesn't count
  std::vector<std::string> secrets;   // the first one signs what we send, the next one when that is refused; none of them empty, none with ':'
  std::vector<RetiredSecret> retired_secrets;
  bool enabled = true;                // false: every call is answered as for an unknown tenant's wrong checksum
  std::vector<DigestAlgorithm> checksum_algorithms;  // accepted from it; empty = those of the pool
  TenantLrs lrs;
  TenantLimits limits;
  std::vector<TenantSetting> settings;  // in the order of their making
  std::string presentation_url, logo_url, style_url;  // default slide, logo, CSS; "" = none
  std::int64_t created_at_ms = 0;     // of tenants with one name (Scalelite's tools allow that) calls find the newest
  std::uint64_t revision = 0;         // grows with every change; for If-Match
};

/// Names that can be a host label or a path segment: letters, digits, '-', '_', '.', 1 to 63.
bool IsValidTenantName(std::string_view name);

/// kInvalidArgument with a text for the operator: name, secrets, URLs, limits, settings.
Status CheckTenant(const Tenant& tenant);

/// "duration<=" → cap … ; a name without operator is a plain default or override.
enum class SettingOperator { kSet, kCap, kAdd, kDeny };
struct SettingTarget {
  std::string_view param;
  SettingOperator op = SettingOperator::kSet;
};
SettingTarget ParseSettingParam(std::string_view param);

}  // namespace plenary::pool
