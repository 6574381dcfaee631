#include "cli/tenant_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "cli/output.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

/// Without what changes by itself.
json::object Settled(json::object tenant) {
  tenant.erase("use");
  tenant.erase("revision");
  return tenant;
}

}  // namespace

int UpdateTenant(Context& context, const std::string& tenant, json::object changes) {
  const auto before = context.Call("tenants.show", {{"tenant", tenant}});
  if (!before) return context.FailForTenant(before.error(), tenant);
  changes["tenant"] = tenant;
  const auto result = context.Call("tenants.update", changes);
  if (!result) return context.FailForTenant(result.error(), tenant);
  const bool changed = Settled(Member(*before, "tenant")) != Settled(Member(*result, "tenant"));
  if (context.json) {
    context.PrintJson(WithoutSecrets(*result));
  } else {
    const std::string name = Text(Member(*result, "tenant"), "name");
    context.out() << (changed ? fmt::format("Updated {}.\n", name) : fmt::format("{} is so already.\n", name));
  }
  return changed ? kDone : kNothingToChange;
}

void WarnWithoutMultitenancy(const Context& context, const json::object& result) {
  if (!Flag(result, "multitenancy")) context.err() << "Tenants have no effect yet: the server runs without MULTITENANCY_ENABLED=true.\n";
}

TenantNames::TenantNames(Context& context, const json::array& rows) {
  any_ = std::any_of(rows.begin(), rows.end(), [](const json::value& row) { return !RawText(AsObject(row), "tenant_id").empty(); });
  if (!any_) return;
  const auto tenants = context.Call("tenants.list");
  if (!tenants) return;  // IDs will do
  for (const json::value& item : Items(*tenants, "tenants")) {
    names_.emplace(RawText(AsObject(item), "id"), Text(AsObject(item), "name"));
  }
}

std::string TenantNames::Of(const json::object& row) const {
  const std::string id = RawText(row, "tenant_id");
  if (id.empty()) return "–";
  const auto found = names_.find(id);
  return found == names_.end() ? Printable(id) : found->second;
}

}  // namespace plenary::cli
