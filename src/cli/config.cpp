// plenary config …
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

std::string_view ReasonOf(std::string_view name) {
  const auto& rows = config::AllSettings();
  return std::find_if(rows.begin(), rows.end(), [&](const config::SettingInfo& row) { return row.name == name; })->meaning;
}

int PrintAsJson(const Context& context, const config::LoadedSettings& loaded, const std::vector<RefusedReceiver>& refused) {
  json::array rows, receivers;
  for (const config::SettingInForce& row : loaded.in_force) {
    rows.push_back({{"name", row.name}, {"value", row.value}, {"source", row.source}, {"has_effect", row.has_effect}});
  }
  for (const RefusedReceiver& one : refused) receivers.push_back({{"receiver", one.receiver}, {"why", one.why}});
  return context.PrintJson({{"settings", rows}, {"warnings", ToJson(loaded.warnings)}, {"refused_receivers", receivers}});
}

}  // namespace

int ConfigCheck(Context& context) {
  const auto loaded = context.LoadSettings();
  if (!loaded) return context.Fail(loaded.error());
  std::vector<RefusedReceiver> refused;
  if (context.hooks().refused_receivers) {
    auto found = context.hooks().refused_receivers(*loaded);
    if (found) {
      refused = std::move(*found);
    } else {
      context.err() << fmt::format("Whether callbacks would reach the front-ends could not be checked: {}\n", Printable(found.error().detail));
    }
  }
  if (context.json) return PrintAsJson(context, *loaded, refused);
  Table table({{"NAME"}, {"VALUE", false, true}, {"SOURCE"}});
  for (const config::SettingInForce& row : loaded->in_force) {
    if (row.has_effect) table.Add({std::string(row.name), row.value, {row.source, row.source == "default" ? Tone::kOff : Tone::kPlain}});
  }
  context.out() << table.Render(context.style());
  if (!loaded->without_effect.empty()) {
    context.out() << "\nSet, but without effect:\n";
    for (const std::string& name : loaded->without_effect) context.out() << fmt::format("  {}: {}\n", name, ReasonOf(name));
  }
  if (!refused.empty()) {
    context.out() << "\nFront-ends that callbacks would not reach:\n";
    for (const RefusedReceiver& one : refused) context.out() << fmt::format("  {}: {}\n", Printable(one.receiver), Printable(one.why));
  }
  if (!loaded->warnings.empty()) {
    context.out() << "\nWarnings:\n";
    for (const std::string& warning : loaded->warnings) context.out() << fmt::format("  {}\n", Printable(warning));
  }
  return kDone;
}

int ConfigDocs(Context& context) {
  context.out() << config::ReferencePage();
  return kDone;
}

}  // namespace plenary::cli
