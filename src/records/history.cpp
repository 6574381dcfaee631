#include "records/history.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "records/history_file.hpp"

namespace plenary::records {
namespace {

constexpr auto kBatchDelay = std::chrono::milliseconds(200);  // a burst of creates becomes one transaction
constexpr auto kRetryAfter = std::chrono::seconds(30);        // until the file is opened again after a failure
constexpr std::size_t kHurry = History::kMaxQueued / 2;       // queued records that are not kept waiting
constexpr std::size_t kPruneEvery = 1000;                     // records

}  // namespace

class History::Writer {
 public:
  Writer(std::string path, Warn warn, std::size_t max_rows)
      : path_(std::move(path)), warn_(std::move(warn)), max_rows_(max_rows), thread_([this] { Run(); }) {}

  ~Writer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void Add(records::Record record) {
    const std::lock_guard lock(mutex_);
    ++added_;
    if (queue_.size() >= kMaxQueued) {
      ++dropped_;
      return;
    }
    queue_.push_back(std::move(record));
    if (queue_.size() == 1 || queue_.size() == kHurry) changed_.notify_all();
  }

  void Flush() {
    std::unique_lock lock(mutex_);
    const std::size_t until = added_;
    flush_until_ = std::max(flush_until_, until);
    changed_.notify_all();
    changed_.wait(lock, [this, until] { return handled_ >= until; });
  }

  std::optional<pool::Decision> LastDecision(std::string_view tenant_id, std::string_view meeting_id) {
    Flush();
    const std::lock_guard lock(file_mutex_);
    std::optional<pool::Decision> decision;
    Guarded([&](HistoryFile& file) { decision = file.LastDecision(tenant_id, meeting_id); });
    return decision;
  }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty() || handled_ < added_; });
      changed_.wait_for(lock, kBatchDelay, [this] { return stopping_ || flush_until_ > handled_ || queue_.size() >= kHurry; });
      std::vector<records::Record> batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.end()));
      queue_.clear();
      const std::size_t until = added_;
      const std::size_t dropped = std::exchange(dropped_, 0);
      const bool last = stopping_;
      lock.unlock();
      if (dropped > 0) warn_("the room history is behind: " + std::to_string(dropped) + " records were dropped");
      WriteBatch(batch);
      lock.lock();
      handled_ = until;
      changed_.notify_all();
      if (last && queue_.empty()) return;
    }
  }

  void WriteBatch(const std::vector<records::Record>& batch) {
    if (batch.empty()) return;
    const std::lock_guard lock(file_mutex_);
    Guarded([&](HistoryFile& file) {
      file.Append(batch);
      since_prune_ += batch.size();
      if (since_prune_ < std::min(kPruneEvery, max_rows_)) return;
      file.Prune(max_rows_);
      since_prune_ = 0;
    });
  }

  /// Runs `use` on the open file; after a failure the file is left alone for a while. file_mutex_ must be held.
  template <class Use>
  void Guarded(Use use) {
    const auto now = std::chrono::steady_clock::now();
    if (!file_ && now < retry_at_) return;
    try {
      if (!file_) file_ = std::make_unique<HistoryFile>(path_);
      use(*file_);
      failing_ = false;
    } catch (const std::exception& error) {
      file_.reset();
      retry_at_ = now + kRetryAfter;
      if (std::exchange(failing_, true)) return;
      warn_("the room history can't be kept in " + path_ + ": " + error.what() + "; everything else goes on");
    }
  }

  const std::string path_;
  const Warn warn_;
  const std::size_t max_rows_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<records::Record> queue_;
  std::size_t added_ = 0, handled_ = 0, flush_until_ = 0, dropped_ = 0;
  bool stopping_ = false;

  std::mutex file_mutex_;
  std::unique_ptr<HistoryFile> file_;
  std::chrono::steady_clock::time_point retry_at_{};
  bool failing_ = false;
  std::size_t since_prune_ = kPruneEvery;  // what an earlier run left over goes with the first batch

  std::thread thread_;
};

History::History(std::string path, Warn warn, std::size_t max_rows)
    : writer_(std::make_unique<Writer>(std::move(path), std::move(warn), max_rows)) {}
History::~History() = default;

void History::Record(pool::Decision decision) { writer_->Add(std::move(decision)); }
void History::Record(pool::RoomHistory room) { writer_->Add(std::move(room)); }
std::optional<pool::Decision> History::LastDecision(std::string_view tenant_id, std::string_view meeting_id) {
  return writer_->LastDecision(tenant_id, meeting_id);
}
void History::Flush() { writer_->Flush(); }

}  // namespace plenary::records
