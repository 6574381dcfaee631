#include "http/input_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace plenary::http {
namespace {
constexpr std::size_t kFirst = 4 * 1024;
constexpr std::size_t kKept = 16 * 1024;
}  // namespace

InputBuffer::Free InputBuffer::Space(std::size_t limit) {
  if (empty()) {
    begin_ = end_ = 0;
    if (capacity_ > kKept) {
      data_.reset();
      capacity_ = 0;
    }
  }
  if (begin_ > 0 && end_ == capacity_) Reserve(capacity_);
  if (end_ == capacity_) Reserve(std::max({kFirst, std::min(capacity_ * 2, limit), capacity_ + 1}));
  return {data_.get() + end_, capacity_ - end_};
}

void InputBuffer::Append(std::string_view bytes) {
  const std::size_t size = end_ - begin_;
  if (capacity_ - end_ < bytes.size()) Reserve(std::max(capacity_, size + bytes.size()));
  std::copy(bytes.begin(), bytes.end(), data_.get() + end_);
  end_ += bytes.size();
}

void InputBuffer::Reserve(std::size_t capacity) {
  const std::size_t size = end_ - begin_;
  if (capacity == capacity_) {
    std::memmove(data_.get(), data_.get() + begin_, size);
  } else {
    auto data = std::make_unique_for_overwrite<char[]>(capacity);
    std::copy(data_.get() + begin_, data_.get() + end_, data.get());
    data_ = std::move(data);
    capacity_ = capacity;
  }
  begin_ = 0;
  end_ = size;
}

}  // namespace plenary::http
