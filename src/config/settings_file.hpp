// The settings file: YAML with the names of the settings (in any case) as keys; a text, a list or a map as the setting allows. Read once at
// start. Knows the table, not what the values mean.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace plenary::config {

/// Values that are kept out of every output.
bool IsSecret(std::string_view name, std::string_view value);

/// A value as it was given.
struct GivenValue {
  std::string text;                // of a list or map: its items, joined for people
  std::vector<std::string> items;  // of a list; of a map as "name=value"
  bool itemized = false;           // it is a list or a map
  std::string source;
};

struct SettingsFile {
  std::map<std::string, GivenValue, std::less<>> values;  // by the name in the table; sources are "plenary.yml:12"
  std::vector<std::string> warnings;
};

/// kIo: it can't be read; kInvalidArgument: no YAML, an unknown key (with the nearest name), a key that is there twice, a list where none
/// belongs. Several errors are joined by newlines; none holds a value.
Result<SettingsFile> ReadSettingsFile(const std::string& path);

}  // namespace plenary::config
