// plenary tenants list, show, add, update, enable, disable, remove, roll-secret, limits, lrs, look.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json/array.hpp>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/tenant_view.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

constexpr std::int64_t kAnswerMs = 1'000;  // what the answer took at most: seven days are not six

/// What a setting does; an operator at the end of its parameter says more than default or override.
std::string KindOf(const json::object& setting) {
  const std::string param = RawText(setting, "param");
  if (param.ends_with("<=")) return "cap";
  if (param.ends_with("+=")) return "added";
  if (param.ends_with("-=")) return "denied";
  return Flag(setting, "override") ? "override" : "default";
}

constexpr std::string_view kHidden = "********";

std::string Joined(const json::array& texts, std::string_view separator) {
  std::string joined;
  for (const json::value& text : texts) {
    if (!joined.empty()) joined += separator;
    joined += text.is_string() ? Printable(std::string_view(text.get_string())) : "";
  }
  return joined;
}

/// "3 of 10"; without a limit "3".
std::string UseOf(const json::object& tenant, std::string_view use, std::string_view limit) {
  const std::int64_t most = Integer(Member(tenant, "limits"), limit);
  const std::int64_t now = Integer(Member(tenant, "use"), use);
  return most > 0 ? fmt::format("{} of {}", now, most) : fmt::format("{}", now);
}

Cell EnabledCell(const json::object& tenant) {
  return Flag(tenant, "enabled") ? Cell("enabled") : Cell("disabled", Tone::kOff);
}

std::string Words(std::string_view key) {
  std::string text(key);
  for (char& c : text) c = c == '_' ? ' ' : c;
  return text;
}

void PrintTenant(const Context& context, const json::object& tenant, bool show_secrets) {
  const auto line = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) context.out() << fmt::format("{:<24}{}\n", name, value);
  };
  const std::int64_t now = ToMs(context.hooks().clock->Now());
  line("Name", Text(tenant, "name"));
  line("ID", Text(tenant, "id"));
  line("State", EnabledCell(tenant).text);
  for (const json::value& secret : Items(tenant, "secrets")) {
    line("Secret", show_secrets && secret.is_string() ? Printable(std::string_view(secret.get_string())) : kHidden);
  }
  for (const json::value& item : Items(tenant, "retired_secrets")) {
    const json::object& retired = AsObject(item);
    line("Old secret", fmt::format("{} (accepted for {} yet)", show_secrets ? Text(retired, "secret") : kHidden,
                                   Duration(Integer(retired, "until_ms") - now)));
  }
  line("Checksum algorithms", Joined(Items(tenant, "checksum_algorithms"), ", "));
  line("Meetings", UseOf(tenant, "meetings", "meetings"));
  line("People", UseOf(tenant, "people", "participants"));
  const json::object& limits = Member(tenant, "limits");
  for (const char* rate : {"creates_per_second", "calls_per_second"}) {
    if (Integer(limits, rate) > 0) line(fmt::format("Most {}", Words(rate)), fmt::format("{}", Integer(limits, rate)));
  }
  line("Refused since the start", fmt::format("{}", Integer(Member(tenant, "use"), "refused")));
  const json::object& lrs = Member(tenant, "lrs");
  for (const auto& field : lrs) {
    const std::string value = Text(lrs, field.key());
    const bool secret = std::string_view(field.key()).ends_with("password") || field.key() == "kc_client_secret";
    line("LRS " + Words(field.key()), secret && !show_secrets && !value.empty() ? std::string(kHidden) : value);
  }
  line("Slide", Text(tenant, "presentation_url"));
  line("Logo", Text(tenant, "logo_url"));
  line("Style", Text(tenant, "style_url"));
  Table settings({{"PARAMETER"}, {"VALUE", false, true}, {"KIND"}, {"ID"}});
  for (const json::value& item : Items(tenant, "settings")) {
    const json::object& setting = AsObject(item);
    settings.Add({Text(setting, "param"), Text(setting, "value"), KindOf(setting), Text(setting, "id")});
  }
  if (!settings.empty()) context.out() << "\n" << settings.Render(context.style());
}

/// The secrets of the options: any number given, one of them perhaps typed, and one out of a file.
Result<json::array> SecretsOf(const Context& context, const TenantOptions& options) {
  json::array secrets;
  for (const std::string& given : options.secrets) {
    const auto secret = SecretOf(context, given, std::nullopt);
    if (!secret) return tl::unexpected(secret.error());
    if ((*secret)->empty()) return Fail(ErrorCode::kInvalidArgument, "the secret is empty");
    secrets.emplace_back(**secret);
  }
  if (options.secret_file) {
    const auto secret = SecretOf(context, std::nullopt, options.secret_file);
    if (!secret) return tl::unexpected(secret.error());
    if ((*secret)->empty()) return Fail(ErrorCode::kInvalidArgument, "the secret is empty");
    secrets.emplace_back(**secret);
  }
  return secrets;
}

