#include "admin/tenant_commands.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>

#include "admin/arguments.hpp"
#include "admin/hook_commands.hpp"
#include "admin/rows.hpp"
#include "runtime/blocking.hpp"
#include "state/awaited.hpp"

namespace plenary::admin {

namespace {

constexpr std::size_t kSecretLength = 40;
constexpr std::int64_t kWeekSeconds = 7 * 86'400;
constexpr std::int64_t kYearSeconds = 366 * 86'400;

/// An argument that is a plain text of the tenant.
struct TextField {
  std::string_view argument;
  std::string pool::Tenant::* target;
};
constexpr TextField kTexts[] = {{"name", &pool::Tenant::name},
                                {"presentation_url", &pool::Tenant::presentation_url},
                                {"logo_url", &pool::Tenant::logo_url},
                                {"style_url", &pool::Tenant::style_url}};

Status Merge(const boost::json::object& given, pool::TenantLrs& lrs) {
  for (const auto& entry : given) {
    const std::string_view key(entry.key().data(), entry.key().size());
    const auto field = std::find_if(std::begin(kLrsFields), std::end(kLrsFields), [&](const LrsField& f) { return f.name == key; });
    if (field == std::end(kLrsFields)) return Fail(ErrorCode::kInvalidArgument, "There is no LRS field " + std::string(key) + ".");
    const auto text = TextArgument(given, key);
    if (!text) return tl::unexpected(text.error());
    if (*text) lrs.*(field->member) = **text;
  }
  return {};
}

Status Merge(const boost::json::object& given, pool::TenantLimits& limits) {
  for (const auto& entry : given) {
    const std::string_view key(entry.key().data(), entry.key().size());
    const auto field = std::find_if(std::begin(kLimitFields), std::end(kLimitFields), [&](const LimitField& f) { return f.name == key; });
    if (field == std::end(kLimitFields)) return Fail(ErrorCode::kInvalidArgument, "There is no limit " + std::string(key) + ".");
    const auto number = IntegerArgument(given, key, 0, std::numeric_limits<std::int32_t>::max());
    if (!number) return tl::unexpected(number.error());
    if (*number) limits.*(field->member) = **number;
  }
  return {};
}

Result<std::vector<DigestAlgorithm>> ParseAlgorithms(const std::vector<std::string>& names) {
  std::vector<DigestAlgorithm> algorithms;
  for (const std::string& name : names) {
    const auto algorithm = ParseDigestName(name);
    if (!algorithm) return Fail(ErrorCode::kInvalidArgument, "A checksum algorithm must be SHA1, SHA256, SHA384 or SHA512, not " + name + ".");
    if (std::find(algorithms.begin(), algorithms.end(), *algorithm) == algorithms.end()) algorithms.push_back(*algorithm);
  }
  return algorithms;
}

/// The fields of tenants.update: what is there is changed.
Status ApplyFields(const boost::json::object& arguments, pool::Tenant& tenant) {
  for (const TextField& field : kTexts) {
    const auto text = TextArgument(arguments, field.argument);
    if (!text) return tl::unexpected(text.error());
    if (*text) tenant.*(field.target) = **text;
  }
  const auto secrets = OptionalTextListArgument(arguments, "secrets");
  if (!secrets) return tl::unexpected(secrets.error());
  if (*secrets) tenant.secrets = **secrets;
  const auto enabled = OptionalFlagArgument(arguments, "enabled");
  if (!enabled) return tl::unexpected(enabled.error());
  if (*enabled) tenant.enabled = **enabled;
  const auto names = OptionalTextListArgument(arguments, "checksum_algorithms");
  if (!names) return tl::unexpected(names.error());
  if (*names) {
    auto algorithms = ParseAlgorithms(**names);
    if (!algorithms) return tl::unexpected(algorithms.error());
    tenant.checksum_algorithms = std::move(*algorithms);
  }
  const auto lrs = ObjectArgument(arguments, "lrs");
  if (!lrs) return tl::unexpected(lrs.error());
  if (*lrs != nullptr) {
    if (const Status merged = Merge(**lrs, tenant.lrs); !merged) return merged;
  }
  const auto limits = ObjectArgument(arguments, "limits");
  if (!limits) return tl::unexpected(limits.error());
  if (*limits != nullptr) return Merge(**limits, tenant.limits);
  return {};
}

tl::unexpected<Error> NoTenant(std::string_view id_or_name) {
  return Fail(ErrorCode::kNotFound, "There is no tenant with the ID or name " + std::string(id_or_name) + ".");
}

boost::json::object ResultOf(const CommandContext& context, const state::TenantPtr& tenant) {
  boost::json::object result;
  result["tenant"] = TenantRow(*tenant);
  result["multitenancy"] = context.options.multitenancy;
  return result;
}

tl::unexpected<Error> NoSetting(std::string_view id) {
  return Fail(ErrorCode::kNotFound, "There is no tenant setting with the ID " + std::string(id) + ".");
}

bool HasSetting(const pool::Tenant& tenant, std::string_view id) {
  return std::any_of(tenant.settings.begin(), tenant.settings.end(), [&](const pool::TenantSetting& setting) { return setting.id == id; });
}

state::TenantPtr OwnerOfSetting(const CommandContext& context, std::string_view id) {
  const auto table = context.store.Tenants();
  for (const state::TenantPtr& tenant : table->all()) {
    if (HasSetting(tenant->tenant, id)) return tenant;
  }
  return nullptr;
}

bool IsMonth(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 7 || text[4] != '-') return false;
  if (!digit(0) || !digit(1) || !digit(2) || !digit(3) || !digit(5) || !digit(6)) return false;
  const std::string_view month = text.substr(5);
  return month >= "01" && month <= "12";
}

}  // namespace

