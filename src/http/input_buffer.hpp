// The bytes that were received and not yet consumed. Storage is made on first use, moves only when space is asked for, and is given back
// when it has become large and is empty.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace plenary::http {

class InputBuffer {
 public:
  std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  struct Free {
    char* data;
    std::size_t size;
  };
  /// Space behind the bytes, at least one byte; beyond `limit` bytes storage grows only by that.
  Free Space(std::size_t limit);
  /// `n` bytes were put into Space.
  void Grew(std::size_t n) { end_ += n; }
  void Consume(std::size_t n) { begin_ += n; }
  void Append(std::string_view bytes);

 private:
  void Reserve(std::size_t capacity);

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace plenary::http
