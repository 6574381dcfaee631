#include "state/tenant_table.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "base/digest.hpp"

namespace plenary::state {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool Before(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return Lower(x) < Lower(y); });
}

}  // namespace

bool TenantMeters::AdmitCall(std::int64_t now_us) {
  const std::int64_t max = max_calls.load(std::memory_order_relaxed);
  if (max <= 0) return true;
  {
    const std::lock_guard lock(mutex_);
    if (!calls_.Full(max, now_us)) {
      calls_.Add(now_us);
      return true;
    }
  }
  refused.fetch_add(1, std::memory_order_relaxed);
  return false;
}

bool TenantMeters::TakeSeat() {
  const std::int64_t max = max_people.load(std::memory_order_relaxed);
  if (max <= 0) {
    people.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  std::int64_t now = people.load(std::memory_order_relaxed);
  while (now < max) {
    if (people.compare_exchange_weak(now, now + 1, std::memory_order_relaxed)) return true;
  }
  return false;
}

TenantTable::TenantTable(std::vector<TenantPtr> tenants) : tenants_(std::move(tenants)) {
  std::sort(tenants_.begin(), tenants_.end(), [](const TenantPtr& a, const TenantPtr& b) {
    const pool::Tenant& x = a->tenant;
    const pool::Tenant& y = b->tenant;
    if (Before(x.name, y.name) || Before(y.name, x.name)) return Before(x.name, y.name);
    return std::tie(x.created_at_ms, x.id) < std::tie(y.created_at_ms, y.id);
  });
  for (const TenantPtr& tenant : tenants_) by_id_.emplace(tenant->tenant.id, tenant);
}

TenantPtr TenantTable::FindByName(std::string_view name) const {
  const auto before = [](std::string_view key, const TenantPtr& tenant) { return Before(key, tenant->tenant.name); };
  const auto behind = std::upper_bound(tenants_.begin(), tenants_.end(), name, before);
  if (behind == tenants_.begin() || !EqualsIgnoreCase((*std::prev(behind))->tenant.name, name)) return nullptr;
  return *std::prev(behind);
}

TenantPtr TenantTable::FindById(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

TenantPtr TenantTable::Find(std::string_view id_or_name) const {
  TenantPtr by_id = FindById(id_or_name);
  return by_id != nullptr ? by_id : FindByName(id_or_name);
}

TokenTable::TokenTable(std::vector<pool::ApiToken> tokens) : tokens_(std::move(tokens)) {
  std::sort(tokens_.begin(), tokens_.end(), [](const pool::ApiToken& a, const pool::ApiToken& b) { return a.created_at_ms < b.created_at_ms; });
}

const pool::ApiToken* TokenTable::FindByDigest(std::string_view sha256_hex) const {
  const pool::ApiToken* found = nullptr;
  for (const pool::ApiToken& token : tokens_) {
    if (EqualHexConstantTime(token.digest, sha256_hex)) found = &token;
  }
  return found;
}

}  // namespace plenary::state
