#include "poller/usage_meter.hpp"

#include <gtest/gtest.h>

namespace plenary::poller {
namespace {

constexpr std::int64_t kNovember = 1'795'000'000'000;  // 2026-11-18
constexpr std::int64_t kDecember = kNovember + 14ll * 86'400'000;

TEST(UsageSums, MinutesPeakAndMeetingsPerMonthAndTenant) {
  UsageSums sums;
  state::TenantMeters meters, other;
  meters.participants = 30;
  meters.created = 2;
  sums.Take("t1", meters, std::chrono::seconds(10), kNovember);
  meters.participants = 6;
  meters.created = 3;
  sums.Take("t1", meters, std::chrono::seconds(20), kNovember);
  sums.Take("t1", meters, std::chrono::seconds(60), kDecember);
  sums.Take("t2", other, std::chrono::seconds(60), kNovember);

  const std::vector<records::UsageRow> rows = sums.Collect();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].month, "2026-11");
  EXPECT_EQ(rows[0].tenant_id, "t1");
  EXPECT_EQ(rows[0].meetings, 3);
  EXPECT_EQ(rows[0].peak_participants, 30);
  EXPECT_DOUBLE_EQ(rows[0].participant_minutes, 5 + 2);
  EXPECT_EQ(rows[1].month, "2026-12");
  EXPECT_EQ(rows[1].meetings, 0);
  EXPECT_DOUBLE_EQ(rows[1].participant_minutes, 6);
  EXPECT_TRUE(sums.Collect().empty());
}

}  // namespace
}  // namespace plenary::poller
