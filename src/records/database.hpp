// `records.db`: one writer thread that carries all waiting writes in one transaction (group commit, synchronous=FULL), and connections for
// reading. For what must not be lost; history (history.hpp) has a connection of its own and may drop. Owned by app/.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"

namespace soci {
class session;
}

namespace plenary::records {

class Database {
 public:
  /// Opens or creates it (0600) and its tables. kIo, kCorrupt with the way out.
  static Result<std::unique_ptr<Database>> Open(std::string path);
  /// Carries out what is queued.
  ~Database();

  /// `work` may throw soci::soci_error: then it alone fails and is undone. It runs on the writer's thread, and a second time when the transaction
  /// that it shared was lost. `done` (may be empty) after the commit or the failure, on the same thread; neither may wait for this class. kIo
  /// (a full disk, too: later writes are tried anew), kCorrupt. Any thread; never blocks.
  void Write(std::function<void(soci::session&)> work, std::function<void(const Status&)> done);
  /// The same, waited for. Blocks.
  Status WriteAndWait(std::function<void(soci::session&)> work);

  /// Runs `work` on a reading connection on the caller's thread; it sees everything that is committed. kIo, kCorrupt. Blocks: for the
  /// blocking pool.
  Status Read(const std::function<void(soci::session&)>& work);

  /// Returns when everything that was given to Write before is done.
  void Flush();

 private:
  struct Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenary::records
