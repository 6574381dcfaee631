#include <optional>

#include "base/encoding.hpp"
#include "http/server.hpp"

namespace plenary::http {
namespace {

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  const auto number = ParseInt(text);
  if (!number || *number < 0 || *number > 65'535 || text.front() == '+' || text.front() == '-') return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

/// "cert=/a.pem&key=/b.pem"; puma's other options are refused, not ignored: they would weaken or strengthen TLS.
Status ReadTlsOptions(std::string_view options, ListenAddress& address) {
  while (!options.empty()) {
    const std::size_t end = options.find('&');
    const std::string_view option = options.substr(0, end);
    options = end == std::string_view::npos ? std::string_view() : options.substr(end + 1);
    const std::size_t equals = option.find('=');
    const std::string_view name = option.substr(0, equals);
    std::string value;
    if (equals == std::string_view::npos || !AppendFormDecoded(value, option.substr(equals + 1))) {
      return Fail(ErrorCode::kInvalidArgument, "not a name=value pair: " + std::string(option));
    }
    if (name == "cert") {
      address.certificate_file = value;
    } else if (name == "key") {
      address.key_file = value;
    } else {
      return Fail(ErrorCode::kInvalidArgument, "unknown option " + std::string(name) + " (cert and key are known)");
    }
  }
  if (address.certificate_file.empty() || address.key_file.empty()) return Fail(ErrorCode::kInvalidArgument, "cert and key are needed");
  return {};
}

}  // namespace

Result<ListenAddress> ParseListenAddress(std::string_view url) {
  const auto invalid = [&](const std::string& why) {
    return Fail(ErrorCode::kInvalidArgument, "cannot listen on \"" + std::string(url) + "\": " + why);
  };
  ListenAddress address;
  std::string_view rest;
  if (url.starts_with("unix://")) {
    address.kind = ListenAddress::Kind::kUnix;
    address.path = url.substr(7);
    if (address.path.empty()) return invalid("the path is missing");
    if (address.path.size() > 107) return invalid("the path is longer than 107 bytes");
    return address;
  }
  if (url.starts_with("tcp://")) {
    rest = url.substr(6);
  } else if (url.starts_with("ssl://")) {
    address.kind = ListenAddress::Kind::kTls;
    rest = url.substr(6);
    const std::size_t question = rest.find('?');
    const auto options = question == std::string_view::npos ? std::string_view() : rest.substr(question + 1);
    if (const Status status = ReadTlsOptions(options, address); !status) return invalid(status.error().detail);
    rest = rest.substr(0, question);
  } else {
    return invalid("it must begin with tcp://, ssl:// or unix://");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == rest.size() || rest.ends_with(']')) return invalid("the port is missing");
  const auto port = ParsePort(rest.substr(colon + 1));
  if (!port) return invalid("the port must be a number up to 65535");
  std::string_view host = rest.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!bracketed && host.find(':') != std::string_view::npos)) return invalid("the address is missing or malformed");
  address.host = host;
  address.port = *port;
  return address;
}

}  // namespace plenary::http
