// The access log: one line per request, formatted on the serving thread into that thread's buffer and written out by one background
// thread every 200 ms. No lock is contended on the hot path. Lines hold call, outcome and times; never a query, a checksum or a name.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace plenary::observe {

struct AccessEntry {
  std::int64_t wall_ms = 0;
  std::string_view request_id, method, call, outcome, server_id, peer;
  int status = 0;
  std::uint64_t bytes = 0, elapsed_us = 0;
};

class AccessLog {
 public:
  AccessLog(bool enabled, bool json, int file_descriptor);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  bool enabled() const { return impl_ != nullptr; }
  /// Any thread. Drops the line when this thread's buffer is full (1 MB: the reader of the log stands still); drops are told in the log.
  void Write(const AccessEntry& entry);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenary::observe
