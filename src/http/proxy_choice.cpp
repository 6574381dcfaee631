#include "http/proxy_choice.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace plenary::http {
namespace {

const std::string kNone;

std::string FirstSet(const ProxyChoice::Environment& environment, std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    const char* const value = environment(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

std::string_view WithoutDots(std::string_view name) {
  if (name.starts_with('.')) name.remove_prefix(1);
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

}  // namespace

ProxyChoice::ProxyChoice(const Environment& environment) {
  const std::string all = FirstSet(environment, {"all_proxy", "ALL_PROXY"});
  // HTTP_PROXY is what a web server makes of a client's header "Proxy" for CGI programs; curl doesn't read it either.
  http_ = FirstSet(environment, {"http_proxy"});
  https_ = FirstSet(environment, {"https_proxy", "HTTPS_PROXY"});
  if (http_.empty()) http_ = all;
  if (https_.empty()) https_ = all;
  const std::string direct = FirstSet(environment, {"no_proxy", "NO_PROXY"});
  std::string_view rest = direct;
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find_first_of(", "));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    if (item.empty()) continue;
    if (item == "*") all_direct_ = true;
    const std::string_view address = item.substr(0, item.find('/'));
    if (!ParseIp(address)) {
      direct_names_.push_back(ToLowerAscii(WithoutDots(item)));
    } else if (const Result<IpNetworks> network = IpNetworks::Parse(item)) {
      direct_networks_.push_back(*network);
    }
  }
}

const std::string& ProxyChoice::For(bool tls, std::string_view host) const {
  const std::string& proxy = tls ? https_ : http_;
  return proxy.empty() || Direct(host) ? kNone : proxy;
}

bool ProxyChoice::Direct(std::string_view host) const {
  if (all_direct_) return true;
  if (const std::optional<IpAddress> address = ParseIp(host)) {
    return std::any_of(direct_networks_.begin(), direct_networks_.end(), [&](const IpNetworks& network) { return network.Contains(*address); });
  }
  const std::string name = ToLowerAscii(WithoutDots(host));
  return std::any_of(direct_names_.begin(), direct_names_.end(), [&](const std::string& tail) {
    return name == tail || (name.ends_with(tail) && name[name.size() - tail.size() - 1] == '.');
  });
}

}  // namespace plenary::http
