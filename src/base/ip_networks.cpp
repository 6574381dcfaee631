#include "base/ip_networks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "base/encoding.hpp"

namespace plenary {
namespace {

constexpr std::size_t kIpv4Offset = 12;  // of an IPv4 address within its mapped form
constexpr int kMappedBits = 96;
constexpr std::string_view kSeparators = ", \t\r\n";

struct Word {
  std::string_view name;
  std::string_view networks;
};
constexpr Word kWords[] = {
    {"private", "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7"},
    {"loopback", "127.0.0.0/8 ::1"},
    {"link-local", "169.254.0.0/16 fe80::/10"},
    {"none", ""},
};

// The special-purpose registries of IANA (RFC 6890 and its successors), without the few reachable anycast addresses inside them.
constexpr std::string_view kSpecialIpv4 =
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 "
    "198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4";
constexpr std::string_view kSpecialIpv6 = "2001::/23 2001:db8::/32 3fff::/20";
constexpr std::string_view kGlobalUnicast = "2000::/3";  // all that IANA hands out; loopback, ULA, link-local, multicast … lie outside

constexpr std::string_view kMapped = "::ffff:0:0/96";
constexpr std::string_view k6to4 = "2002::/16";
constexpr std::string_view kNat64 = "64:ff9b::/96";

IpAddress Mapped(const std::uint8_t* ipv4) {
  IpAddress address{};
  address[10] = address[11] = 0xFF;
  std::copy_n(ipv4, 4, address.begin() + kIpv4Offset);
  return address;
}

bool StartsEqual(const IpAddress& a, const IpAddress& b, int bits) {
  const auto bytes = static_cast<std::size_t>(bits / 8);
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(bytes), b.begin())) return false;
  const int rest = bits % 8;
  return rest == 0 || (a[bytes] ^ b[bytes]) >> (8 - rest) == 0;
}

}  // namespace

std::optional<IpAddress> ParseIp(std::string_view text) {
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (bracketed) text = text.substr(1, text.size() - 2);
  const bool ipv6 = text.find(':') != std::string_view::npos;
  if (bracketed && !ipv6) return std::nullopt;
  if (ipv6) {
    const std::size_t zone = text.find('%');
    if (zone + 1 == text.size()) return std::nullopt;
    text = text.substr(0, zone);
  }
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  text.copy(terminated.data(), text.size());
  IpAddress address;
  if (ipv6) return inet_pton(AF_INET6, terminated.data(), address.data()) == 1 ? std::optional(address) : std::nullopt;
  std::array<std::uint8_t, 4> ipv4;
  return inet_pton(AF_INET, terminated.data(), ipv4.data()) == 1 ? std::optional(Mapped(ipv4.data())) : std::nullopt;
}

Result<IpNetworks> IpNetworks::Parse(std::string_view text) {
  IpNetworks parsed;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kSeparators), text.size()));
    if (text.empty()) return parsed;
    const std::string_view item = text.substr(0, text.find_first_of(kSeparators));
    text.remove_prefix(item.size());
    const auto word = std::find_if(std::begin(kWords), std::end(kWords), [&](const Word& w) { return EqualsIgnoreCase(w.name, item); });
    if (word != std::end(kWords)) {
      const Result<IpNetworks> networks = Parse(word->networks);
      parsed.networks_.insert(parsed.networks_.end(), networks->networks_.begin(), networks->networks_.end());
      continue;
    }
    const std::size_t slash = std::min(item.find('/'), item.size());
    const auto address = ParseIp(item.substr(0, slash));
    const bool ipv6 = item.substr(0, slash).find(':') != std::string_view::npos;
    const std::int64_t width = ipv6 ? 128 : 32;
    const auto bits = slash == item.size() ? width : ParseInt(item.substr(slash + 1)).value_or(-1);
    if (!address || bits < 0 || bits > width) {
      return Fail(ErrorCode::kInvalidArgument, "\"" + std::string(item) + "\" is no address, no network (10.0.0.0/8) and none of the words " +
                                                   "private, loopback, link-local and none");
    }
    parsed.networks_.push_back({*address, static_cast<int>(bits) + (ipv6 ? 0 : kMappedBits)});
  }
}

bool IpNetworks::Contains(const IpAddress& address) const {
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& n) { return StartsEqual(address, n.address, n.bits); });
}

bool IpNetworks::Contains(std::string_view numeric_address) const {
  const auto address = ParseIp(numeric_address);
  return address && Contains(*address);
}

bool IsPublicAddress(const IpAddress& address) {
  struct Known {
    IpNetworks mapped = *IpNetworks::Parse(kMapped), six_to_four = *IpNetworks::Parse(k6to4), nat64 = *IpNetworks::Parse(kNat64);
    IpNetworks special_ipv4 = *IpNetworks::Parse(kSpecialIpv4), special_ipv6 = *IpNetworks::Parse(kSpecialIpv6);
    IpNetworks global_unicast = *IpNetworks::Parse(kGlobalUnicast);
  };
  static const Known known;
  if (known.mapped.Contains(address)) return !known.special_ipv4.Contains(address);
  if (known.six_to_four.Contains(address)) return !known.special_ipv4.Contains(Mapped(address.data() + 2));
  if (known.nat64.Contains(address)) return !known.special_ipv4.Contains(Mapped(address.data() + kIpv4Offset));
  return known.global_unicast.Contains(address) && !known.special_ipv6.Contains(address);
}

}  // namespace plenary
