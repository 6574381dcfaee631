// Addresses and networks: "10.0.0.0/8, ::1, private". std and the system's inet_pton only. Values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plenary {

/// An IP address as 16 bytes; IPv4 as ::ffff:a.b.c.d, so that a mapped address is the IPv4 one.
using IpAddress = std::array<std::uint8_t, 16>;
/// Numeric IPv4 or IPv6, with or without brackets and zone; nothing for names.
std::optional<IpAddress> ParseIp(std::string_view text);

class IpNetworks {
 public:
  /// Networks or addresses separated by commas or blanks. Words: "private" (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7),
  /// "loopback" (127/8, ::1), "link-local" (169.254/16, fe80::/10), "none". kInvalidArgument names the item.
  static Result<IpNetworks> Parse(std::string_view text);

  bool Contains(const IpAddress& address) const;
  bool Contains(std::string_view numeric_address) const;  // false for anything that is no address
  bool empty() const { return networks_.empty(); }

 private:
  struct Network {
    IpAddress address;
    int bits;  // of 128
  };
  std::vector<Network> networks_;
};

/// Globally reachable: not private, loopback, link-local, multicast, unspecified, documentation, benchmarking, reserved; of an IPv6 address
/// that carries an IPv4 one (mapped, 6to4, NAT64) that one counts.
bool IsPublicAddress(const IpAddress& address);

}  // namespace plenary
