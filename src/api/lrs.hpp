// Tells a node where a tenant's learning records go: `meta_secret-lrs-payload` of create, sealed with the node's secret (spec scalelite 8.8).
// Owned by app/, shared by all threads. Sealing costs some milliseconds; a token of Keycloak is fetched at most every five minutes.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"
#include "http/outside_client.hpp"
#include "observe/log.hpp"
#include "pool/tenant.hpp"
#include "runtime/async.hpp"

namespace plenary::api {

class LrsPayloads {
 public:
  static constexpr std::size_t kMaxTokens = 256;  // remembered, one per tenant

  /// The references outlive this.
  LrsPayloads(http::OutsideClient& outside, Random& random, const Clock& clock, observe::Log& log)
      : outside_(outside), random_(random), clock_(clock), log_(log) {}

  /// Base64 of the sealed payload; "" when the tenant has no learning record store, or Keycloak gave no token within 5 s (a warning).
  /// `tenant` is kept alive by the caller until this is done.
  Task<std::string> For(const pool::Tenant& tenant, std::string node_secret);

 private:
  struct Token {
    pool::TenantLrs source;  // a token of replaced credentials is no longer used
    std::string text;
    std::int64_t until_ms = 0;  // steady clock
  };

  std::optional<std::string> Remembered(const pool::Tenant& tenant);
  void Remember(const pool::Tenant& tenant, std::string token, std::int64_t lifetime_ms);
  Task<std::optional<std::string>> TokenFor(const pool::Tenant& tenant);

  http::OutsideClient& outside_;
  Random& random_;
  const Clock& clock_;
  observe::Log& log_;
  std::mutex mutex_;
  std::unordered_map<std::string, Token, StringHash, std::equal_to<>> tokens_;  // by tenant ID
};

}  // namespace plenary::api
