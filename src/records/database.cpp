#include "records/database.hpp"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "records/records_file.hpp"
#include "records/schema.hpp"

namespace plenary::records {
namespace {

constexpr int kBusyTimeoutSeconds = 10;     // the history writes to the same file
constexpr std::size_t kMaxGroup = 1000;     // jobs in one transaction

struct Job {
  std::function<void(soci::session&)> work;
  std::function<void(const Status&)> done;
};

tl::unexpected<Error> ErrorOf(const std::string& path, const std::exception& error) {
  const auto* const sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  const int code = sqlite == nullptr ? SQLITE_OK : sqlite->result() & 0xFF;
  const auto* const by_soci = dynamic_cast<const soci::soci_error*>(&error);
  // what() of SOCI's errors tells the values of the statement as well: other people's URLs and payloads.
  const std::string message = by_soci == nullptr ? error.what() : by_soci->get_error_message();
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
    return Fail(ErrorCode::kCorrupt, path + " is damaged (" + message + "). It was left as it is. Restore it from a backup, or move it away with " +
                                         "its -wal file: callbacks that were not yet sent, webhooks and usage are lost then, servers, tenants and " +
                                         "meetings are not.");
  }
  return Fail(ErrorCode::kIo, "can't use " + path + ": " + message);
}

}  // namespace

struct Database::Impl {
  explicit Impl(std::string file) : path(std::move(file)) {
    OpenRecordsFile(writer, path, Durability::kFull, kBusyTimeoutSeconds);
    for (const char* statement : Schema()) writer << statement;
    thread = std::thread([this] { Run(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    queued.notify_one();
    thread.join();
  }

  void Add(Job job) {
    {
      const std::lock_guard lock(mutex);
      queue.push_back(std::move(job));
    }
    queued.notify_one();
  }

  void Run() {
    std::unique_lock lock(mutex);
    while (true) {
      queued.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) return;
      const auto end = queue.begin() + static_cast<std::ptrdiff_t>(std::min(queue.size(), kMaxGroup));
      std::vector<Job> group(std::make_move_iterator(queue.begin()), std::make_move_iterator(end));
      queue.erase(queue.begin(), end);
      lock.unlock();
      WriteGroup(group);
      group.clear();
      lock.lock();
    }
  }

  void WriteGroup(std::vector<Job>& group) {
    std::vector<Status> outcomes(group.size());
    if (const Status begun = Execute("BEGIN IMMEDIATE"); !begun) {
      outcomes.assign(group.size(), begun);
    } else if (!CommitTogether(group, outcomes)) {
      // The disk may have room for some of them.
      for (std::size_t i = 0; i < group.size(); ++i) outcomes[i] = CommitAlone(group[i]);
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (group[i].done) group[i].done(outcomes[i]);
    }
  }

  /// Within a transaction, where each job has a savepoint to go back to. False when the transaction is lost as a whole.
  bool CommitTogether(std::vector<Job>& group, std::vector<Status>& outcomes) {
    bool whole = true;
    for (std::size_t i = 0; whole && i < group.size(); ++i) {
      whole = Execute("SAVEPOINT job").has_value();
      if (!whole) break;
      outcomes[i] = Attempt(group[i]);
      // After some errors SQLite has rolled back everything by itself, and there is no savepoint any more.
      whole = (outcomes[i] || Execute("ROLLBACK TO SAVEPOINT job")) && Execute("RELEASE SAVEPOINT job");
    }
    if (whole && Execute("COMMIT")) return true;
    (void)Execute("ROLLBACK");
    return false;
  }

  Status CommitAlone(Job& job) {
    Status outcome = Execute("BEGIN IMMEDIATE");
    if (!outcome) return outcome;
    outcome = Attempt(job);
    if (outcome) outcome = Execute("COMMIT");
    if (!outcome) (void)Execute("ROLLBACK");
    return outcome;
  }

  Status Attempt(Job& job) {
    try {
      job.work(writer);
      return {};
    } catch (const std::exception& error) {
      return ErrorOf(path, error);
    }
  }

  Status Execute(const char* statement) {
    try {
      writer << statement;
      return {};
    } catch (const std::exception& error) {
      return ErrorOf(path, error);
    }
  }

  /// One that nobody uses at the moment, or a new one.
  std::unique_ptr<soci::session> TakeReader() {
    {
      const std::lock_guard lock(mutex);
      if (!readers.empty()) {
        auto reader = std::move(readers.back());
        readers.pop_back();
        return reader;
      }
    }
    auto reader = std::make_unique<soci::session>();
    OpenRecordsFile(*reader, path, Durability::kFull, kBusyTimeoutSeconds);
    *reader << "PRAGMA query_only=ON";
    return reader;
  }

  const std::string path;
  soci::session writer;  // the thread's, once it runs

  std::mutex mutex;
  std::condition_variable queued;
  std::vector<Job> queue;
  std::vector<std::unique_ptr<soci::session>> readers;  // idle; as many as ever read at the same time
  bool stopping = false;

  std::thread thread;
};

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::Open(std::string path) {
  try {
    return std::unique_ptr<Database>(new Database(std::make_unique<Impl>(path)));
  } catch (const std::exception& error) {
    return ErrorOf(path, error);
  }
}

void Database::Write(std::function<void(soci::session&)> work, std::function<void(const Status&)> done) {
  impl_->Add({std::move(work), std::move(done)});
}

Status Database::WriteAndWait(std::function<void(soci::session&)> work) {
  std::promise<Status> written;
  Write(std::move(work), [&written](const Status& status) { written.set_value(status); });
  return written.get_future().get();
}

Status Database::Read(const std::function<void(soci::session&)>& work) {
  try {
    auto reader = impl_->TakeReader();
    work(*reader);
    const std::lock_guard lock(impl_->mutex);
    impl_->readers.push_back(std::move(reader));
    return {};
  } catch (const std::exception& error) {
    return ErrorOf(impl_->path, error);
  }
}

void Database::Flush() {
  (void)WriteAndWait([](soci::session&) {});
}

}  // namespace plenary::records
