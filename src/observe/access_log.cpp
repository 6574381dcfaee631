#include "observe/access_log.hpp"

#include <unistd.h>

#include <atomic>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "observe/log.hpp"

namespace plenary::observe {

namespace {

constexpr std::size_t kBufferLimit = 1 << 20;

struct Buffer {
  std::mutex mutex;
  std::string lines;
  std::uint64_t dropped = 0;
};

/// The second is formatted once, not per line.
struct StampCache {
  std::int64_t second = -1;
  std::string text;
};

void AppendNumber(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end.ptr);
}

void AppendTime(std::string& out, const std::string& seconds, std::int64_t wall_ms) {
  const auto millis = static_cast<unsigned>(wall_ms % 1000);
  const char tail[] = {'.', static_cast<char>('0' + millis / 100), static_cast<char>('0' + millis / 10 % 10), static_cast<char>('0' + millis % 10), 'Z'};
  out += seconds;
  out.append(tail, sizeof tail);
}

// Written by hand: a line is part of every join, and fmt costs half a microsecond more.
void AppendText(std::string& out, const std::string& seconds, const AccessEntry& entry) {
  AppendTime(out, seconds, entry.wall_ms);
  out += " info  ";
  out += entry.method;
  out += ' ';
  out += entry.call;
  out += ' ';
  AppendNumber(out, static_cast<std::uint64_t>(entry.status));
  out += ' ';
  out += entry.outcome;
  out += " server=";
  out += entry.server_id;
  out += " bytes=";
  AppendNumber(out, entry.bytes);
  out += " us=";
  AppendNumber(out, entry.elapsed_us);
  out += " id=";
  out += entry.request_id;
  out += " peer=";
  out += entry.peer;
  out += '\n';
}

/// No value needs quoting: methods are tokens, IDs are [A-Za-z0-9._-], the rest is ours.
void AppendJson(std::string& out, const std::string& seconds, const AccessEntry& entry) {
  out += R"({"time":")";
  AppendTime(out, seconds, entry.wall_ms);
  out += R"(","level":"info","message":"request","method":")";
  out += entry.method;
  out += R"(","call":")";
  out += entry.call;
  out += R"(","outcome":")";
  out += entry.outcome;
  out += R"(","status":)";
  AppendNumber(out, static_cast<std::uint64_t>(entry.status));
  out += R"(,"server":")";
  out += entry.server_id;
  out += R"(","bytes":)";
  AppendNumber(out, entry.bytes);
  out += R"(,"us":)";
  AppendNumber(out, entry.elapsed_us);
  out += R"(,"id":")";
  out += entry.request_id;
  out += R"(","peer":")";
  out += entry.peer;
  out += "\"}\n";
}

}  // namespace

struct AccessLog::Impl {
  bool json = false;
  int fd = 2;
  std::uint64_t generation = 0;
  std::mutex mutex;
  std::condition_variable wake;
  bool stop = false;
  std::vector<std::shared_ptr<Buffer>> buffers;
  std::thread writer;

  std::shared_ptr<Buffer> NewBuffer() {
    auto buffer = std::make_shared<Buffer>();
    buffer->lines.reserve(64 * 1024);
    const std::lock_guard lock(mutex);
    buffers.push_back(buffer);
    return buffer;
  }

  void WriteOut(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t n = ::write(fd, text.data(), text.size());
      if (n <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  void Collect(std::string& spare) {
    std::vector<std::shared_ptr<Buffer>> all;
    {
      const std::lock_guard lock(mutex);
      all = buffers;
    }
    for (const auto& buffer : all) {
      std::uint64_t dropped = 0;
      spare.clear();
      {
        const std::lock_guard lock(buffer->mutex);
        spare.swap(buffer->lines);
        dropped = std::exchange(buffer->dropped, 0);
      }
      if (dropped > 0) spare += fmt::format("access log: {} lines dropped, the reader is too slow\n", dropped);
      WriteOut(spare);
    }
  }

  void Run() {
    std::string spare;
    spare.reserve(64 * 1024);
    std::unique_lock lock(mutex);
    while (!stop) {
      wake.wait_for(lock, std::chrono::milliseconds(200));
      lock.unlock();
      Collect(spare);
      lock.lock();
    }
  }
};

AccessLog::AccessLog(bool enabled, bool json, int file_descriptor) {
  if (!enabled) return;
  static std::atomic<std::uint64_t> generations{0};
  impl_ = std::make_unique<Impl>();
  impl_->json = json;
  impl_->fd = file_descriptor;
  impl_->generation = ++generations;
  impl_->writer = std::thread([impl = impl_.get()] { impl->Run(); });
}

AccessLog::~AccessLog() {
  if (!impl_) return;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stop = true;
  }
  impl_->wake.notify_all();
  impl_->writer.join();
  std::string spare;
  impl_->Collect(spare);
}

void AccessLog::Write(const AccessEntry& entry) {
  if (!impl_) return;
  thread_local std::shared_ptr<Buffer> buffer;
  thread_local std::uint64_t buffer_generation = 0;
  thread_local StampCache stamp;
  if (buffer_generation != impl_->generation) {
    buffer = impl_->NewBuffer();
    buffer_generation = impl_->generation;
  }
  const std::int64_t second = entry.wall_ms / 1000;
  if (stamp.second != second) {
    stamp.text.clear();
    AppendTimestamp(stamp.text, second * 1000);
    stamp.text.resize(19);  // up to the seconds
    stamp.second = second;
  }
  const std::lock_guard lock(buffer->mutex);
  if (buffer->lines.size() > kBufferLimit) {
    ++buffer->dropped;
    return;
  }
  if (impl_->json) {
    AppendJson(buffer->lines, stamp.text, entry);
  } else {
    AppendText(buffer->lines, stamp.text, entry);
  }
}

}  // namespace plenary::observe
