// When a node counts as online (spec scalelite 7.2): thresholds over consecutive polls. Pure.
#pragma once

#include "pool/node.hpp"

namespace plenary::pool {

struct HealthSettings {
  int healthy_threshold = 1;    // SERVER_HEALTHY_THRESHOLD
  int unhealthy_threshold = 2;  // SERVER_UNHEALTHY_THRESHOLD
};

enum class HealthChange { kNone, kCameOnline, kWentOffline };

/// Updates counters and `online`. Statistics count only when the node is online afterwards (the caller checks node.online).
HealthChange OnPollSuccess(Node& node, const HealthSettings& settings);
HealthChange OnPollFailure(Node& node, const HealthSettings& settings);

}  // namespace plenary::pool
