#include "records/usage.hpp"

#include "records/database_for_test.hpp"

namespace plenary::records {
namespace {

class Usage : public test::DatabaseTest {
 protected:
  void Add(std::vector<UsageRow> rows) {
    const auto added = test::Await<Status>([&](auto done) { UsageStore(*database_).Add(std::move(rows), done); });
    EXPECT_TRUE(added);
  }
  std::vector<UsageRow> List(const std::optional<std::string>& month = std::nullopt) {
    return UsageStore(*database_).List(month).value();
  }
};

TEST_F(Usage, AddsUpAndKeepsThePeak) {
  Open();
  Add({{.tenant_id = "b", .month = "2026-11", .meetings = 2, .peak_participants = 30, .participant_minutes = 1.5},
       {.tenant_id = "", .month = "2026-11", .meetings = 1},
       {.tenant_id = "b", .month = "2026-10", .meetings = 7}});
  Add({{.tenant_id = "b", .month = "2026-11", .meetings = 1, .peak_participants = 20, .participant_minutes = 0.25}});
  Add({{.tenant_id = "b", .month = "2026-11", .peak_participants = 31}});
  Open();
  const auto rows = List();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].month, "2026-10");
  EXPECT_EQ(rows[1].tenant_id, "");
  EXPECT_EQ(rows[2].tenant_id, "b");
  EXPECT_EQ(rows[2].meetings, 3);
  EXPECT_EQ(rows[2].peak_participants, 31);
  EXPECT_DOUBLE_EQ(rows[2].participant_minutes, 1.75);
}

TEST_F(Usage, ListsOneMonth) {
  Open();
  Add({{.tenant_id = "a", .month = "2026-10", .meetings = 7}, {.tenant_id = "a", .month = "2026-11", .meetings = 8}});
  const auto rows = List("2026-10");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].meetings, 7);
  EXPECT_TRUE(List("2025-10").empty());
  EXPECT_TRUE(List("' OR 1 = 1 --").empty());
}

TEST_F(Usage, AnErrorIsTold) {
  Open();
  Run("DROP TABLE plenary_usage");
  const auto added = test::Await<Status>([&](auto done) { UsageStore(*database_).Add({{.month = "2026-11"}}, done); });
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kIo);
  EXPECT_FALSE(UsageStore(*database_).List(std::nullopt));
}

}  // namespace
}  // namespace plenary::records
