// Writes changes to `state.db` on a thread of its own: everything that is queued goes into one transaction and one fsync. When that fails,
// each change is tried alone; what memory stands by but could not be written is kept by row and tried again with every later group.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "state/journal.hpp"
#include "state/sqlite/row_writer.hpp"

namespace plenary::state::sqlite {

class SqliteJournal final : public Journal {
 public:
  explicit SqliteJournal(std::unique_ptr<SQLite::Database> database);
  ~SqliteJournal() override;

  void Append(std::vector<Change> changes) override;
  void Flush() override;

 private:
  void Run();
  void WriteGroup(std::vector<Change> group);
  void WriteSingly(std::vector<Change>& group, std::vector<Status>& outcomes);
  /// One transaction; nothing of it is left when it fails.
  Status Transaction(const std::vector<const Row*>& rows);
  Status WriteBacklog();
  void Checkpoint();

  std::unique_ptr<SQLite::Database> database_;
  RowWriter rows_;

  std::mutex mutex_;
  std::condition_variable queued_;
  std::vector<Change> queue_;
  bool stopping_ = false;

  // The thread's own.
  std::map<std::string, Row> backlog_;   // by the row's key: the newest value counts
  std::size_t rows_in_wal_ = 0;          // since the last checkpoint

  std::thread thread_;
};

}  // namespace plenary::state::sqlite
