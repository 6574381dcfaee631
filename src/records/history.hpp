// Why meetings went where they went and how big they became, kept in `records.db` for explaining and learning. Never in anybody's
// way: records are queued (bounded) and written by a thread of its own; when the file is damaged, full or gone, that is logged and
// records are dropped while everything else goes on. The last kMaxRows of each kind are kept.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pool/placement.hpp"

namespace plenary::records {

class History final : public pool::HistorySink {
 public:
  /// A line for the log; called on the writer's thread.
  using Warn = std::function<void(std::string)>;

  static constexpr std::size_t kMaxRows = 100'000;
  static constexpr std::size_t kMaxQueued = 20'000;

  /// Never fails: the file is opened (or created, 0600) by the thread. `max_rows` of each kind are kept.
  History(std::string path, Warn warn, std::size_t max_rows = kMaxRows);
  /// Writes what is queued.
  ~History() override;

  /// Any thread; a lock and a copy.
  void Record(pool::Decision decision) override;
  void Record(pool::RoomHistory room) override;

  /// The newest decision about a tenant's meeting ("" = without a tenant); nothing when there is none or the file can't be read.
  /// Blocks: for the blocking pool.
  std::optional<pool::Decision> LastDecision(std::string_view tenant_id, std::string_view meeting_id);
  /// Returns when everything recorded before has been written or dropped.
  void Flush();

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace plenary::records