json::array AlgorithmsOf(std::string_view text) {
  json::array names;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(':'), text.size());
    if (end > 0) names.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

}  // namespace

int TenantsList(Context& context, bool show_secrets) {
  const auto result = context.Call("tenants.list");
  if (!result) return context.Fail(result.error());
  if (context.json) return context.PrintJson(show_secrets ? *result : WithoutSecrets(*result));
  std::vector<Column> columns = {{"NAME"},          {"STATE"},         {"MEETINGS", true},
                                 {"PEOPLE", true},  {"REFUSED", true}, {"SETTINGS", true, false, 2}, {"ID", false, false, 1}};
  if (show_secrets) columns.push_back({"SECRETS"});
  Table table(std::move(columns));
  for (const json::value& item : Items(*result, "tenants")) {
    const json::object& tenant = AsObject(item);
    std::vector<Cell> row = {Text(tenant, "name"),
                             EnabledCell(tenant),
                             UseOf(tenant, "meetings", "meetings"),
                             UseOf(tenant, "people", "participants"),
                             fmt::format("{}", Integer(Member(tenant, "use"), "refused")),
                             fmt::format("{}", Items(tenant, "settings").size()),
                             Text(tenant, "id")};
    if (show_secrets) row.emplace_back(Joined(Items(tenant, "secrets"), ":"));
    table.Add(std::move(row));
  }
  if (table.empty()) {
    context.err() << "There are no tenants yet. Add one: plenary tenants add NAME\n";
  } else {
    context.out() << table.Render(context.style());
    WarnWithoutMultitenancy(context, *result);
  }
  return kDone;
}

int TenantsShow(Context& context, const std::string& tenant, bool show_secrets) {
  const auto result = context.Call("tenants.show", {{"tenant", tenant}});
  if (!result) return context.FailForTenant(result.error(), tenant);
  if (context.json) return context.PrintJson(show_secrets ? *result : WithoutSecrets(*result));
  PrintTenant(context, Member(*result, "tenant"), show_secrets);
  return kDone;
}

int TenantsAdd(Context& context, const TenantOptions& options) {
  const auto secrets = SecretsOf(context, options);
  if (!secrets) return context.Fail(secrets.error());
  json::object arguments = {{"name", options.name.value_or("")}, {"secrets", *secrets}};
  if (options.checksum_algorithms) arguments["checksum_algorithms"] = AlgorithmsOf(*options.checksum_algorithms);
  const auto result = context.Call("tenants.add", arguments);
  if (!result) return context.Fail(result.error());
  if (context.json) return context.PrintJson(options.show_secrets ? *result : WithoutSecrets(*result));
  const json::object& tenant = Member(*result, "tenant");
  const std::string name = Text(tenant, "name");
  context.out() << fmt::format("Added {} ({}).\n", name, Text(tenant, "id"));
  if (options.show_secrets) {
    context.out() << fmt::format("Secret: {}\n", Joined(Items(tenant, "secrets"), ":"));
  } else if (secrets->empty()) {
    context.out() << fmt::format("A secret was made; see it with: plenary tenants show {} --show-secrets\n", name);
  }
  WarnWithoutMultitenancy(context, *result);
  return kDone;
}

int TenantsUpdate(Context& context, const TenantOptions& options) {
  const auto secrets = SecretsOf(context, options);
  if (!secrets) return context.Fail(secrets.error());
  json::object changes;
  if (options.name) changes["name"] = *options.name;
  if (!secrets->empty()) changes["secrets"] = *secrets;
  if (options.checksum_algorithms) changes["checksum_algorithms"] = AlgorithmsOf(*options.checksum_algorithms);
  return UpdateTenant(context, options.tenant, std::move(changes));
}

