// A body of any size that is kept for sending it several times: in memory up to 256 kB, then in an unlinked temporary
// file. Movable, one owner, one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace plenary::http {

class SpooledBody {
 public:
  static constexpr std::uint64_t kMemoryLimit = 256 * 1024;

  /// `directory`: where the temporary file goes when one is needed.
  explicit SpooledBody(std::string directory = "/tmp");
  ~SpooledBody();
  SpooledBody(SpooledBody&& other) noexcept;
  SpooledBody& operator=(SpooledBody&& other) noexcept;

  /// kIo when the file can't be written (full disk).
  Status Append(std::string_view bytes);
  std::uint64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool in_memory() const { return fd_ < 0; }
  /// The whole body when in_memory(), else an empty view.
  std::string_view memory() const { return in_memory() ? std::string_view(memory_) : std::string_view(); }
  /// Reads up to `max` bytes at `offset` into `out` (replaced). Empty at the end. kIo on failure.
  Status ReadAt(std::uint64_t offset, std::size_t max, std::string& out) const;

 private:
  std::string directory_;
  std::string memory_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace plenary::http
