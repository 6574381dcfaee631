// The tenants as calls see them: an immutable snapshot, swapped whole on every change, and the meters that outlive snapshots.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/encoding.hpp"
#include "bbb/checksum.hpp"
#include "pool/api_token.hpp"
#include "pool/sliding_second.hpp"
#include "pool/tenant.hpp"

namespace plenary::state {

/// What a tenant uses now. Written by the store; any thread may read, and AdmitCall.
class TenantMeters {
 public:
  /// False when this call is beyond calls_per_second (at most that many in any second, exact within the process). Free of charge without a limit,
  /// else a short lock. `now_us`: steady clock.
  bool AdmitCall(std::int64_t now_us);
  /// The store's: takes a seat for one more person unless that is beyond max_people.
  bool TakeSeat();

  std::atomic<std::int64_t> meetings{0};      // claims, settled or not
  std::atomic<std::int64_t> people{0};        // attendees at the last polls and seats handed out since
  std::atomic<std::int64_t> participants{0};  // attendees at the last polls
  std::atomic<std::int64_t> created{0};       // meetings settled since the start
  std::atomic<std::int64_t> refused{0};       // calls, creates and joins refused by a limit since the start

  // Limits in force, 0 = none; set with every change of the tenant.
  std::atomic<std::int64_t> max_people{0};
  std::atomic<std::int64_t> max_calls{0};

 private:
  std::mutex mutex_;
  pool::SlidingSecond calls_;  // guarded by mutex_
};

struct TenantView {
  pool::Tenant tenant;
  bbb::SignPolicy policy;               // its secrets, retired ones too
  std::shared_ptr<TenantMeters> meters; // never null
};
using TenantPtr = std::shared_ptr<const TenantView>;

class TenantTable {
 public:
  explicit TenantTable(std::vector<TenantPtr> tenants);  // sorted by name (in any case), then age, here
  const std::vector<TenantPtr>& all() const { return tenants_; }
  TenantPtr FindByName(std::string_view name) const;  // in any case, the newest of that name; null when unknown; O(log n), no allocation
  TenantPtr FindById(std::string_view id) const;
  /// By ID, else by name.
  TenantPtr Find(std::string_view id_or_name) const;

 private:
  std::vector<TenantPtr> tenants_;
  std::unordered_map<std::string, TenantPtr, StringHash, std::equal_to<>> by_id_;
};

/// The bearer tokens; a snapshot as well.
class TokenTable {
 public:
  explicit TokenTable(std::vector<pool::ApiToken> tokens);  // sorted by created_at_ms here
  const std::vector<pool::ApiToken>& all() const { return tokens_; }
  /// The token whose digest this is; takes the same time whether and where there is one. Null when there is none.
  const pool::ApiToken* FindByDigest(std::string_view sha256_hex) const;

 private:
  std::vector<pool::ApiToken> tokens_;
};

}  // namespace plenary::state
