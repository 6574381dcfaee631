// Typed values out of the environment and the settings file, with one form of complaint. Used by load.cpp alone.
#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "config/settings.hpp"
#include "config/settings_file.hpp"

namespace plenary::config {

class Reader {
 public:
  Reader(const Environment& environment, const SettingsFile& file) : environment_(environment), file_(file) {}

  const std::vector<std::string>& errors() const { return errors_; }
  /// About `name`; where its value is given comes before it when that is the settings file.
  void Complain(std::string_view name, std::string_view error);

  /// The value as given, the environment's before the file's; empty counts as unset.
  std::optional<GivenValue> Given(std::string_view name) const;
  /// As above, but an empty one is one, too.
  std::optional<GivenValue> GivenOrEmpty(std::string_view name) const;
  std::optional<std::string> Text(std::string_view name) const;

  /// `trouble`: what is wrong with it, when the rule alone would not say.
  void Refuse(std::string_view name, std::string_view value, std::string_view trouble = {});

  /// Hands a set value to `accept`; refused when that returns false.
  template <class Accept>
  bool Read(std::string_view name, const Accept& accept) {
    const std::optional<GivenValue> value = Given(name);
    if (!value) return false;
    if (!accept(value->text)) Refuse(name, value->text);
    return true;
  }

  /// The same for lists: a text is split at each of `separators`; empty items at its end don't count, as Ruby's split has it.
  template <class Accept>
  bool ReadItems(std::string_view name, std::string_view separators, const Accept& accept) {
    const std::optional<GivenValue> value = Given(name);
    if (!value) return false;
    if (!accept(ItemsOf(*value, separators))) Refuse(name, value->text);
    return true;
  }

  template <class T>
  bool Integer(std::string_view name, T& target, std::int64_t least, std::int64_t most) {
    return Read(name, [&](std::string_view text) {
      const auto number = ParseInt(TrimBlanks(text));
      if (!number || *number < least || *number > most) return false;
      target = static_cast<T>(*number);
      return true;
    });
  }

  /// Float seconds.
  bool Seconds(std::string_view name, std::chrono::milliseconds& target, double most, bool zero_allowed);
  void Bool(std::string_view name, bool& target);

  template <class T>
  bool Choice(std::string_view name, T& target, std::initializer_list<std::pair<std::string_view, T>> choices) {
    return Read(name, [&](std::string_view text) {
      for (const auto& [word, value] : choices) {
        if (EqualsIgnoreCase(TrimBlanks(text), word)) {
          target = value;
          return true;
        }
      }
      return false;
    });
  }

  /// "name=value,…" (spec scalelite 9, "kv"): the value may hold '=', an item without one is refused.
  void Pairs(std::string_view name, Parameters& target);
  void Networks(std::string_view name, IpNetworks& target);

 private:
  static std::vector<std::string> ItemsOf(const GivenValue& value, std::string_view separators);

  const Environment& environment_;
  const SettingsFile& file_;
  std::vector<std::string> errors_;
};

/// For the terminal and the log: bounded, without control characters.
std::string Shortened(std::string_view text);

}  // namespace plenary::config
