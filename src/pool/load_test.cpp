#include "pool/load.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plenary::pool {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000;
constexpr std::int64_t kMinute = 60'000;

TEST(Load, SeatsAddThePeopleOnTheirWay) {
  const LoadSettings settings;
  const MeetingCount old{.participants = 100, .moderators = 10, .create_time_ms = kNow - 60 * kMinute};
  EXPECT_EQ(SeatsOf(settings, old, 50, kNow), 150);
}

TEST(Load, YoungMeetingsReserveTheirSeats) {
  const LoadSettings settings;
  const MeetingCount young{.participants = 3, .create_time_ms = kNow - kMinute};
  EXPECT_EQ(SeatsOf(settings, young, 2, kNow), 15);
  EXPECT_EQ(SeatsOf(settings, young, 20, kNow), 23);
  EXPECT_EQ(SeatsOf(settings, young, 2, kNow + 14 * kMinute - 1), 15);
  EXPECT_EQ(SeatsOf(settings, young, 2, kNow + 14 * kMinute), 5);  // the buffer is over
}

TEST(Load, BreakoutsHaveNoSeatsOfTheirOwn) {
  const MeetingCount breakout{.participants = 30, .create_time_ms = kNow, .breakout = true};
  EXPECT_EQ(SeatsOf({}, breakout, 5, kNow), 0);
}

TEST(Load, ScalelitesWorkedExample) {
  const std::vector<MeetingCount> meetings = {
      {.participants = 3, .moderators = 1, .create_time_ms = kNow - kMinute},
      {.participants = 20, .moderators = 5, .create_time_ms = kNow - 60 * kMinute},
      {.participants = 30, .create_time_ms = kNow - kMinute, .breakout = true},
      {.create_time_ms = kNow - kMinute}};
  EXPECT_EQ(ScaleliteLoad({}, meetings, kNow), 55);
  EXPECT_EQ(ScaleliteLoad({.min_user_count = 2, .join_buffer_ms = 0}, meetings, kNow), 29);
}

TEST(Load, WithoutACreateTimeAMeetingIsOld) {
  const std::vector<MeetingCount> meetings = {{.participants = 1}};
  EXPECT_EQ(ScaleliteLoad({}, meetings, kNow), 1);
}

RC_GTEST_PROP(Load, OneMorePersonNeverLowersTheSeats, ()) {
  const MeetingCount count{.participants = *rc::gen::inRange<std::int64_t>(0, 500),
                           .moderators = 0,
                           .create_time_ms = kNow - *rc::gen::inRange<std::int64_t>(0, 30 * kMinute)};
  const auto handed = *rc::gen::inRange<std::int64_t>(0, 500);
  const std::int64_t seats = SeatsOf({}, count, handed, kNow);
  RC_ASSERT(seats >= count.participants + handed);
  RC_ASSERT(SeatsOf({}, count, handed + 1, kNow) >= seats);
  RC_ASSERT(SeatsOf({}, count, handed, kNow + kMinute) <= seats);
}

}  // namespace
}  // namespace plenary::pool
