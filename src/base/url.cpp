#include "base/url.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace plenary {
namespace {

tl::unexpected<Error> Invalid(const char* why) { return Fail(ErrorCode::kInvalidArgument, std::string("the URL ") + why); }

bool IsAlphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsHostCharacter(char c) { return IsAlphanumeric(c) || c == '-' || c == '.' || c == '_'; }
bool IsIpv6Character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

}  // namespace

std::string Endpoint::CallPrefix() const { return (tls ? "https://" : "http://") + host_header + base_path; }

Result<Endpoint> ParseEndpoint(std::string_view url) {
  // Also non-ASCII: what goes into a request line has to be percent-encoded by whoever writes the URL.
  if (!std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7F; })) {
    return Invalid("must not contain blanks, control characters or non-ASCII characters");
  }
  const std::size_t scheme_end = url.find("://");
  const std::string_view scheme = url.substr(0, scheme_end == std::string_view::npos ? 0 : scheme_end);
  Endpoint endpoint;
  endpoint.tls = EqualsIgnoreCase(scheme, "https");
  if (!endpoint.tls && !EqualsIgnoreCase(scheme, "http")) return Invalid("must begin with http:// or https://");

  std::string_view rest = url.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find_first_of("?#"));
  const std::size_t path_begin = std::min(rest.find('/'), rest.size());
  const std::string_view authority = rest.substr(0, path_begin);
  if (authority.find('@') != std::string_view::npos) return Invalid("must not contain a user name or password");

  std::string_view host;
  std::string_view port;
  const bool bracketed = authority.starts_with('[');
  if (bracketed) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return Invalid("has an IPv6 address without a closing bracket");
    host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
    if (!std::all_of(host.begin(), host.end(), IsIpv6Character) || host.find(':') == std::string_view::npos) {
      return Invalid("has an invalid IPv6 address");
    }
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    host = authority.substr(0, colon);
    port = authority.substr(colon);
    if (!std::all_of(host.begin(), host.end(), IsHostCharacter)) return Invalid("has an invalid host name");
  }
  if (host.empty()) return Invalid("has no host");

  const std::uint16_t default_port = endpoint.tls ? 443 : 80;
  endpoint.port = default_port;
  if (!port.empty() && port != ":") {
    const auto number = IsAlphanumeric(port.size() > 1 ? port[1] : ' ') && port[0] == ':' ? ParseInt(port.substr(1)) : std::nullopt;
    if (!number || *number < 1 || *number > 65535) return Invalid("has an invalid port");
    endpoint.port = static_cast<std::uint16_t>(*number);
  }

  endpoint.host = ToLowerAscii(host);
  endpoint.host_header = bracketed ? "[" + endpoint.host + "]" : endpoint.host;
  if (endpoint.port != default_port) endpoint.host_header += ":" + std::to_string(endpoint.port);
  endpoint.base_path = rest.substr(path_begin);
  if (!endpoint.base_path.ends_with('/')) endpoint.base_path += '/';
  return endpoint;
}

}  // namespace plenary
