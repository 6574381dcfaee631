// Tells a node where a tenant's learning records go: `meta_secret-lrs-payload` of create, sealed with the node's secret (spec scalelite 8.8).
// Owned by app/, shared by all threads. Sealing costs some milliseconds, on the blocking pool; what Keycloak said is remembered per tenant, and
// creates that come while it is asked share the answer, so that a Keycloak that is down delays few of them.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"
#include "http/outside_client.hpp"
#include "observe/log.hpp"
#include "pool/tenant.hpp"
#include "runtime/async.hpp"
#include "runtime/runtime.hpp"

namespace plenary::api {

class LrsPayloads {
 public:
  static constexpr std::size_t kMaxTokens = 256;  // remembered, one per tenant

  /// The references outlive this; calls of `outside` under way refer to this.
  LrsPayloads(runtime::Runtime& runtime, http::OutsideClient& outside, Random& random, const Clock& clock, observe::Log& log)
      : runtime_(runtime), outside_(outside), random_(random), clock_(clock), log_(log) {}

  /// Base64 of the sealed payload; "" when the tenant has no learning record store, or Keycloak gave no token within 5 s (a warning) or less
  /// than half a minute ago.
  /// `tenant` is kept alive by the caller until this is done.
  Task<std::string> For(const pool::Tenant& tenant, std::string node_secret);

 private:
  struct Token {
    pool::TenantLrs source;     // a token of replaced credentials is no longer used
    std::string text;           // "": Keycloak gave none
    std::int64_t until_ms = 0;  // steady clock
  };
  using Waiter = std::function<void(std::string)>;
  struct Fetch {
    std::string tenant_id, tenant_name;
    pool::TenantLrs source;
    std::vector<Waiter> waiters;
  };

  /// "" when Keycloak gives none.
  Task<std::string> TokenFor(const pool::Tenant& tenant);
  void Ask(const pool::Tenant& tenant, Waiter done);
  void Finish(std::list<Fetch>::iterator fetch, const Result<http::OutsideReply>& reply);
  // With mutex_ held.
  std::optional<std::string> Remembered(const pool::Tenant& tenant) const;
  void Remember(const Fetch& fetch, std::string token, std::int64_t lifetime_ms);

  runtime::Runtime& runtime_;
  http::OutsideClient& outside_;
  Random& random_;
  const Clock& clock_;
  observe::Log& log_;
  std::mutex mutex_;
  std::unordered_map<std::string, Token, StringHash, std::equal_to<>> tokens_;  // by tenant ID
  std::list<Fetch> fetches_;                                                    // under way
};

}  // namespace plenary::api