int TenantsEnable(Context& context, const std::string& tenant, bool enabled) {
  const auto before = context.Call("tenants.show", {{"tenant", tenant}});
  if (!before) return context.FailForTenant(before.error(), tenant);
  const bool changes = Flag(Member(*before, "tenant"), "enabled") != enabled;
  const auto result = changes ? context.Call("tenants.update", {{"tenant", tenant}, {"enabled", enabled}}) : before;
  if (!result) return context.FailForTenant(result.error(), tenant);
  const json::object& row = Member(*result, "tenant");
  if (context.json) {
    context.PrintJson(WithoutSecrets(*result));
  } else if (!changes) {
    context.out() << fmt::format("{} is {} already.\n", Text(row, "name"), EnabledCell(row).text);
  } else if (enabled) {
    context.out() << fmt::format("Enabled {}.\n", Text(row, "name"));
  } else {
    const std::int64_t meetings = Integer(Member(row, "use"), "meetings");
    context.out() << fmt::format("Disabled {}: its calls are refused.", Text(row, "name"));
    if (meetings > 0) context.out() << fmt::format(" {} of it {} on.", Count(meetings, "meeting", "meetings"), meetings == 1 ? "goes" : "go");
    context.out() << "\n";
  }
  return changes ? kDone : kNothingToChange;
}

int TenantsRemove(Context& context, const std::string& tenant, bool force, bool yes) {
  const auto before = context.Call("tenants.show", {{"tenant", tenant}});
  if (!before) return context.FailForTenant(before.error(), tenant);
  const std::string name = RawText(Member(*before, "tenant"), "name");
  const std::string question =
      fmt::format("This removes {} with its secrets, settings, tokens and webhooks. Type the tenant's name to continue: ", Printable(name));
  if (!yes && !context.Confirm(question, name)) return context.FailUnconfirmed();
  const auto result = context.Call("tenants.remove", {{"tenant", tenant}, {"force", force}});
  if (!result) return context.FailForTenant(result.error(), tenant);
  if (context.json) return context.PrintJson(*result);
  context.out() << fmt::format("Removed {}.\n", Printable(name));
  if (const std::int64_t meetings = Integer(*result, "meetings"); meetings > 0) {
    context.out() << fmt::format("{} of it {} on, and nobody can reach {} through Plenary any more.\n", Count(meetings, "meeting", "meetings"),
                                 meetings == 1 ? "goes" : "go", meetings == 1 ? "it" : "them");
  }
  return kDone;
}

int TenantsRollSecret(Context& context, const RollOptions& options) {
  const auto secret = SecretOf(context, options.secret, options.secret_file);
  if (!secret) return context.Fail(secret.error());
  if (*secret && (*secret)->empty()) return context.Fail({ErrorCode::kInvalidArgument, "the secret is empty"});
  json::object arguments = {{"tenant", options.tenant}};
  if (*secret) arguments["secret"] = **secret;
  if (options.keep) arguments["keep_s"] = ParseDuration(*options.keep).value_or(0);  // checked by the parser
  const auto result = context.Call("tenants.roll_secret", arguments);
  if (!result) return context.FailForTenant(result.error(), options.tenant);
  if (context.json) return context.PrintJson(options.show_secrets ? *result : WithoutSecrets(*result));
  const json::object& tenant = Member(*result, "tenant");
  const std::string name = Text(tenant, "name");
  std::int64_t until_ms = 0;
  for (const json::value& retired : Items(tenant, "retired_secrets")) until_ms = std::max(until_ms, Integer(AsObject(retired), "until_ms"));
  const std::int64_t left_ms = until_ms - ToMs(context.hooks().clock->Now());
  const std::string old_one = left_ms > 0 ? fmt::format("accepted for {} yet", Duration(left_ms + kAnswerMs)) : "refused now";
  context.out() << fmt::format("Rolled the secret of {}; the old one is {}.\n", name, old_one);
  if (options.show_secrets) {
    context.out() << fmt::format("Secret: {}\n", Text(*result, "secret"));
  } else if (!*secret) {
    context.out() << fmt::format("A secret was made; see it with: plenary tenants show {} --show-secrets\n", name);
  }
  return kDone;
}

int TenantsMembers(Context& context, const TenantMembers& members) {
  json::object changes, lrs, limits;
  for (const auto& [name, value] : members.lrs) {
    if (value) lrs[name] = *value;
  }
  for (const auto& [name, value] : members.limits) {
    if (value) limits[name] = *value;
  }
  for (const auto& [name, value] : members.look) {
    if (value) changes[name] = *value;
  }
  // A password must not have to stand in the process list.
  for (auto& field : lrs) {
    if (field.value() != "-") continue;
    const auto typed = SecretOf(context, std::string("-"), std::nullopt);
    if (!typed) return context.Fail(typed.error());
    field.value() = **typed;
  }
  if (!lrs.empty()) changes["lrs"] = std::move(lrs);
  if (!limits.empty()) changes["limits"] = std::move(limits);
  return UpdateTenant(context, members.tenant, std::move(changes));
}

}  // namespace plenary::cli
