// The address part of a node's URL, parsed once when the node is added. std only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace plenary {

struct Endpoint {
  bool tls = false;
  std::string host;         // lower case, without brackets
  std::uint16_t port = 80;
  std::string base_path;    // "/bigbluebutton/api/", always with a slash at the end
  std::string host_header;  // "host" or "host:port"
  bool operator==(const Endpoint&) const = default;

  /// "https://host:port/bigbluebutton/api/": what a call's name is appended to.
  std::string CallPrefix() const;
};

/// Only http and https with a host; user info is refused; query and fragment are dropped; control characters and blanks are refused.
/// A missing trailing slash is added. kInvalidArgument with a text for the operator.
Result<Endpoint> ParseEndpoint(std::string_view url);

}  // namespace plenary
