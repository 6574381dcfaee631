#include "config/settings_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/encoding.hpp"
#include "base/suggest.hpp"

namespace plenary::config {
namespace {

constexpr std::size_t kMostBytes = 1u << 20;

constexpr std::array kSecretSettings = {"LOADBALANCER_SECRET", "LOADBALANCER_SECRETS", "SECRET_KEY_BASE", "DATABASE_URL",
                                        "REDIS_URL",           "FSAPI_PASSWORD",       "REDIS_SENTINELS", "AWS_SECRET_ACCESS_KEY",
                                        "AWS_SESSION_TOKEN",   "CF_PRIVATE_KEY_B64"};

const SettingInfo* FindSetting(std::string_view name) {
  const auto& rows = AllSettings();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const SettingInfo& info) { return EqualsIgnoreCase(info.name, name); });
  return row == rows.end() ? nullptr : &*row;
}

std::string UnknownKey(std::string_view key) {
  std::vector<std::string> names;
  for (const SettingInfo& row : AllSettings()) names.emplace_back(row.name);
  const std::string nearest = Nearest(key, names);
  return nearest.empty() ? "there is no such setting" : fmt::format("there is no such setting; did you mean {}?", nearest);
}

/// Nothing when the setting takes no value of this shape.
std::optional<GivenValue> ReadValue(const YAML::Node& node, const SettingInfo& row) {
  GivenValue value;
  if (node.IsScalar()) {
    value.text = node.Scalar();
    return value;
  }
  // What has no effect may have any shape.
  if (row.has_effect && row.shape != (node.IsMap() ? Shape::kMap : Shape::kList)) return std::nullopt;
  value.itemized = true;
  for (const auto& entry : node) {
    const YAML::Node& item = node.IsMap() ? entry.second : static_cast<const YAML::Node&>(entry);
    if (!item.IsScalar() || (node.IsMap() && !entry.first.IsScalar())) return std::nullopt;
    value.items.push_back(node.IsMap() ? entry.first.Scalar() + "=" + item.Scalar() : item.Scalar());
  }
  value.text = fmt::format("{}", fmt::join(value.items, ", "));
  return value;
}

std::string ShapesOf(const SettingInfo& row) {
  switch (row.shape) {
    case Shape::kList: return "a text or a list of texts";
    case Shape::kMap: return "a text or a map of texts";
    case Shape::kText: break;
  }
  return "a text";
}

std::string ErrorAt(std::string_view name, const YAML::Mark& mark, std::string_view what) {
  return fmt::format("{}:{}: {}{}", name, mark.line + 1, what, what.ends_with('?') ? "" : ".");
}

Result<std::string> ReadText(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  char buffer[16 * 1024];
  while (file.read(buffer, sizeof buffer) || file.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(file.gcount()));
    if (text.size() > kMostBytes) return Fail(ErrorCode::kTooLarge, fmt::format("The settings file {} is larger than 1 MB.", path));
  }
  if (!file.is_open() || file.bad()) {
    return Fail(ErrorCode::kIo, fmt::format("The settings file {} can't be read: {}.", path, std::strerror(errno == 0 ? EIO : errno)));
  }
  return text;
}

bool OthersMayRead(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

}  // namespace

bool IsSecret(std::string_view name, std::string_view value) {
  if (name.ends_with("_proxy")) return value.find('@') != std::string_view::npos;
  return std::find(kSecretSettings.begin(), kSecretSettings.end(), name) != kSecretSettings.end();
}

Result<SettingsFile> ReadSettingsFile(const std::string& path) {
  const auto text = ReadText(path);
  if (!text) return tl::unexpected(text.error());
  const std::string name = std::filesystem::path(path).filename();
  SettingsFile file;
  std::vector<std::string> errors;
  try {
    const YAML::Node document = YAML::Load(*text);
    if (!document.IsMap() && !document.IsNull()) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: a settings file holds lines such as \"PORT: 3000\".", name));
    }
    for (const auto& entry : document) {
      const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
      const SettingInfo* row = FindSetting(key);
      const auto complain = [&](std::string_view what) { errors.push_back(ErrorAt(name, entry.first.Mark(), fmt::format("{}: {}", key, what))); };
      if (row == nullptr) {
        complain(UnknownKey(key));
      } else if (row->name == "PLENARY_CONFIG") {
        complain("a settings file can't name another one");
      } else if (entry.second.IsNull()) {
        continue;  // "KEY:" sets nothing
      } else if (file.values.contains(row->name)) {
        complain("it is there already");
      } else if (auto value = ReadValue(entry.second, *row)) {
        value->source = fmt::format("{}:{}", name, entry.first.Mark().line + 1);
        file.values.emplace(row->name, std::move(*value));
      } else {
        complain(fmt::format("it must be {}", ShapesOf(*row)));
      }
    }
  } catch (const YAML::Exception& error) {
    return Fail(ErrorCode::kInvalidArgument, ErrorAt(name, error.mark, error.msg));
  }
  if (!errors.empty()) return Fail(ErrorCode::kInvalidArgument, fmt::format("{}", fmt::join(errors, "\n")));
  const bool holds_secrets = std::any_of(file.values.begin(), file.values.end(), [](const auto& value) {
    return !value.second.text.empty() && IsSecret(value.first, value.second.text);
  });
  if (holds_secrets && OthersMayRead(path)) {
    file.warnings.push_back(fmt::format("Everybody on this machine can read the secrets in {}; say: chmod o-r {}", path, path));
  }
  return file;
}

}  // namespace plenary::config
