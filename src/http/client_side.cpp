#include "http/client_side.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace plenary::http {
namespace {

/// The elements of a list header from the last to the first, until `done` says so. Several fields of one name are one list (RFC 9110 5.3), and
/// what the nearest proxy wrote stands at its end.
template <class Done>
void FromLast(const Request& request, std::string_view name, Done done) {
  for (auto field = request.headers.rbegin(); field != request.headers.rend(); ++field) {
    if (!EqualsIgnoreCase(field->name, name)) continue;
    std::string_view rest = field->value;
    while (!rest.empty()) {
      const std::size_t comma = rest.rfind(',');
      const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
      const std::string_view element = TrimBlanks(rest.substr(begin));
      rest = rest.substr(0, begin == 0 ? 0 : comma);
      if (!element.empty() && done(element)) return;
    }
  }
}

std::string_view LastElement(const Request& request, std::string_view name) {
  std::string_view last;
  FromLast(request, name, [&](std::string_view element) {
    last = element;
    return true;
  });
  return last;
}

/// As Rack decides it (spec scalelite 1.11.10).
bool IsSecure(const Request& request) {
  if (EqualsIgnoreCase(LastElement(request, "X-Forwarded-Ssl"), "on")) return true;
  for (const std::string_view name : {"X-Forwarded-Scheme", "X-Forwarded-Proto"}) {
    const std::string_view scheme = LastElement(request, name);
    if (!scheme.empty()) return EqualsIgnoreCase(scheme, "https");
  }
  return request.secure;
}

}  // namespace

bool IsTrusted(const Request& request, const IpNetworks& trusted) { return request.peer.empty() || trusted.Contains(request.peer); }

ClientSide ClientSideOf(const Request& request, const IpNetworks& trusted) {
  ClientSide side{.host = request.Header("Host"), .secure = request.secure, .address = request.peer};
  if (!IsTrusted(request, trusted)) return side;
  const std::string_view host = LastElement(request, "X-Forwarded-Host");
  if (!host.empty()) side.host = host;
  side.secure = IsSecure(request);
  FromLast(request, "X-Forwarded-For", [&](std::string_view element) {
    element = HostWithoutPort(element);  // some proxies write the port as well
    const auto address = ParseIp(element);
    if (!address) return true;  // "unknown", or somebody's invention: what stands before it is no better
    side.address = element.starts_with('[') ? element.substr(1, element.size() - 2) : element;
    return !trusted.Contains(*address);
  });
  return side;
}

std::string_view HostWithoutPort(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, std::min(host.find(']'), host.size() - 1) + 1);
  const std::size_t colon = host.find(':');
  return colon == host.rfind(':') ? host.substr(0, colon) : host;  // more than one: an IPv6 address without brackets
}

}  // namespace plenary::http
