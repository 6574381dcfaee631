#include "config/reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace plenary::config {
namespace {

constexpr const char* kEnvironment = "environment";

std::string_view RuleOf(std::string_view name) {
  const auto& rows = AllSettings();
  return std::find_if(rows.begin(), rows.end(), [&](const SettingInfo& row) { return row.name == name; })->rule;
}

std::string UpperCase(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper;
}

}  // namespace

std::string Shortened(std::string_view text) {
  constexpr std::size_t kMost = 100;
  std::string shown(text.substr(0, kMost));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text.size() > kMost ? shown + "..." : shown;
}

std::optional<GivenValue> Reader::GivenOrEmpty(std::string_view name) const {
  std::optional<std::string> text = environment_(name);
  // The proxies' names are written in both cases everywhere else, too.
  if (!text && name.ends_with("_proxy")) text = environment_(UpperCase(name));
  if (text) return GivenValue{std::move(*text), {}, false, kEnvironment};
  const auto found = file_.values.find(name);
  if (found == file_.values.end()) return std::nullopt;
  return found->second;
}

std::optional<GivenValue> Reader::Given(std::string_view name) const {
  std::optional<GivenValue> value = GivenOrEmpty(name);
  if (value && value->text.empty()) {
    const auto found = file_.values.find(name);
    value = found == file_.values.end() || found->second.text.empty() ? std::nullopt : std::optional(found->second);
  }
  return value;
}

std::optional<std::string> Reader::Text(std::string_view name) const {
  std::optional<GivenValue> value = Given(name);
  if (!value) return std::nullopt;
  return std::move(value->text);
}

void Reader::Complain(std::string_view name, std::string_view error) {
  const std::optional<GivenValue> value = Given(name);
  const bool in_file = value && value->source != kEnvironment;
  errors_.push_back(in_file ? fmt::format("{}: {}", value->source, error) : std::string(error));
}

void Reader::Refuse(std::string_view name, std::string_view value, std::string_view trouble) {
  const bool secret = IsSecret(name, value);
  const std::string shown = secret ? "has an invalid value" : fmt::format("is '{}'", Shortened(value));
  const std::string detail = secret || trouble.empty() ? "" : fmt::format("; {}", trouble);
  Complain(name, fmt::format("{} {}{}; accepted: {}.", name, shown, detail, RuleOf(name)));
}

bool Reader::Seconds(std::string_view name, std::chrono::milliseconds& target, double most, bool zero_allowed) {
  return Read(name, [&](std::string_view text) {
    const auto seconds = ParseDouble(TrimBlanks(text));
    if (!seconds || *seconds < 0 || *seconds > most || (*seconds == 0 && !zero_allowed)) return false;
    const auto ms = static_cast<std::int64_t>(*seconds * 1000 + 0.5);
    target = std::chrono::milliseconds(*seconds == 0 ? 0 : std::max<std::int64_t>(ms, 1));
    return true;
  });
}

void Reader::Bool(std::string_view name, bool& target) {
  Choice<bool>(name, target,
               {{"true", true}, {"1", true}, {"yes", true}, {"on", true}, {"false", false}, {"0", false}, {"no", false}, {"off", false}});
}

void Reader::Pairs(std::string_view name, Parameters& target) {
  const std::optional<GivenValue> value = Given(name);
  if (!value) return;
  for (const std::string& item : ItemsOf(*value, ",")) {
    const std::size_t equals = item.find('=');
    if (equals == std::string::npos || equals == 0) {
      Refuse(name, value->text, fmt::format("its item '{}' has no {}", Shortened(item), equals == 0 ? "name" : "'='"));
      return;
    }
    target.emplace_back(item.substr(0, equals), item.substr(equals + 1));
  }
}

void Reader::Networks(std::string_view name, IpNetworks& target) {
  const std::optional<GivenValue> value = Given(name);
  if (!value) return;
  auto networks = IpNetworks::Parse(value->text);
  if (networks) {
    target = std::move(*networks);
  } else {
    Refuse(name, value->text, Shortened(networks.error().detail));
  }
}

std::vector<std::string> Reader::ItemsOf(const GivenValue& value, std::string_view separators) {
  if (value.itemized) return value.items;
  std::vector<std::string> items;
  std::string_view rest = value.text;
  for (;;) {
    const std::size_t end = rest.find_first_of(separators);
    items.emplace_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  while (!items.empty() && items.back().empty()) items.pop_back();
  return items;
}

}  // namespace plenary::config
