#include "nodes/node_calls.hpp"

#include <gtest/gtest.h>

namespace plenary::nodes {
namespace {

using std::chrono::milliseconds;

TEST(Shortened, FollowsScalelite) {  // spec scalelite 1.10.3
  const CallTimeouts defaults{milliseconds(5'000), milliseconds(10'000)};
  EXPECT_EQ(defaults.Shortened().connect, milliseconds(1'000));
  EXPECT_EQ(defaults.Shortened().response, milliseconds(1'000));
  const CallTimeouts short_ones{milliseconds(1'000), milliseconds(1'000)};
  EXPECT_EQ(short_ones.Shortened().connect, milliseconds(200));
  EXPECT_EQ(short_ones.Shortened().response, milliseconds(500));
  const CallTimeouts tiny{milliseconds(100), milliseconds(100)};
  EXPECT_EQ(tiny.Shortened().connect, milliseconds(100));
  EXPECT_EQ(tiny.Shortened().response, milliseconds(100));
}

}  // namespace
}  // namespace plenary::nodes
