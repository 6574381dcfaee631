#include "state/tenant_locator.hpp"

#include "base/ip_networks.hpp"

namespace plenary::state {
namespace {

constexpr std::string_view kPathMark = "/t/";

/// The first label; with a base host only when exactly one label stands in front of it. "" = none.
std::string_view TenantLabel(std::string_view host, std::string_view base_host) {
  const std::size_t dot = host.find('.');
  if (base_host.empty()) return host.substr(0, dot);
  if (dot == std::string_view::npos || !EqualsIgnoreCase(host.substr(dot + 1), base_host)) return {};
  return host.substr(0, dot);
}

}  // namespace

TenantRoute TenantLocator::Locate(std::string_view host, std::string_view path) const {
  TenantRoute route;
  route.path = path;
  if (!multitenancy_) return route;
  if (path.starts_with(kPathMark)) {
    const std::string_view rest = path.substr(kPathMark.size());
    const std::size_t end = rest.find('/');
    route.by_path = true;
    route.name = rest.substr(0, end);
    route.path = end == std::string_view::npos ? std::string_view("/") : rest.substr(end);
  } else {
    route.name = TenantLabel(host, base_host_);
  }
  route.tenant = store_.Tenants()->FindByName(route.name);
  if (route.tenant && !route.tenant->tenant.enabled) route.tenant = nullptr;
  return route;
}

std::string TenantLocator::AddressFor(std::string_view public_url, const pool::Tenant* tenant, bool by_path) const {
  std::string address(public_url);
  if (tenant == nullptr) return address;
  const std::size_t host = address.find("://") + 3;
  std::string_view name = std::string_view(address).substr(host);
  name = name.substr(0, name.find_first_of(":/"));
  const bool takes_label = name.find('.') != std::string_view::npos && !ParseIp(name) && (base_host_.empty() || EqualsIgnoreCase(name, base_host_));
  if (by_path || !takes_label) return address + std::string(kPathMark) + tenant->name;
  return address.insert(host, tenant->name + ".");
}

}  // namespace plenary::state
