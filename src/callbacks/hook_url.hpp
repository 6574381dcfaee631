// Where nodes deliver the events of our hooks: one address per node and kind. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plenary::callbacks {

inline constexpr std::string_view kHookPath = "/bigbluebutton/api/callbacks/hooks/";

/// What we register at that node as callbackURL.
std::string HookUrl(std::string_view public_url, std::string_view node_id, bool raw);

struct HookPlace {
  std::string_view node_id;
  bool raw = false;
};
/// Of a path without runs of '/'; nothing for any that we never register.
std::optional<HookPlace> ReadHookPath(std::string_view path);

}  // namespace plenary::callbacks
