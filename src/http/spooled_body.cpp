#include "http/spooled_body.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

namespace plenary::http {
namespace {

Status IoError(const std::string& what) { return Fail(ErrorCode::kIo, what + ": " + std::strerror(errno)); }

/// An unnamed file where the file system knows such, else one that is unlinked at once.
int OpenUnnamed(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR) return -1;
  std::string name = directory + "/plenary-body-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

bool WriteAll(int fd, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return true;
}

}  // namespace

SpooledBody::SpooledBody(std::string directory) : directory_(std::move(directory)) {}

SpooledBody::~SpooledBody() {
  if (fd_ >= 0) ::close(fd_);
}

SpooledBody::SpooledBody(SpooledBody&& other) noexcept
    : directory_(other.directory_),
      memory_(std::exchange(other.memory_, {})),
      fd_(std::exchange(other.fd_, -1)),
      size_(std::exchange(other.size_, 0)) {}

SpooledBody& SpooledBody::operator=(SpooledBody&& other) noexcept {
  std::swap(directory_, other.directory_);
  std::swap(memory_, other.memory_);
  std::swap(fd_, other.fd_);
  std::swap(size_, other.size_);
  return *this;
}

Status SpooledBody::Append(std::string_view bytes) {
  if (in_memory()) {
    if (size_ + bytes.size() <= kMemoryLimit) {
      memory_.append(bytes);
      size_ += bytes.size();
      return {};
    }
    const int fd = OpenUnnamed(directory_);
    if (fd < 0) return IoError("cannot spool a body in " + directory_);
    if (!WriteAll(fd, memory_, 0)) {
      const Status failed = IoError("cannot spool a body in " + directory_);
      ::close(fd);
      return failed;
    }
    fd_ = fd;
    memory_ = {};
  }
  if (!WriteAll(fd_, bytes, size_)) return IoError("cannot spool a body in " + directory_);
  size_ += bytes.size();
  return {};
}

Status SpooledBody::ReadAt(std::uint64_t offset, std::size_t max, std::string& out) const {
  out.clear();
  if (offset >= size_) return {};
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(max, size_ - offset));
  if (in_memory()) {
    out.assign(memory_, static_cast<std::size_t>(offset), wanted);
    return {};
  }
  out.resize(wanted);
  std::size_t got = 0;
  while (got < wanted) {
    const ssize_t n = ::pread(fd_, out.data() + got, wanted - got, static_cast<off_t>(offset + got));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      out.clear();
      return IoError("cannot read a spooled body");
    }
    got += static_cast<std::size_t>(n);
  }
  return {};
}

}  // namespace plenary::http
