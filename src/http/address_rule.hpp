// Which addresses calls to the outside may go to: the public ones and what the operator allowed (CALLBACK_ALLOW_NETS). Immutable; any thread.
#pragma once

#include <string>
#include <utility>

#include "base/ip_networks.hpp"

namespace plenary::http {

class AddressRule {
 public:
  explicit AddressRule(IpNetworks allowed) : allowed_(std::move(allowed)) {}

  bool Allows(const IpAddress& address) const { return IsPublicAddress(address) || allowed_.Contains(address); }
  /// For the operator: "10.0.0.5 is a private address; to allow it: CALLBACK_ALLOW_NETS=10.0.0.5/32 (or private)".
  static std::string Refusal(const IpAddress& address);

 private:
  IpNetworks allowed_;
};

}  // namespace plenary::http
