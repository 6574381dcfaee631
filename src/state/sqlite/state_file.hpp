// Opening `state.db`: checks, bringing it to the present format, and reading all of it. Start-up only.
#pragma once

#include <memory>
#include <string>

#include <SQLiteCpp/Database.h>

#include "base/result.hpp"
#include "state/journal.hpp"

namespace plenary::state::sqlite {

/// Opens or creates the file and fills `rows`. Errors as SqliteStore::Open.
Result<std::unique_ptr<SQLite::Database>> OpenStateFile(const std::string& path, SavedRows& rows);

}  // namespace plenary::state::sqlite