Result<state::TenantPtr> TenantArgument(const CommandContext& context, const boost::json::object& arguments) {
  const auto text = RequiredText(arguments, "tenant");
  if (!text) return tl::unexpected(text.error());
  state::TenantPtr tenant = context.store.Tenants()->Find(*text);
  if (!tenant) return NoTenant(*text);
  return tenant;
}

Result<std::optional<std::string>> TenantFilter(const CommandContext& context, const boost::json::object& arguments) {
  auto text = TextArgument(arguments, "tenant");
  if (!text || !*text) return text;
  if (const state::TenantPtr tenant = context.store.Tenants()->Find(**text)) *text = tenant->tenant.id;
  return text;
}

Task<Answer> TenantsList(const CommandContext& context, const boost::json::object&) {
  boost::json::array rows;
  const auto table = context.store.Tenants();
  for (const state::TenantPtr& tenant : table->all()) rows.push_back(TenantRow(*tenant));
  boost::json::object result;
  result["tenants"] = std::move(rows);
  result["multitenancy"] = context.options.multitenancy;
  co_return result;
}

Task<Answer> TenantsShow(const CommandContext& context, const boost::json::object& arguments) {
  const auto tenant = TenantArgument(context, arguments);
  if (!tenant) co_return tl::unexpected(tenant.error());
  co_return ResultOf(context, *tenant);
}

Task<Answer> TenantsAdd(const CommandContext& context, const boost::json::object& arguments) {
  const auto name = RequiredText(arguments, "name");
  if (!name) co_return tl::unexpected(name.error());
  pool::Tenant tenant;
  tenant.id = context.random.Uuid();
  if (const Status applied = ApplyFields(arguments, tenant); !applied) co_return tl::unexpected(applied.error());
  if (tenant.secrets.empty()) tenant.secrets.push_back(context.random.Text(kSecretLength, kAlphanumerics));
  const auto shared = FlagArgument(arguments, "shared_name");
  if (!shared) co_return tl::unexpected(shared.error());
  const state::TenantName rule = *shared ? state::TenantName::kShared : state::TenantName::kUnique;
  const Result<state::TenantPtr> added = co_await state::AwaitAddTenant(context.store, std::move(tenant), rule);
  if (!added) co_return tl::unexpected(added.error());
  context.log.Info("tenant added", {{"tenant", *name}});
  co_return ResultOf(context, *added);
}

Task<Answer> TenantsUpdate(const CommandContext& context, const boost::json::object& arguments) {
  const auto tenant = TenantArgument(context, arguments);
  if (!tenant) co_return tl::unexpected(tenant.error());
  const auto revision = RevisionArgument(arguments);
  if (!revision) co_return tl::unexpected(revision.error());
  auto change = [arguments](pool::Tenant& changed) { return ApplyFields(arguments, changed); };
  const Result<state::TenantPtr> updated =
      co_await state::AwaitUpdateTenant(context.store, (*tenant)->tenant.id, std::move(change), *revision);
  if (!updated) co_return tl::unexpected(updated.error());
  context.log.Info("tenant changed", {{"tenant", (*updated)->tenant.name}});
  co_return ResultOf(context, *updated);
}

