// What operators say about the parameters of create and join: defaults, overrides and exclusions of the pool, settings of the tenant, in
// Scalelite's order of precedence (spec scalelite 1.10.2), and three operators of our own in tenant settings. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bbb/params.hpp"
#include "pool/tenant.hpp"

namespace plenary::api {

inline constexpr std::string_view kServerTag = "meta_server-tag";

/// For one of the two calls. Built once at start.
struct ParamPolicy {
  std::vector<std::string> excluded;                             // of what the client sent and we computed
  std::vector<std::pair<std::string, std::string>> defaults, overrides;
  bool is_create = false;

  bool empty() const { return excluded.empty() && defaults.empty() && overrides.empty(); }
};

/// Takes out what the tenant's settings deny its clients ("welcome-="). Before anything is computed from the request.
void RemoveDenied(const pool::Tenant* tenant, bbb::Params& request);

/// Writes the parameters for the node into `out` (empty before): defaults, tenant defaults, the request, overrides, tenant overrides; a key keeps
/// the position of its first appearance. meta_server-tag comes from the request alone, except that a join takes it from the pool's lists as
/// well, as Scalelite does. `tenant` may be null. Then, of the tenant's settings:
///   "disabledFeatures+=a,b" a and b are in the list, whoever else set it
///   "duration<=120"         at most 120; unlimited (absent, 0 or less) becomes 120
/// Lists and caps concern a join only where it has the parameter.
void ApplyPolicy(const ParamPolicy& policy, const pool::Tenant* tenant, const bbb::Params& request, bbb::Params& out);

/// Which tag a create asks for (spec scalelite 1.11.5 step 2): the first present of tenant override, override, request, tenant default, default.
std::string_view WishedServerTag(const ParamPolicy& policy, const pool::Tenant* tenant, const bbb::Params& request);

}  // namespace plenary::api
