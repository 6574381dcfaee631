#include "pool/sliding_second.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plenary::pool {
namespace {

TEST(SlidingSecond, IsFullUntilTheOldestEventIsMoreThanASecondOld) {
  SlidingSecond window;
  EXPECT_FALSE(window.Full(2, 0));
  window.Add(0);
  window.Add(400'000);
  EXPECT_TRUE(window.Full(2, 1'000'000));  // a second holds both of its ends
  EXPECT_FALSE(window.Full(2, 1'000'001));
  window.Add(1'000'001);
  EXPECT_TRUE(window.Full(2, 1'400'000));
  EXPECT_FALSE(window.Full(3, 1'400'000));
}

RC_GTEST_PROP(SlidingSecond, NoSecondHoldsMoreThanTheLimit, ()) {
  const auto steps = *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 400'000));
  const auto limit = *rc::gen::inRange<std::int64_t>(1, 6);
  SlidingSecond window;
  std::vector<std::int64_t> admitted;
  std::int64_t now_us = 0;
  for (const std::int64_t step : steps) {
    now_us += step;
    const bool full = window.Full(limit, now_us);
    const auto nth = static_cast<std::size_t>(limit);
    const bool expected = admitted.size() >= nth && now_us - admitted[admitted.size() - nth] <= 1'000'000;
    RC_ASSERT(full == expected);
    if (full) continue;
    window.Add(now_us);
    admitted.push_back(now_us);
  }
}

}  // namespace
}  // namespace plenary::pool
