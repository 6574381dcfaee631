#include "cli/output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/value.hpp>
#include <cmath>
#include <iterator>
#include <utility>

#include "base/encoding.hpp"

namespace plenary::cli {
namespace json = boost::json;

std::string Printable(std::string_view text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool c1_control = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1_control) ++i;
    clean += c < 0x20 || c == 0x7F || c1_control ? '?' : text[i];
  }
  return clean;
}

std::string RawText(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string Text(const json::object& object, std::string_view key) { return Printable(RawText(object, key)); }

std::optional<double> Number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

std::int64_t Integer(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return 0;
  if (value->is_int64()) return value->get_int64();
  return value->is_uint64() || value->is_double() ? static_cast<std::int64_t>(std::clamp(value->to_number<double>(), -9e15, 9e15)) : 0;
}

bool Flag(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

const json::array& Items(const json::object& object, std::string_view key) {
  static const json::array none;
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

const json::object& AsObject(const json::value& value) {
  static const json::object none;
  return value.is_object() ? value.get_object() : none;
}

const json::object& Member(const json::object& object, std::string_view key) {
  static const json::value none;
  const json::value* value = object.if_contains(key);
  return AsObject(value != nullptr ? *value : none);
}

std::string ShortNumber(std::optional<double> value) {
  if (!value) return "–";
  if (std::abs(*value) < 1e15 && *value == std::floor(*value)) return fmt::format("{:.0f}", *value);
  return fmt::format("{:.4g}", *value);
}

std::string Count(std::int64_t number, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", number, number == 1 ? singular : plural);
}

std::string Duration(std::int64_t ms) {
  const std::int64_t seconds = std::max<std::int64_t>(ms, 0) / 1000;
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7200) return fmt::format("{} min", seconds / 60);
  if (seconds < 172'800) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} d", seconds / 86'400);
}

std::string Ago(std::int64_t then_ms, std::int64_t now_ms) {
  return now_ms - then_ms < 1000 ? "just now" : Duration(now_ms - then_ms) + " ago";
}

std::optional<std::int64_t> ParseDuration(std::string_view text) {
  constexpr std::int64_t kMost = 100ll * 366 * 86'400;
  constexpr std::pair<char, std::int64_t> kUnits[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}};
  std::int64_t unit = 1;
  for (const auto& [letter, seconds] : kUnits) {
    if (!text.ends_with(letter)) continue;
    unit = seconds;
    text.remove_suffix(1);
    break;
  }
  const auto number = ParseInt(text);
  if (!number || *number < 0 || *number > kMost / unit) return std::nullopt;
  return *number * unit;
}

namespace {

constexpr std::string_view kSecretKeys[] = {"secret", "secrets", "password", "kc_password", "kc_client_secret"};

void HideSecrets(json::value& value) {
  if (value.is_array()) {
    for (json::value& item : value.get_array()) HideSecrets(item);
  } else if (value.is_object()) {
    for (auto& member : value.get_object()) {
      const bool secret = std::find(std::begin(kSecretKeys), std::end(kSecretKeys), std::string_view(member.key())) != std::end(kSecretKeys);
      if (secret) {
        member.value() = nullptr;
      } else {
        HideSecrets(member.value());
      }
    }
  }
}

}  // namespace

json::object WithoutSecrets(json::object result) {
  json::value all = std::move(result);
  HideSecrets(all);
  return std::move(all.get_object());
}

json::array ToJson(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

}  // namespace plenary::cli
