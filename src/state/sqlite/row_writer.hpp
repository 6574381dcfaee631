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
  void Put(const pool::MeetingEnd& end);
  void Put(const pool::Tenant& tenant);
  void PutLists(const pool::Tenant& tenant);  // its settings and retired secrets
  void Put(const pool::ApiToken& token);
  void DropNode(const std::string& id);
  void DropTenant(const std::string& id);
  void Drop(const pool::Meeting& meeting);

  SQLite::Statement put_node_, put_meeting_, put_end_, put_meeting_end_, put_tenant_, put_setting_, put_retired_, put_token_;
  SQLite::Statement drop_node_, drop_meetings_of_node_, drop_ends_of_node_, drop_tokens_of_node_;
  SQLite::Statement drop_tenant_, drop_settings_, drop_retired_, drop_tokens_of_tenant_;
  SQLite::Statement drop_meeting_, drop_end_, drop_meeting_end_, drop_token_;
};

}  // namespace plenary::state::sqlite
