// A node (Scalelite's "server") as the pool knows it. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/digest.hpp"

namespace plenary::pool {

/// What the operator wants. kUnset: never set; counts as disabled (spec scalelite 4.3.2).
enum class AdminState : std::uint8_t { kUnset, kEnabled, kCordoned, kDisabled };
std::string_view AdminStateName(AdminState state);  // "enabled", "cordoned", "disabled" (kUnset too)
std::optional<AdminState> ParseAdminState(std::string_view name);

/// From the last successful poll.
struct NodeStats {
  std::int64_t meetings = 0, users = 0, largest_meeting = 0, videos = 0;
  bool operator==(const NodeStats&) const = default;
};

struct Node {
  std::string id;
  std::string url;     // as given, with or without the trailing slash
  std::string secret;
  std::string tag;     // "" = none
  double load_multiplier = 1.0;
  AdminState state = AdminState::kUnset;
  std::optional<DigestAlgorithm> checksum_algorithm;  // override for calls to this node
  std::string bbb_version;
  std::uint64_t revision = 0;    // grows with every change by an operator; for If-Match

  bool online = false;
  int healthy_counter = 0, unhealthy_counter = 0;     // spec scalelite 7.2
  bool polled = false;                                // a stats value exists
  NodeStats stats;
  std::int64_t last_poll_ok_ms = 0, last_poll_failed_ms = 0;  // wall clock, 0 = never
  std::string last_error;                             // of the last failed poll

  bool enabled() const { return state == AdminState::kEnabled; }
  bool cordoned() const { return state == AdminState::kCordoned; }
  bool disabled() const { return state == AdminState::kDisabled || state == AdminState::kUnset; }
};

/// What an operator may change; absent = keep.
struct NodePatch {
  std::optional<std::string> url, secret, tag;
  std::optional<double> load_multiplier;
  std::optional<AdminState> state;
  std::optional<std::optional<DigestAlgorithm>> checksum_algorithm;
  std::optional<std::uint64_t> if_revision;  // kConflict when the node has another by now
};

/// Node IDs that an operator may choose: [a-zA-Z0-9_.-]+ (spec scalelite 10.2).
bool IsValidNodeId(std::string_view id);

}  // namespace plenary::pool
