#include "api/param_policy.hpp"

#include <algorithm>
#include <optional>

#include "base/encoding.hpp"

namespace plenary::api {

namespace {

using pool::SettingOperator;

template <class Each>
void ForEachSetting(const pool::Tenant* tenant, SettingOperator op, Each each) {
  if (tenant == nullptr) return;
  for (const pool::TenantSetting& setting : tenant->settings) {
    const pool::SettingTarget target = pool::ParseSettingParam(setting.param);
    if (target.op == op) each(target.param, setting);
  }
}

void AddToList(bbb::Params& out, std::string_view param, std::string_view items) {
  std::string list(out.Get(param));
  while (!items.empty()) {
    const std::size_t end = std::min(items.find(','), items.size());
    const std::string_view item = TrimBlanks(items.substr(0, end));
    items.remove_prefix(std::min(end + 1, items.size()));
    if (item.empty() || ("," + list + ",").find("," + std::string(item) + ",") != std::string::npos) continue;
    if (!list.empty()) list += ',';
    list += item;
  }
  out.Set(param, list);
}

void Cap(bbb::Params& out, std::string_view param, std::string_view most) {
  const std::optional<std::int64_t> wanted = ParseInt(out.Get(param));  // nodes may read anything else as they like
  if (!wanted || *wanted <= 0 || *wanted > LeadingInt(most)) out.Set(param, most);
}

}  // namespace

void RemoveDenied(const pool::Tenant* tenant, bbb::Params& request) {
  ForEachSetting(tenant, SettingOperator::kDeny, [&](std::string_view param, const auto&) { request.Remove(param); });
}

void ApplyPolicy(const ParamPolicy& policy, const pool::Tenant* tenant, const bbb::Params& request, bbb::Params& out) {
  const auto set_all = [&](const auto& pairs) {
    for (const auto& [name, value] : pairs) {
      if (!policy.is_create || name != kServerTag) out.Set(name, value);
    }
  };
  const auto set_tenants = [&](bool overrides) {
    ForEachSetting(tenant, SettingOperator::kSet, [&](std::string_view param, const pool::TenantSetting& setting) {
      if (setting.overrides == overrides && param != kServerTag) out.Set(param, setting.value);
    });
  };
  set_all(policy.defaults);
  set_tenants(false);
  for (const bbb::Param& param : request.all()) {
    const std::string_view name = bbb::WithoutListMark(param.name);
    if (std::find(policy.excluded.begin(), policy.excluded.end(), name) != policy.excluded.end()) continue;
    if (name != param.name && out.Has(name)) out.Remove(name);  // a list in the place of a default
    out.Merge(param);
  }
  set_all(policy.overrides);
  set_tenants(true);
  const auto concerned = [&](std::string_view param) { return policy.is_create || out.Has(param); };
  ForEachSetting(tenant, SettingOperator::kAdd, [&](std::string_view param, const auto& setting) {
    if (concerned(param)) AddToList(out, param, setting.value);
  });
  ForEachSetting(tenant, SettingOperator::kCap, [&](std::string_view param, const auto& setting) {
    if (concerned(param)) Cap(out, param, setting.value);
  });
}

std::string_view WishedServerTag(const ParamPolicy& policy, const pool::Tenant* tenant, const bbb::Params& request) {
  const auto of_list = [](const auto& pairs) {
    std::string_view found;
    for (const auto& [name, value] : pairs) {
      if (name == kServerTag) found = value;
    }
    return found;
  };
  const auto of_tenant = [&](bool overrides) {
    std::string_view found;
    ForEachSetting(tenant, SettingOperator::kSet, [&](std::string_view param, const pool::TenantSetting& setting) {
      if (setting.overrides == overrides && param == kServerTag) found = setting.value;
    });
    return found;
  };
  for (const std::string_view tag :
       {of_tenant(true), of_list(policy.overrides), request.Get(kServerTag), of_tenant(false), of_list(policy.defaults)}) {
    if (!TrimBlanks(tag).empty()) return tag;
  }
  return {};
}

}  // namespace plenary::api
