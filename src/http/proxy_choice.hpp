// Which proxy the environment wants for a call, by the rules of curl: http_proxy (lower case only), https_proxy, all_proxy and no_proxy. Decided
// here and not by curl, because a call through a proxy needs another check of its target. Immutable; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_networks.hpp"

namespace plenary::http {

class ProxyChoice {
 public:
  /// The value of an environment variable, null when it is not set.
  using Environment = std::function<const char*(const char* name)>;
  explicit ProxyChoice(const Environment& environment);

  /// The proxy's URL for a host (a name, or a numeric address with or without brackets); "" = none.
  const std::string& For(bool tls, std::string_view host) const;

 private:
  bool Direct(std::string_view host) const;

  std::string http_, https_;
  std::vector<std::string> direct_names_;  // lower case, without dots around
  std::vector<IpNetworks> direct_networks_;
  bool all_direct_ = false;
};

}  // namespace plenary::http
