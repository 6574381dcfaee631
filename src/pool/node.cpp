#include "pool/node.hpp"

#include <algorithm>

namespace plenary::pool {

std::string_view AdminStateName(AdminState state) {
  switch (state) {
    case AdminState::kEnabled: return "enabled";
    case AdminState::kCordoned: return "cordoned";
    case AdminState::kDisabled:
    case AdminState::kUnset: break;
  }
  return "disabled";
}

std::optional<AdminState> ParseAdminState(std::string_view name) {
  if (name == "enabled") return AdminState::kEnabled;
  if (name == "cordoned") return AdminState::kCordoned;
  if (name == "disabled") return AdminState::kDisabled;
  return std::nullopt;
}

bool IsValidNodeId(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  });
}

}  // namespace plenary::pool