Task<Answer> TenantsRemove(const CommandContext& context, const boost::json::object& arguments) {
  const auto tenant = TenantArgument(context, arguments);
  if (!tenant) co_return tl::unexpected(tenant.error());
  const auto force = FlagArgument(arguments, "force");
  if (!force) co_return tl::unexpected(force.error());
  const auto revision = RevisionArgument(arguments);
  if (!revision) co_return tl::unexpected(revision.error());
  const std::string id = (*tenant)->tenant.id;
  const std::string name = (*tenant)->tenant.name;
  const std::int64_t meetings = (*tenant)->meters->meetings.load();
  if (meetings > 0 && !*force) {
    co_return Fail(ErrorCode::kConflict, "The tenant " + name + " has " + std::to_string(meetings) +
                                             " meetings. Disable it and wait until they are over, or remove it with --force.");
  }
  const Status removed = co_await state::AwaitRemoveTenant(context.store, id, *revision);
  if (!removed) co_return removed.error().code == ErrorCode::kNotFound ? NoTenant(name) : tl::unexpected(removed.error());
  context.log.Info("tenant removed", {{"tenant", name}, {"meetings", static_cast<long long>(meetings)}});
  // Nobody could remove them any more.
  const auto hooks = context.hooks.All();
  for (const records::Hook& hook : *hooks) {
    if (hook.tenant_id != id) continue;
    const Status unhooked = co_await AwaitRemoveHook(context, hook.tenant_id, hook.id);
    if (!unhooked) context.log.Warn("a removed tenant's webhook stays", {{"hook", hook.id}, {"error", unhooked.error().detail}});
  }
  boost::json::object result;
  result["meetings"] = meetings;
  co_return result;
}

Task<Answer> TenantsRollSecret(const CommandContext& context, const boost::json::object& arguments) {
  const auto tenant = TenantArgument(context, arguments);
  if (!tenant) co_return tl::unexpected(tenant.error());
  const auto given = TextArgument(arguments, "secret");
  if (!given) co_return tl::unexpected(given.error());
  const auto keep = IntegerArgument(arguments, "keep_s", 0, kYearSeconds);
  if (!keep) co_return tl::unexpected(keep.error());
  const auto revision = RevisionArgument(arguments);
  if (!revision) co_return tl::unexpected(revision.error());
  const std::string secret = *given ? **given : context.random.Text(kSecretLength, kAlphanumerics);
  const std::int64_t keep_s = keep->value_or(kWeekSeconds);
  const std::int64_t until_ms = ToMs(context.clock.Now()) + keep_s * 1000;
  auto change = [secret, keep_s, until_ms](pool::Tenant& changed) -> Status {
    if (std::find(changed.secrets.begin(), changed.secrets.end(), secret) != changed.secrets.end()) {
      return Fail(ErrorCode::kAlreadyExists, "The tenant " + changed.name + " has this secret already.");
    }
    std::erase_if(changed.retired_secrets, [&](const pool::RetiredSecret& retired) { return retired.secret == secret; });
    for (std::string& old : changed.secrets) {
      if (keep_s > 0) changed.retired_secrets.push_back({std::move(old), until_ms});
    }
    changed.secrets = {secret};
    return {};
  };
  const Result<state::TenantPtr> updated =
      co_await state::AwaitUpdateTenant(context.store, (*tenant)->tenant.id, std::move(change), *revision);
  if (!updated) co_return tl::unexpected(updated.error());
  context.log.Info("tenant's secret rolled over", {{"tenant", (*updated)->tenant.name}});
  boost::json::object result = ResultOf(context, *updated);
  result["secret"] = secret;
  co_return result;
}

