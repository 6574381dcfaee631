// The format of `state.db`, as the steps that made it. Start-up only.
#pragma once

#include <SQLiteCpp/Database.h>

namespace plenary::state::sqlite {

inline constexpr int kSchemaVersion = 2;  // PRAGMA user_version

/// Whether Plenary made the file (an empty one nobody did).
bool IsOurs(SQLite::Database& database);

/// Brings a file of `version` (0 = empty) to kSchemaVersion in one transaction. Throws SQLite::Exception.
void Migrate(SQLite::Database& database, int version);

}  // namespace plenary::state::sqlite
