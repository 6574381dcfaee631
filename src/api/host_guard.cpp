#include "api/host_guard.hpp"

#include "base/encoding.hpp"

namespace plenary::api {

namespace {

std::string_view WithoutPort(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const std::size_t bracket = host.rfind(']');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) return host;
  return host.substr(0, colon);
}

}  // namespace

bool HostAllowed(const http::Request& request, std::string_view url_host) {
  if (url_host.empty()) return true;
  const std::string_view name = WithoutPort(url_host);
  if (!EqualsIgnoreCase(WithoutPort(request.Header("Host")), name)) return false;
  const std::string_view forwarded = request.Header("X-Forwarded-Host");
  if (TrimBlanks(forwarded).empty()) return true;
  const std::string_view last = TrimBlanks(forwarded.substr(forwarded.rfind(',') + 1));
  return EqualsIgnoreCase(WithoutPort(last), name);
}

}  // namespace plenary::api
