#include "state/sqlite/sqlite_journal.hpp"

#include <sqlite3.h>

#include <chrono>
#include <future>
#include <utility>

#include <SQLiteCpp/Exception.h>

namespace plenary::state::sqlite {
namespace {

constexpr auto kIdle = std::chrono::milliseconds(300);     // without work for so long, the writer tidies up
constexpr std::size_t kMaxGroup = 4096;                    // changes in one transaction
constexpr std::size_t kMaxRowsInWal = 100'000;             // then a checkpoint is made although there is work

std::string KeyOf(const Row& row) {
  if (const auto* put_node = std::get_if<PutNode>(&row)) return "n" + put_node->node->node.id;
  if (const auto* drop_node = std::get_if<DropNode>(&row)) return "n" + drop_node->id;
  if (const auto* put_end = std::get_if<PutEnd>(&row)) return "e" + std::to_string(put_end->end.id);
  if (const auto* drop_end = std::get_if<DropEnd>(&row)) return "e" + std::to_string(drop_end->id);
  if (const auto* put_over = std::get_if<PutMeetingEnd>(&row)) return "o" + std::to_string(put_over->end.id);
  if (const auto* drop_over = std::get_if<DropMeetingEnd>(&row)) return "o" + std::to_string(drop_over->id);
  if (const auto* put_tenant = std::get_if<PutTenant>(&row)) return "t" + put_tenant->tenant->tenant.id;
  if (const auto* drop_tenant = std::get_if<DropTenant>(&row)) return "t" + drop_tenant->id;
  if (const auto* put_token = std::get_if<PutToken>(&row)) return "a" + put_token->token.id;
  if (const auto* drop_token = std::get_if<DropToken>(&row)) return "a" + drop_token->id;
  const auto* put_meeting = std::get_if<PutMeeting>(&row);
  const pool::Meeting& meeting = put_meeting != nullptr ? *put_meeting->meeting : *std::get<DropMeeting>(row).meeting;
  return "m" + std::to_string(meeting.tenant_id.size()) + ":" + meeting.tenant_id + meeting.meeting_id;
}

}  // namespace

SqliteJournal::SqliteJournal(std::unique_ptr<SQLite::Database> database)
    : database_(std::move(database)), rows_(*database_), thread_([this] { Run(); }) {}

SqliteJournal::~SqliteJournal() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_one();
  thread_.join();
}

void SqliteJournal::Append(std::vector<Change> changes) {
  {
    const std::lock_guard lock(mutex_);
    queue_.insert(queue_.end(), std::make_move_iterator(changes.begin()), std::make_move_iterator(changes.end()));
  }
  queued_.notify_one();
}

void SqliteJournal::Flush() {
  std::promise<void> written;
  Change marker;
  marker.done = [&written](const Status&) { written.set_value(); };
  std::vector<Change> changes;
  changes.push_back(std::move(marker));
  Append(std::move(changes));
  written.get_future().wait();
}

void SqliteJournal::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    queued_.wait_for(lock, kIdle, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty() && stopping_) break;
    std::vector<Change> group;
    if (queue_.size() <= kMaxGroup) {
      group.swap(queue_);
    } else {
      const auto end = queue_.begin() + kMaxGroup;
      group.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
      queue_.erase(queue_.begin(), end);
    }
    lock.unlock();
    const bool idle = group.empty();
    if (!idle) WriteGroup(std::move(group));
    if (idle && !backlog_.empty()) (void)WriteBacklog();
    if ((idle && rows_in_wal_ > 0) || rows_in_wal_ > kMaxRowsInWal) Checkpoint();
    lock.lock();
  }
  lock.unlock();
  if (!backlog_.empty()) (void)WriteBacklog();
}

void SqliteJournal::WriteGroup(std::vector<Change> group) {
  std::vector<const Row*> rows;
  for (const auto& [key, row] : backlog_) rows.push_back(&row);
  for (const Change& change : group) {
    for (const Row& row : change.rows) rows.push_back(&row);
  }
  std::vector<Status> outcomes(group.size());
  if (Transaction(rows)) {
    backlog_.clear();
  } else {
    WriteSingly(group, outcomes);
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (group[i].done) group[i].done(outcomes[i]);
  }
}

void SqliteJournal::WriteSingly(std::vector<Change>& group, std::vector<Status>& outcomes) {
  if (!backlog_.empty()) (void)WriteBacklog();
  for (std::size_t i = 0; i < group.size(); ++i) {
    std::vector<const Row*> rows;
    for (const Row& row : group[i].rows) rows.push_back(&row);
    outcomes[i] = Transaction(rows);
    for (Row& row : group[i].rows) {
      if (outcomes[i]) {
        backlog_.erase(KeyOf(row));  // an older value of the same row must not come after it
      } else if (!group[i].required) {
        backlog_.insert_or_assign(KeyOf(row), std::move(row));
      }
    }
  }
}

Status SqliteJournal::WriteBacklog() {
  std::vector<const Row*> rows;
  for (const auto& [key, row] : backlog_) rows.push_back(&row);
  Status written = Transaction(rows);
  if (written) backlog_.clear();
  return written;
}

Status SqliteJournal::Transaction(const std::vector<const Row*>& rows) {
  if (rows.empty()) return {};
  try {
    database_->exec("BEGIN IMMEDIATE");
    for (const Row* row : rows) rows_.Write(*row);
    database_->exec("COMMIT");
    rows_in_wal_ += rows.size();
    return {};
  } catch (const SQLite::Exception& error) {
    Status failed = Fail(ErrorCode::kIo, std::string("state.db can't be written: ") + error.what());
    // After some errors SQLite has rolled back by itself.
    if (sqlite3_get_autocommit(database_->getHandle()) == 0) (void)database_->tryExec("ROLLBACK");
    return failed;
  }
}

void SqliteJournal::Checkpoint() {
  // Without success (a full disk) the WAL goes on to hold everything; nothing is lost and it is tried again after the next commit.
  if (database_->tryExec("PRAGMA wal_checkpoint(PASSIVE)") == SQLITE_OK) rows_in_wal_ = 0;
}

}  // namespace plenary::state::sqlite
