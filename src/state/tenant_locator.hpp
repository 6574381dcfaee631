// Whose call is it: the tenant by path ("/t/<tenant>/bigbluebutton/api/…") or by the first label of the host (spec scalelite 1.7). Pure but for
// the store's snapshot; any thread, no allocation.
#pragma once

#include <string>
#include <string_view>

#include "state/state_store.hpp"

namespace plenary::state {

struct TenantRoute {
  std::string_view path;   // what is behind "/t/<tenant>", or all of it
  std::string_view name;   // the name that was looked for; "" without multitenancy
  TenantPtr tenant;        // null: multitenancy is off, or nobody enabled has that name (then `name` isn't empty or the host has no tenant)
  bool by_path = false;
};

class TenantLocator {
 public:
  /// `base_host`: BASE_URL's host, lower case; "" = any host's first label names the tenant.
  TenantLocator(const StateStore& store, bool multitenancy, std::string base_host)
      : store_(store), multitenancy_(multitenancy), base_host_(std::move(base_host)) {}

  bool multitenancy() const { return multitenancy_; }

  /// `host` without port; `path` without runs of '/'. A disabled tenant is not found.
  TenantRoute Locate(std::string_view host, std::string_view path) const;

  /// Where nodes reach us for this tenant: `public_url` itself without one, else with its label in front of the host, or with /t/<tenant>
  /// behind it: when the caller came by path, and where a label would lead nowhere (an address, a name without a dot, a host other than
  /// BASE_URL's). `public_url` is not empty.
  std::string AddressFor(std::string_view public_url, const pool::Tenant* tenant, bool by_path) const;

 private:
  const StateStore& store_;
  const bool multitenancy_;
  const std::string base_host_;
};

}  // namespace plenary::state
