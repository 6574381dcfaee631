#include "pool/api_token.hpp"

#include <array>

namespace plenary::pool {
namespace {

constexpr std::array<std::string_view, 4> kNames{"admin", "read-only", "tenant", "node"};  // in the order of TokenScope

}  // namespace

std::string_view TokenScopeName(TokenScope scope) { return kNames[static_cast<std::size_t>(scope)]; }

std::optional<TokenScope> ParseTokenScope(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<TokenScope>(i);
  }
  return std::nullopt;
}

}  // namespace plenary::pool
