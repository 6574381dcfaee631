// plenary config …
#include <boost/json/array.hpp>

#include "cli/commands.hpp"

namespace plenary::cli {
namespace json = boost::json;

int ConfigCheck(Context& context) {
  const auto loaded = context.LoadSettings();
  if (!loaded) return context.Fail(loaded.error());
  if (context.json) {
    json::array rows;
    for (const config::SettingInForce& row : loaded->in_force) {
      rows.push_back({{"name", row.name}, {"value", row.value}, {"source", row.source}, {"has_effect", row.has_effect}});
    }
    return context.PrintJson({{"settings", rows}});
  }
  Table table({{"NAME"}, {"VALUE", false, true}, {"SOURCE"}});
  for (const config::SettingInForce& row : loaded->in_force) {
    if (row.has_effect)
      table.Add({std::string(row.name), row.value, {std::string(row.source), row.source == "default" ? Tone::kOff : Tone::kPlain}});
  }
  context.out() << table.Render(context.style());
  if (!loaded->without_effect.empty()) {
    context.out() << "\nSet, but without effect:\n";
    for (const std::string& name : loaded->without_effect) context.out() << "  " << name << "\n";
  }
  return kDone;
}

int ConfigDocs(Context& context) {
  context.out() << config::ReferencePage();
  return kDone;
}

}  // namespace plenary::cli
