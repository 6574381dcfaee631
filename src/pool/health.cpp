#include "pool/health.hpp"

namespace plenary::pool {
namespace {

HealthChange Flip(Node& node, bool online) {
  node.healthy_counter = 0;
  node.unhealthy_counter = 0;
  node.online = online;
  return online ? HealthChange::kCameOnline : HealthChange::kWentOffline;
}

}  // namespace

HealthChange OnPollSuccess(Node& node, const HealthSettings& settings) {
  node.unhealthy_counter = 0;
  if (node.online) return HealthChange::kNone;
  if (++node.healthy_counter < settings.healthy_threshold) return HealthChange::kNone;
  return Flip(node, true);
}

HealthChange OnPollFailure(Node& node, const HealthSettings& settings) {
  node.healthy_counter = 0;
  if (!node.online) return HealthChange::kNone;
  if (++node.unhealthy_counter < settings.unhealthy_threshold) return HealthChange::kNone;
  return Flip(node, false);
}

}  // namespace plenary::pool
