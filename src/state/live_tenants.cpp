// Tenants and tokens: operators' changes of them, one at a time, and what tenants use and may use.
#include <algorithm>
#include <utility>

#include "state/live_state.hpp"

namespace plenary::state {
namespace {

Error TenantChanged() { return {ErrorCode::kConflict, "the tenant was changed meanwhile"}; }

Error NoSuchTenant(std::string_view id) { return {ErrorCode::kNotFound, "there is no tenant with the ID " + std::string(id)}; }

template <class T>
std::function<void(const Error&)> RefuseTo(const StateStore::Done<T>& done) {
  return [done](const Error& error) { done(tl::unexpected<Error>(error)); };
}

}  // namespace

void LiveState::Operate(TenantOperation operation) {
  Turn turn(*this);
  operations_.push_back(std::move(operation));
  if (operations_.size() == 1) NextOperation(turn);
}

void LiveState::NextOperation(Turn& turn) {
  while (!operations_.empty() && !closing_) {
    Result<Plan> plan = operations_.front().plan();
    if (!plan) {
      turn.Later([refuse = std::move(operations_.front().refuse), error = std::move(plan.error())] { refuse(error); });
      operations_.pop_front();
      continue;
    }
    turn.Require(std::move(plan->rows), [this, publish = std::move(plan->publish), tell = std::move(plan->tell)](const Status& written) {
      Turn after(*this);
      if (written) {
        publish();
        after.Later(tell);
      } else {
        after.Later([refuse = std::move(operations_.front().refuse), error = written.error()] { refuse(error); });
      }
      operations_.pop_front();
      NextOperation(after);
    });
    return;
  }
}

Status LiveState::CheckName(const pool::Tenant& tenant) const {
  const bool taken = std::any_of(tenants_.begin(), tenants_.end(), [&tenant](const auto& other) {
    return other.first != tenant.id && EqualsIgnoreCase(other.second.view->tenant.name, tenant.name);
  });
  if (taken) return plenary::Fail(ErrorCode::kAlreadyExists, "there is already a tenant with the name " + tenant.name);
  return {};
}

TenantPtr LiveState::MakeTenantView(pool::Tenant tenant) {
  auto view = std::make_shared<TenantView>();
  view->policy.secrets = tenant.secrets;
  const std::int64_t now_ms = NowMs();
  for (const pool::RetiredSecret& retired : tenant.retired_secrets) {
    if (retired.until_ms > now_ms) view->policy.secrets.push_back(retired.secret);
  }
  view->policy.algorithms = tenant.checksum_algorithms.empty() ? options_.client_checksums : tenant.checksum_algorithms;
  view->meters = MetersOf(tenant.id);
  view->tenant = std::move(tenant);
  return view;
}

void LiveState::SetTenant(TenantPtr view) {
  view->meters->max_people = view->tenant.limits.participants;
  view->meters->max_calls = view->tenant.limits.calls_per_second;
  TenantSlot& slot = tenants_[view->tenant.id];
  slot.view = std::move(view);
}

void LiveState::PublishTenants() {
  std::vector<TenantPtr> tenants;
  tenants.reserve(tenants_.size());
  for (const auto& [id, slot] : tenants_) tenants.push_back(slot.view);
  tenant_table_.Set(std::make_shared<const TenantTable>(std::move(tenants)));
}

void LiveState::DropTokens(const std::function<bool(const pool::ApiToken&)>& lost) {
  if (std::erase_if(tokens_, lost) > 0) PublishTokens();
}

void LiveState::PublishTokens() { token_table_.Set(std::make_shared<const TokenTable>(tokens_)); }

void LiveState::AddTenant(pool::Tenant tenant, Done<TenantPtr> done, TenantName name) {
  auto plan = [this, tenant = std::move(tenant), done, name]() mutable -> Result<Plan> {
    if (tenants_.contains(tenant.id)) return plenary::Fail(ErrorCode::kAlreadyExists, "there is already a tenant with the ID " + tenant.id);
    Status checked = pool::CheckTenant(tenant);
    if (checked && name == TenantName::kUnique) checked = CheckName(tenant);
    if (!checked) return tl::unexpected<Error>(std::move(checked.error()));
    tenant.created_at_ms = NowMs();
    for (const auto& [id, other] : tenants_) {  // which is the newest must be certain
      tenant.created_at_ms = std::max(tenant.created_at_ms, other.view->tenant.created_at_ms + 1);
    }
    tenant.revision = 1;
    return PlanTenant(std::move(tenant), std::move(done));
  };
  Operate({std::move(plan), RefuseTo(done)});
}

void LiveState::UpdateTenant(std::string id, TenantChange change, std::optional<std::uint64_t> if_revision, Done<TenantPtr> done) {
  auto plan = [this, id = std::move(id), change = std::move(change), if_revision, done]() -> Result<Plan> {
    const TenantSlot* slot = FindTenant(id);
    if (slot == nullptr) return tl::unexpected<Error>(NoSuchTenant(id));
    const pool::Tenant& before = slot->view->tenant;
    if (if_revision && *if_revision != before.revision) return tl::unexpected<Error>(TenantChanged());
    pool::Tenant next = before;
    if (Status changed = change(next); !changed) return tl::unexpected<Error>(std::move(changed.error()));
    next.id = before.id;
    next.created_at_ms = before.created_at_ms;
    next.revision = before.revision + 1;
    Status checked = pool::CheckTenant(next);
    if (checked && !EqualsIgnoreCase(next.name, before.name)) checked = CheckName(next);
    if (!checked) return tl::unexpected<Error>(std::move(checked.error()));
    return PlanTenant(std::move(next), done);
  };
  Operate({std::move(plan), RefuseTo(done)});
}

LiveState::Plan LiveState::PlanTenant(pool::Tenant tenant, Done<TenantPtr> done) {
  TenantPtr view = MakeTenantView(std::move(tenant));
  const auto publish = [this, view] {
    SetTenant(view);
    PublishTenants();
  };
  return {{PutTenant{view}}, publish, [done = std::move(done), view] { done(view); }};
}

void LiveState::RemoveTenant(std::string id, Done<void> done, std::optional<std::uint64_t> if_revision) {
  auto plan = [this, id = std::move(id), if_revision, done]() -> Result<Plan> {
    const TenantSlot* slot = FindTenant(id);
    if (slot == nullptr) return tl::unexpected<Error>(NoSuchTenant(id));
    if (if_revision && *if_revision != slot->view->tenant.revision) return tl::unexpected<Error>(TenantChanged());
    const auto publish = [this, id] {
      const auto found = tenants_.find(id);
      found->second.view->meters->max_people = 0;
      found->second.view->meters->max_calls = 0;
      tenants_.erase(found);
      DropTokens([&id](const pool::ApiToken& token) { return token.tenant_id == id; });
      PublishTenants();
    };
    return Plan{{DropTenant{id}}, publish, [done] { done(Status()); }};
  };
  Operate({std::move(plan), RefuseTo(done)});
}

void LiveState::AddToken(pool::ApiToken token, Done<void> done) {
  auto plan = [this, token = std::move(token), done]() -> Result<Plan> {
    if (token.id.empty() || token.digest.size() != DigestHexLength(DigestAlgorithm::kSha256)) {
      return plenary::Fail(ErrorCode::kInvalidArgument, "a token needs an ID and a digest");
    }
    const bool of_tenant = token.scope == pool::TokenScope::kTenant;
    const bool of_node = token.scope == pool::TokenScope::kNode;
    if (of_tenant == token.tenant_id.empty() || of_node == token.node_id.empty()) {
      return plenary::Fail(ErrorCode::kInvalidArgument, "a token of the scope tenant names a tenant, one of the scope node a server, others neither");
    }
    if (!token.tenant_id.empty() && !tenants_.contains(token.tenant_id)) return tl::unexpected<Error>(NoSuchTenant(token.tenant_id));
    if (!token.node_id.empty() && FindSlot(token.node_id) == nullptr) {
      return plenary::Fail(ErrorCode::kNotFound, "there is no server with the ID " + token.node_id);
    }
    const auto same = std::find_if(tokens_.begin(), tokens_.end(), [&token](const pool::ApiToken& other) { return other.id == token.id; });
    if (same != tokens_.end()) return plenary::Fail(ErrorCode::kAlreadyExists, "there is already a token with the ID " + token.id);
    const auto publish = [this, token] {
      tokens_.push_back(token);
      PublishTokens();
    };
    return Plan{{PutToken{token}}, publish, [done] { done(Status()); }};
  };
  Operate({std::move(plan), RefuseTo(done)});
}

void LiveState::RemoveToken(std::string id, Done<void> done) {
  auto plan = [this, id = std::move(id), done]() -> Result<Plan> {
    const auto is_this = [id](const pool::ApiToken& token) { return token.id == id; };
    if (std::none_of(tokens_.begin(), tokens_.end(), is_this)) {
      return plenary::Fail(ErrorCode::kNotFound, "there is no token with the ID " + id);
    }
    return Plan{{DropToken{id}}, [this, is_this] { DropTokens(is_this); }, [done] { done(Status()); }};
  };
  Operate({std::move(plan), RefuseTo(done)});
}

void LiveState::DropRetiredSecrets(Turn& turn, std::int64_t now_ms) {
  if (!operations_.empty()) return;  // the one that is being written was decided on what is now; the next Sweep comes soon
  const auto is_over = [now_ms](const pool::RetiredSecret& retired) { return retired.until_ms <= now_ms; };
  bool changed = false;
  for (const auto& [id, slot] : tenants_) {
    const std::vector<pool::RetiredSecret>& retired = slot.view->tenant.retired_secrets;
    if (std::none_of(retired.begin(), retired.end(), is_over)) continue;
    pool::Tenant tenant = slot.view->tenant;
    std::erase_if(tenant.retired_secrets, is_over);
    ++tenant.revision;
    TenantPtr view = MakeTenantView(std::move(tenant));
    turn.Write(PutTenant{view});
    SetTenant(std::move(view));
    changed = true;
  }
  if (changed) PublishTenants();
}

std::shared_ptr<TenantMeters> LiveState::MetersOf(std::string_view tenant_id) {
  if (tenant_id.empty()) return no_tenant_;
  std::weak_ptr<TenantMeters>& known = meters_[std::string(tenant_id)];
  std::shared_ptr<TenantMeters> meters = known.lock();
  if (meters == nullptr) known = meters = std::make_shared<TenantMeters>();
  return meters;
}

std::unique_ptr<Entry> LiveState::MakeEntry(MeetingPtr meeting, std::int64_t create_time_ms) {
  auto meters = MetersOf(meeting->tenant_id);
  return std::make_unique<Entry>(std::move(meeting), create_time_ms, std::move(meters));
}

LiveState::TenantSlot* LiveState::FindTenant(std::string_view tenant_id) {
  const auto found = tenants_.find(tenant_id);
  return found == tenants_.end() ? nullptr : &found->second;
}

Status LiveState::CheckLimits(TenantSlot& tenant) {
  const pool::TenantLimits& limits = tenant.view->tenant.limits;
  TenantMeters& meters = *tenant.view->meters;
  const bool many = limits.meetings > 0 && meters.meetings.load(std::memory_order_relaxed) >= limits.meetings;
  const bool fast = limits.creates_per_second > 0 && tenant.creates.Full(limits.creates_per_second, SteadyUs());
  if (!many && !fast) return {};
  meters.refused.fetch_add(1, std::memory_order_relaxed);
  return plenary::Fail(ErrorCode::kLimit, many ? "meetings" : "creates");
}

}  // namespace plenary::state
