#include "pool/health.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plenary::pool {
namespace {

TEST(Health, OneSuccessBringsANodeOnline) {
  Node node;
  EXPECT_EQ(OnPollSuccess(node, {}), HealthChange::kCameOnline);
  EXPECT_TRUE(node.online);
  EXPECT_EQ(OnPollSuccess(node, {}), HealthChange::kNone);
}

TEST(Health, OnlyFailuresInARowTakeItOffline) {
  Node node{.online = true};
  EXPECT_EQ(OnPollFailure(node, {}), HealthChange::kNone);
  EXPECT_EQ(OnPollSuccess(node, {}), HealthChange::kNone);
  EXPECT_EQ(OnPollFailure(node, {}), HealthChange::kNone);
  EXPECT_TRUE(node.online);
  EXPECT_EQ(OnPollFailure(node, {}), HealthChange::kWentOffline);
  EXPECT_FALSE(node.online);
  EXPECT_EQ(OnPollFailure(node, {}), HealthChange::kNone);
}

TEST(Health, AHigherThresholdNeedsSuccessesInARow) {
  Node node;
  const HealthSettings settings{.healthy_threshold = 2};
  EXPECT_EQ(OnPollSuccess(node, settings), HealthChange::kNone);
  EXPECT_EQ(OnPollFailure(node, settings), HealthChange::kNone);
  EXPECT_EQ(OnPollSuccess(node, settings), HealthChange::kNone);
  EXPECT_FALSE(node.online);
  EXPECT_EQ(OnPollSuccess(node, settings), HealthChange::kCameOnline);
}

RC_GTEST_PROP(Health, StateFollowsTheLastRun, (const std::vector<bool>& polls)) {
  const HealthSettings settings{.healthy_threshold = *rc::gen::inRange(1, 4), .unhealthy_threshold = *rc::gen::inRange(1, 4)};
  Node node;
  bool online = false;
  int run = 0;  // consecutive polls that speak against the present state
  for (const bool ok : polls) {
    const HealthChange change = ok ? OnPollSuccess(node, settings) : OnPollFailure(node, settings);
    run = ok == online ? 0 : run + 1;
    const bool flips = run >= (online ? settings.unhealthy_threshold : settings.healthy_threshold) && run > 0;
    if (flips) {
      online = !online;
      run = 0;
    }
    RC_ASSERT(node.online == online);
    RC_ASSERT((change != HealthChange::kNone) == flips);
  }
}

}  // namespace
}  // namespace plenary::pool
