// Which hosts are served (URL_HOST, spec scalelite 1.3): a guard against DNS rebinding. Immutable; any thread, no allocation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace plenary::http {

class HostGuard {
 public:
  /// `hosts`: with or without a port; none = every host is served. `labels`: also with one label in front (tenants).
  HostGuard(const std::vector<std::string>& hosts, bool labels);

  /// True when the Host header and the last element of X-Forwarded-Host (when present) both name a served host, in any case, with any port.
  bool Allows(const Request& request) const;

 private:
  bool AllowsName(std::string_view name) const;

  std::vector<std::string> hosts_;
  bool labels_;
};

}  // namespace plenary::http
