#include "app/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/encoding.hpp"

namespace plenary::app {

namespace {

namespace fs = std::filesystem;

std::string LockPath(const std::string& folder) { return folder + "/lock"; }

tl::unexpected<Error> SystemFailure(const std::string& what) { return Fail(ErrorCode::kIo, what + ": " + std::strerror(errno)); }

/// Nobody else may read state: it holds secrets. Wider permissions are refused, not repaired: somebody may have relied on them.
Status CheckPrivate(const std::string& path, mode_t forbidden, const char* wanted) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return SystemFailure("The data folder can't be read: " + path);
  if ((info.st_mode & forbidden) != 0) {
    return Fail(ErrorCode::kPermission, path + " is open to other users. It holds secrets: run  chmod " + wanted + " '" + path + "'  and start again.");
  }
  return {};
}

}  // namespace

std::string ControlSocketPath(const std::string& data_dir) { return data_dir + "/plenary.sock"; }

bool HoldsState(const std::string& data_dir) {
  std::error_code failed;
  return fs::exists(data_dir + "/state.db", failed);
}

bool IsOwned(const std::string& data_dir) {
  const int fd = ::open(LockPath(data_dir).c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return false;
  const bool owned = ::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(fd);
  return owned;
}

Result<std::unique_ptr<DataFolder>> DataFolder::Own(std::string path, std::chrono::milliseconds patience) {
  std::error_code failed;
  const bool existed = fs::exists(path, failed);
  if (!existed) {
    const fs::path parent = fs::path(path).parent_path();
    if (!parent.empty()) fs::create_directories(parent, failed);
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
      return Fail(ErrorCode::kIo, "The data folder can't be made: " + path + ": " + std::strerror(errno) + ". Set PLENARY_DATA_DIR or --data to a folder that this user may write.");
    }
  }
  const bool empty = existed && fs::is_directory(path, failed) && fs::is_empty(path, failed);
  if (empty) ::chmod(path.c_str(), 0700);  // made by hand a moment ago, nothing in it yet
  if (const Status status = CheckPrivate(path, 077, "700"); !status) return tl::unexpected(status.error());
  const int lock = ::open(LockPath(path).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return SystemFailure("The data folder can't be locked: " + path);
  const auto give_up = std::chrono::steady_clock::now() + patience;
  bool locked = ::flock(lock, LOCK_EX | LOCK_NB) == 0;
  while (!locked && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    locked = ::flock(lock, LOCK_EX | LOCK_NB) == 0;
  }
  if (!locked) {
    ::close(lock);
    return Fail(ErrorCode::kConflict, "The data folder " + path + " is in use by another Plenary. Stop that one, or give this one a folder of its own (PLENARY_DATA_DIR or --data).");
  }
  auto folder = std::unique_ptr<DataFolder>(new DataFolder(std::move(path), lock));
  for (const auto& entry : fs::directory_iterator(folder->path_, failed)) {
    if (!entry.is_regular_file(failed)) continue;
    if (const Status status = CheckPrivate(entry.path().string(), 077, "600"); !status) return tl::unexpected(status.error());
  }
  return folder;
}

DataFolder::~DataFolder() { ::close(lock_); }

Result<std::string> DataFolder::SharedSecret(Random& random) const {
  const std::string path = path_ + "/secret";
  if (std::ifstream in(path); in) {
    std::string line;
    std::getline(in, line);
    const std::string secret(TrimBlanks(line));
    if (secret.empty()) return Fail(ErrorCode::kCorrupt, path + " is empty. Write the shared secret into it, or remove it to have a new one made.");
    return secret;
  }
  const std::string secret = random.Text(40, kAlphanumerics);
  const std::string draft = path + ".new";
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return SystemFailure("The shared secret can't be stored: " + path);
  const std::string text = secret + "\n";
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  const int why = errno;
  ::close(fd);
  if (!written || ::rename(draft.c_str(), path.c_str()) != 0) {
    if (!written) errno = why;
    return SystemFailure("The shared secret can't be stored: " + path);
  }
  return secret;
}

}  // namespace plenary::app
