#include "http/host_guard.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "http/client_side.hpp"

namespace plenary::http {

namespace {

bool IsLabel(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

HostGuard::HostGuard(const std::vector<std::string>& hosts, bool labels) : labels_(labels) {
  for (const std::string& host : hosts) {
    if (!host.empty()) hosts_.emplace_back(HostWithoutPort(host));
  }
}

bool HostGuard::AllowsName(std::string_view name) const {
  for (const std::string& host : hosts_) {
    if (EqualsIgnoreCase(name, host)) return true;
    const std::size_t dot = name.find('.');
    const bool labelled = labels_ && dot != std::string_view::npos && IsLabel(name.substr(0, dot));
    if (labelled && EqualsIgnoreCase(name.substr(dot + 1), host)) return true;
  }
  return false;
}

bool HostGuard::Allows(const Request& request) const {
  if (hosts_.empty()) return true;
  if (!AllowsName(HostWithoutPort(request.Header("Host")))) return false;
  const std::string_view forwarded = request.Header("X-Forwarded-Host");
  if (TrimBlanks(forwarded).empty()) return true;
  return AllowsName(HostWithoutPort(TrimBlanks(forwarded.substr(forwarded.rfind(',') + 1))));
}

}  // namespace plenary::http
