// The prepared statements that write one Row each. Used by the journal's thread inside its transactions.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "state/journal.hpp"

namespace plenary::state::sqlite {

class RowWriter {
 public:
  explicit RowWriter(SQLite::Database& database);
  /// Throws SQLite::Exception.
  void Write(const Row& row);

 private:
  void Put(const pool::Node& node);
  void Put(const pool::Meeting& meeting);
  void Put(const pool::PendingEnd& end);
  void Drop(const std::string& node_id);
  void Drop(const pool::Meeting& meeting);

  SQLite::Statement put_node_, put_meeting_, put_end_;
  SQLite::Statement drop_node_, drop_meetings_of_node_, drop_ends_of_node_, drop_meeting_, drop_end_;
};

}  // namespace plenary::state::sqlite