Task<Answer> TenantsSettingsAdd(const CommandContext& context, const boost::json::object& arguments) {
  const auto tenant = TenantArgument(context, arguments);
  if (!tenant) co_return tl::unexpected(tenant.error());
  const auto param = RequiredText(arguments, "param");
  if (!param) co_return tl::unexpected(param.error());
  const auto value = TextArgument(arguments, "value");
  if (!value) co_return tl::unexpected(value.error());
  const auto overrides = FlagArgument(arguments, "override");
  if (!overrides) co_return tl::unexpected(overrides.error());
  const auto id = TextArgument(arguments, "id");
  if (!id) co_return tl::unexpected(id.error());
  const auto revision = RevisionArgument(arguments);
  if (!revision) co_return tl::unexpected(revision.error());
  pool::TenantSetting setting;
  setting.id = *id && !(*id)->empty() ? **id : context.random.Uuid();
  setting.param = *param;
  setting.value = value->value_or("");
  setting.overrides = *overrides;
  if (OwnerOfSetting(context, setting.id)) {
    co_return Fail(ErrorCode::kAlreadyExists, "There is a tenant setting with the ID " + setting.id + " already.");
  }
  auto change = [setting](pool::Tenant& changed) -> Status {
    changed.settings.push_back(setting);
    return {};
  };
  const Result<state::TenantPtr> updated =
      co_await state::AwaitUpdateTenant(context.store, (*tenant)->tenant.id, std::move(change), *revision);
  if (!updated) co_return tl::unexpected(updated.error());
  context.log.Info("tenant setting added", {{"tenant", (*updated)->tenant.name}, {"param", setting.param}});
  boost::json::object result = ResultOf(context, *updated);
  result["setting"] = SettingRow(setting);
  co_return result;
}

Task<Answer> TenantsSettingsRemove(const CommandContext& context, const boost::json::object& arguments) {
  const auto id = RequiredText(arguments, "id");
  if (!id) co_return tl::unexpected(id.error());
  const auto revision = RevisionArgument(arguments);
  if (!revision) co_return tl::unexpected(revision.error());
  const state::TenantPtr owner = OwnerOfSetting(context, *id);
  if (!owner) co_return NoSetting(*id);
  auto change = [id = *id](pool::Tenant& changed) -> Status {
    if (!HasSetting(changed, id)) return NoSetting(id);
    std::erase_if(changed.settings, [&](const pool::TenantSetting& setting) { return setting.id == id; });
    return {};
  };
  const Result<state::TenantPtr> updated =
      co_await state::AwaitUpdateTenant(context.store, owner->tenant.id, std::move(change), *revision);
  if (!updated) co_return tl::unexpected(updated.error());
  context.log.Info("tenant setting removed", {{"tenant", (*updated)->tenant.name}, {"id", *id}});
  co_return ResultOf(context, *updated);
}

Task<Answer> TenantsUsage(const CommandContext& context, const boost::json::object& arguments) {
  const auto month = TextArgument(arguments, "month");
  if (!month) co_return tl::unexpected(month.error());
  if (*month && !IsMonth(**month)) co_return Fail(ErrorCode::kInvalidArgument, "The month must look like 2026-11, not " + **month + ".");
  const auto tenant_id = TenantFilter(context, arguments);
  if (!tenant_id) co_return tl::unexpected(tenant_id.error());
  using Rows = Result<std::vector<records::UsageRow>>;
  auto read = [&context, &month] { return context.usage.List(*month); };
  const Rows usage = co_await runtime::Blocking<Rows>(context.runtime, std::move(read));
  if (!usage) co_return tl::unexpected(usage.error());
  const auto table = context.store.Tenants();
  boost::json::array rows;
  for (const records::UsageRow& used : *usage) {
    if (*tenant_id && used.tenant_id != **tenant_id) continue;
    const state::TenantPtr tenant = table->FindById(used.tenant_id);
    boost::json::object row;
    row["tenant_id"] = used.tenant_id;
    row["tenant"] = tenant ? tenant->tenant.name : std::string();
    row["month"] = used.month;
    row["meetings"] = used.meetings;
    row["peak_participants"] = used.peak_participants;
    row["participant_minutes"] = used.participant_minutes;
    rows.push_back(std::move(row));
  }
  // A removed tenant's use is still there for its last bill; a name that nobody ever had is a mistake.
  if (rows.empty() && *tenant_id && !(*tenant_id)->empty() && !table->FindById(**tenant_id)) co_return NoTenant(**tenant_id);
  boost::json::object result;
  result["usage"] = std::move(rows);
  co_return result;
}

}  // namespace plenary::admin
