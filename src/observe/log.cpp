#include "observe/log.hpp"

#include <chrono>
#include <ctime>

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace plenary::observe {

namespace {

constexpr std::size_t kQueue = 8192;  // lines; the oldest are dropped when the terminal can't keep up

std::string_view Name(Level level) {
  switch (level) {
    case Level::kDebug: return "debug";
    case Level::kInfo: return "info";
    case Level::kWarn: return "warn";
    default: return "error";
  }
}

}  // namespace

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void AppendTimestamp(std::string& out, long long wall_ms) {
  const std::time_t seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
                 utc.tm_min, utc.tm_sec, wall_ms % 1000);
}

struct Log::Impl {
  /// The writing thread ends first: what it still holds of the logger is then given back before the logger goes.
  ~Impl() { pool.reset(); }

  std::shared_ptr<spdlog::details::thread_pool> pool = std::make_shared<spdlog::details::thread_pool>(kQueue, 1);
  std::shared_ptr<spdlog::async_logger> logger = std::make_shared<spdlog::async_logger>(
      "plenary", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool, spdlog::async_overflow_policy::overrun_oldest);
};

Log::Log(Level level, bool json) : level_(level), json_(json) {
  if (level_ == Level::kOff) return;
  impl_ = std::make_unique<Impl>();
  impl_->logger->set_pattern("%v");
  impl_->logger->set_level(spdlog::level::trace);
}

Log::~Log() { Flush(); }

void Log::Flush() {
  if (impl_) impl_->logger->flush();
}

void Log::Write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (!Enabled(level)) return;
  std::string line;
  const long long now = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  if (json_) {
    line += "{\"time\":\"";
    AppendTimestamp(line, now);
    fmt::format_to(std::back_inserter(line), "\",\"level\":\"{}\",\"message\":", Name(level));
    AppendQuoted(line, message);
    for (const Field& field : fields) {
      line += ',';
      AppendQuoted(line, field.key);
      line += ':';
      AppendQuoted(line, field.value);
    }
    line += '}';
  } else {
    AppendTimestamp(line, now);
    fmt::format_to(std::back_inserter(line), " {:<5} {}", Name(level), message);
    for (const Field& field : fields) {
      fmt::format_to(std::back_inserter(line), " {}=", field.key);
      AppendQuoted(line, field.value);
    }
  }
  impl_->logger->log(spdlog::level::critical, std::string_view(line));
  if (level >= Level::kWarn) impl_->logger->flush();
}

}  // namespace plenary::observe
