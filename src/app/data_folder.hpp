// The data folder: one owner at a time (lock file), private to its user (0700), with the files' names in one place.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"

namespace plenary::app {

class DataFolder {
 public:
  /// Makes the folder (0700) when it is missing and takes its lock. kConflict when another process owns it for longer than `patience` (a command
  /// holds the lock for a moment), kPermission when the folder or a file in
  /// it is open to others, kIo otherwise; each says what to do.
  static Result<std::unique_ptr<DataFolder>> Own(std::string path, std::chrono::milliseconds patience = {});
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string StateDb() const { return path_ + "/state.db"; }
  std::string RecordsDb() const { return path_ + "/records.db"; }
  std::string Spool() const { return path_; }  // unlinked temporary files

  /// The shared secret for front-ends when none is set: read from the file `secret`, made on the first call.
  Result<std::string> SharedSecret(Random& random) const;

 private:
  DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_;
};

/// True when it exists and somebody has kept state in it.
bool HoldsState(const std::string& data_dir);
/// The control socket of the folder's owner.
std::string ControlSocketPath(const std::string& data_dir);
/// True when another process holds the folder's lock.
bool IsOwned(const std::string& data_dir);

}  // namespace plenary::app
