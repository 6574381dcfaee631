// The tables of `records.db` that hold decisions and room histories: SQL that SQLite and PostgreSQL both read, by SOCI. Blocking; throws
// soci::soci_error. One thread at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <soci/soci.h>

#include "pool/placement.hpp"

namespace plenary::records {

using Record = std::variant<pool::Decision, pool::RoomHistory>;

class HistoryFile {
 public:
  /// Opens or creates it.
  explicit HistoryFile(const std::string& path);

  /// In one transaction.
  void Append(std::span<const Record> records);
  /// Drops all but the last `max_rows` of each kind.
  void Prune(std::size_t max_rows);
  std::optional<pool::Decision> LastDecision(std::string_view tenant_id, std::string_view meeting_id);

 private:
  soci::session sql_;
};

}  // namespace plenary::records
