#include "state/sqlite/sqlite_store.hpp"

#include <utility>

#include "state/sqlite/sqlite_journal.hpp"
#include "state/sqlite/state_file.hpp"

namespace plenary::state {

Result<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path, StateOptions options, Clock& clock, Random& random,
                                                       pool::HistorySink* history) {
  SavedRows rows;
  auto database = sqlite::OpenStateFile(path, rows);
  if (!database) return tl::unexpected<Error>(std::move(database.error()));
  auto journal = std::make_unique<sqlite::SqliteJournal>(std::move(*database));
  std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(journal), options, clock, random, history));
  store->Load(std::move(rows));
  return store;
}

}  // namespace plenary::state
