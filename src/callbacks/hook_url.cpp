#include "callbacks/hook_url.hpp"

namespace plenary::callbacks {
namespace {

constexpr std::string_view kRaw = "/raw";

}  // namespace

std::string HookUrl(std::string_view public_url, std::string_view node_id, bool raw) {
  std::string url(public_url);
  url += kHookPath;
  url += node_id;
  if (raw) url += kRaw;
  return url;
}

std::optional<HookPlace> ReadHookPath(std::string_view path) {
  if (!path.starts_with(kHookPath)) return std::nullopt;
  HookPlace place{.node_id = path.substr(kHookPath.size())};
  if (place.node_id.ends_with(kRaw)) {
    place.raw = true;
    place.node_id.remove_suffix(kRaw.size());
  }
  if (place.node_id.empty() || place.node_id.find('/') != std::string_view::npos) return std::nullopt;
  return place;
}

}  // namespace plenary::callbacks
