// Structured log lines, text or JSON, to standard error. Ordinary events go through spdlog's asynchronous logger; the access log is written
// in batches by one thread (see access_log.hpp). Values must never hold secrets, checksums or passwords: callers pass IDs and reasons.
// Any thread; a call never waits for the terminal or disk.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace plenary::observe {

enum class Level { kDebug, kInfo, kWarn, kError, kOff };

struct Field {
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, long long v) : key(k), value(std::to_string(v)) {}
  std::string_view key;
  std::string value;
};

class Log {
 public:
  Log(Level level, bool json);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool Enabled(Level level) const { return level >= level_ && level_ != Level::kOff; }
  void Write(Level level, std::string_view message, std::initializer_list<Field> fields = {});
  void Info(std::string_view message, std::initializer_list<Field> fields = {}) { Write(Level::kInfo, message, fields); }
  void Warn(std::string_view message, std::initializer_list<Field> fields = {}) { Write(Level::kWarn, message, fields); }
  void Error(std::string_view message, std::initializer_list<Field> fields = {}) { Write(Level::kError, message, fields); }
  void Debug(std::string_view message, std::initializer_list<Field> fields = {}) { Write(Level::kDebug, message, fields); }

  /// Writes out what is queued.
  void Flush();
  bool json() const { return json_; }

 private:
  struct Impl;
  Level level_;
  bool json_;
  std::unique_ptr<Impl> impl_;
};

/// Appends `text` so that it stays on one line and inside quotes (JSON rules).
void AppendQuoted(std::string& out, std::string_view text);
/// "2026-11-20T16:34:41.001Z" of a wall clock in milliseconds.
void AppendTimestamp(std::string& out, long long wall_ms);

}  // namespace plenary::observe
