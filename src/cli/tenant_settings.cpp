// plenary tenants set and unset: defaults, overrides, caps, additions and denials of create's and join's parameters.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "base/suggest.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/tenant_view.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

/// "duration<=120": the parameter with its operator (a plain "=" is none), and the value.
struct Assignment {
  std::string param, value;
  bool adds = false;  // one of several: "disabledFeatures+=chat"
};

std::optional<Assignment> ParseAssignment(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return std::nullopt;
  const char before = text[equals - 1];
  const bool has_operator = before == '<' || before == '+' || before == '-';
  if (has_operator && equals == 1) return std::nullopt;
  return Assignment{text.substr(0, has_operator ? equals + 1 : equals), text.substr(equals + 1), before == '+'};
}

Result<json::array> SettingsOf(Context& context, const std::string& tenant) {
  const auto shown = context.Call("tenants.show", {{"tenant", tenant}});
  if (!shown) return tl::unexpected(shown.error());
  return Items(Member(*shown, "tenant"), "settings");
}

struct Change {
  json::object last;  // the owner's last answer
  int count = 0;
};

/// What was set before for the same parameter gives way, but only after the new value is in force.
Result<void> SetOne(Context& context, const TenantSettingOptions& options, const Assignment& wanted, Change& change) {
  const auto settings = SettingsOf(context, options.tenant);
  if (!settings) return tl::unexpected(settings.error());
  std::vector<std::string> replaced;
  for (const json::value& item : *settings) {
    const json::object& setting = AsObject(item);
    if (RawText(setting, "param") != wanted.param || Flag(setting, "override") != options.overrides) continue;
    if (RawText(setting, "value") == wanted.value) return {};
    if (!wanted.adds) replaced.push_back(RawText(setting, "id"));
  }
  auto added = context.Call("tenants.settings_add", {{"tenant", options.tenant},
                                                     {"param", wanted.param},
                                                     {"value", wanted.value},
                                                     {"override", options.overrides}});
  if (!added) return tl::unexpected(added.error());
  change.last = std::move(*added);
  ++change.count;
  for (const std::string& id : replaced) {
    auto removed = context.Call("tenants.settings_remove", {{"id", id}});
    if (!removed) return tl::unexpected(removed.error());
    change.last = std::move(*removed);
  }
  return {};
}

int Report(const Context& context, const Change& change, const std::string& text) {
  if (context.json) {
    json::object result = WithoutSecrets(change.last);
    result.erase("setting");
    result["changes"] = change.count;
    context.PrintJson(result);
  } else {
    context.out() << text << "\n";
  }
  return change.count == 0 ? kNothingToChange : kDone;
}

}  // namespace

int TenantsSet(Context& context, const TenantSettingOptions& options) {
  std::vector<Assignment> wanted;
  for (const std::string& text : options.settings) {
    const auto assignment = ParseAssignment(text);
    if (!assignment) {
      return context.Fail({ErrorCode::kInvalidArgument, fmt::format("'{}' is no setting", text)},
                          "Say 'logo=https://…', 'duration<=120' (cap), 'disabledFeatures+=chat' (add to the list) or 'welcome-=' (deny).");
    }
    wanted.push_back(*assignment);
  }
  Change change;
  for (const Assignment& assignment : wanted) {
    const Result<void> status = SetOne(context, options, assignment, change);
    if (!status) return context.FailForTenant(status.error(), options.tenant);
  }
  const std::string tenant = Printable(options.tenant);
  if (change.count == 0) return Report(context, change, fmt::format("{} is so already.", tenant));
  return Report(context, change, fmt::format("Changed {} of {}.", Count(change.count, "setting", "settings"), tenant));
}

int TenantsUnset(Context& context, const TenantSettingOptions& options) {
  const auto settings = SettingsOf(context, options.tenant);
  if (!settings) return context.FailForTenant(settings.error(), options.tenant);
  std::vector<std::string> ids;
  for (const std::string& word : options.settings) {
    const std::size_t before = ids.size();
    std::vector<std::string> names;
    for (const json::value& item : *settings) {
      const json::object& setting = AsObject(item);
      const std::string param = RawText(setting, "param");
      const bool overrides = Flag(setting, "override");
      names.push_back(param);
      if (word != RawText(setting, "id") && word != param) continue;
      if ((options.overrides && !overrides) || (options.defaults && overrides)) continue;
      ids.push_back(RawText(setting, "id"));
    }
    if (ids.size() > before) continue;
    const std::string nearest = Nearest(word, names);
    return context.Fail({ErrorCode::kNotFound, fmt::format("{} has no setting {}", options.tenant, word)},
                        nearest.empty() || nearest == word ? "" : fmt::format("Did you mean '{}'?", Printable(nearest)));
  }
  Change change;
  for (const std::string& id : ids) {
    auto removed = context.Call("tenants.settings_remove", {{"id", id}});
    if (!removed) return context.Fail(removed.error());
    change.last = std::move(*removed);
    ++change.count;
  }
  return Report(context, change, fmt::format("Removed {} of {}.", Count(change.count, "setting", "settings"), Printable(options.tenant)));
}

}  // namespace plenary::cli
