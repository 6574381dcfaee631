// Live state in one SQLite file (`state.db`): WAL, synchronous=FULL, one writer thread with group commit; `done` of a change is called
// after its fsync. The file belongs to one process; who owns the data folder is settled before.
#pragma once

#include <memory>
#include <string>

#include "state/live_state.hpp"

namespace plenary::state {

class SqliteStore final : public LiveState {
 public:
  /// Creates the file (0600) when there is none. kCorrupt, with a text for the operator and the file left as it is, when it is damaged, no
  /// state of Plenary or written by a newer version; kIo when it can't be opened. `history` may be null; all references outlive the store.
  static Result<std::unique_ptr<SqliteStore>> Open(const std::string& path, StateOptions options, Clock& clock, Random& random,
                                                   pool::HistorySink* history);

 private:
  using LiveState::LiveState;
};

}  // namespace plenary::state
