// A bearer token for /api/v1. Only its digest is kept. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plenary::pool {

enum class TokenScope : std::uint8_t {
  kAdmin,     // everything
  kReadOnly,  // reads everything but secrets
  kTenant,    // its own tenant: its meetings, use, callbacks, hooks
  kNode,      // its own server: reads it, changes its state
};
std::string_view TokenScopeName(TokenScope scope);  // "admin", "read-only", "tenant", "node"
std::optional<TokenScope> ParseTokenScope(std::string_view name);

struct ApiToken {
  std::string id;           // UUID; safe to show
  std::string name;         // what it is for, free text
  TokenScope scope = TokenScope::kReadOnly;
  std::string tenant_id;    // with kTenant
  std::string node_id;      // with kNode
  std::string digest;       // SHA-256 of the token, lower-case hex
  std::int64_t created_at_ms = 0;
  std::int64_t expires_at_ms = 0;  // 0 = never
};

}  // namespace plenary::pool
