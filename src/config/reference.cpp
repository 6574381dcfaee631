// docs/configuration.md, generated from the table.
#include <fmt/format.h>

#include "config/settings.hpp"

namespace plenary::config {
namespace {

constexpr std::string_view kIntroduction =
    "# Settings\n"
    "\n"
    "This page is generated: `plenary config docs`. `plenary config check` shows what is in force and where it comes from.\n"
    "\n"
    "Settings are environment variables, read once at start. An empty variable counts as unset. Words are understood in any case;\n"
    "`true`, `1`, `yes`, `on` and `false`, `0`, `no`, `off` are the truth values. An invalid value refuses to start and is named; what "
    "Scalelite\n"
    "would read as 0 is refused, too.\n"
    "\n"
    "The same names can stand in a YAML file (`PLENARY_CONFIG`), in any case; the environment wins over it. There a list may be a YAML list, and\n"
    "name=value pairs a map, whose values may hold commas, too. A key that is no setting refuses to start:\n"
    "\n"
    "    url_host: lb.example.org\n"
    "    loadbalancer_secrets: [first-secret, second-secret]\n"
    "    default_create_params:\n"
    "      welcome: Hello, and welcome\n"
    "      muteOnStart: true\n";

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string ReferencePage() {
  std::string page(kIntroduction);
  std::string_view group;
  for (const SettingInfo& row : AllSettings()) {
    if (row.group != group) {
      group = row.group;
      page += fmt::format("\n## {}\n\n", group);
      if (row.has_effect) {
        page += "| name | default | value | meaning |\n|---|---|---|---|\n";
      } else {
        page += "Accepted, reported at start and by `plenary config check`, and otherwise ignored.\n\n| name | why |\n|---|---|\n";
      }
    }
    if (row.has_effect) {
      const std::string default_text = row.default_text.empty() ? "" : fmt::format("`{}`", row.default_text);
      page += fmt::format("| `{}` | {} | {} | {} |\n", row.name, default_text, Escaped(row.rule), Escaped(row.meaning));
    } else {
      page += fmt::format("| `{}` | {} |\n", row.name, Escaped(row.meaning));
    }
  }
  return page;
}

}  // namespace plenary::config
