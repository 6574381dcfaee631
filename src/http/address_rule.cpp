#include "http/address_rule.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace plenary::http {
namespace {

constexpr std::size_t kIpv4Offset = 12;
constexpr std::array<std::uint8_t, kIpv4Offset> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

}  // namespace

std::string AddressRule::Refusal(const IpAddress& address) {
  const bool ipv4 = std::equal(kMapped.begin(), kMapped.end(), address.begin());
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (ipv4) ::inet_ntop(AF_INET, address.data() + kIpv4Offset, buffer.data(), buffer.size());
  else ::inet_ntop(AF_INET6, address.data(), buffer.data(), buffer.size());
  const std::string numeric = buffer.data();
  const std::string line = "to allow it: CALLBACK_ALLOW_NETS=" + numeric + (ipv4 ? "/32" : "/128");
  for (const std::string_view word : {"private", "loopback", "link-local"}) {
    const Result<IpNetworks> networks = IpNetworks::Parse(word);
    if (networks && networks->Contains(address)) {
      return numeric + " is a " + std::string(word) + " address; " + line + " (or " + std::string(word) + ")";
    }
  }
  return numeric + " is not a public address; " + line;
}

}  // namespace plenary::http
