// Which host, scheme and address the client used, seen through proxies that the operator trusts (TRUSTED_PROXIES): X-Forwarded-Host, -Proto,
// -Ssl and -For of anybody else are ignored. Views into the request, no allocation.
#pragma once

#include <string_view>

#include "base/ip_networks.hpp"
#include "http/message.hpp"

namespace plenary::http {

struct ClientSide {
  std::string_view host;     // as the client wrote it, with port if any: last element of X-Forwarded-Host, else Host
  bool secure = false;
  std::string_view address;  // numeric; the last element of X-Forwarded-For that is no trusted proxy; all are: the first; none: the peer
};

/// A peer on a Unix socket is trusted.
ClientSide ClientSideOf(const Request& request, const IpNetworks& trusted);
bool IsTrusted(const Request& request, const IpNetworks& trusted);

/// "host:port" or "[::1]:port" without the port.
std::string_view HostWithoutPort(std::string_view host);

}  // namespace plenary::http
