// What tenants used, per month (UTC): meetings, most people at once, participant minutes. For bills; in `records.db`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "records/database.hpp"

namespace plenary::records {

struct UsageRow {
  std::string tenant_id;  // "" = none
  std::string month;      // "2026-11"
  std::int64_t meetings = 0, peak_participants = 0;
  double participant_minutes = 0;
};

class UsageStore {
 public:
  explicit UsageStore(Database& database) : database_(database) {}
  /// Adds meetings and minutes, raises the peak. All or nothing; `done` (may be empty) on the database's thread when it is durable. kIo. Any thread.
  void Add(std::vector<UsageRow> rows, std::function<void(const Status&)> done);
  /// Sorted by month, then tenant; of one month when given. kIo. Blocks: for the blocking pool.
  Result<std::vector<UsageRow>> List(const std::optional<std::string>& month);

 private:
  Database& database_;
};

}  // namespace plenary::records
