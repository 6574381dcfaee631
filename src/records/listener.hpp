// Somebody who wants to be told. Any thread.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

namespace plenary::records {

class Listener {
 public:
  /// When this returns, the one before is not called any more.
  void Set(std::function<void()> told) {
    const std::lock_guard lock(mutex_);
    told_ = std::move(told);
  }
  void Tell() {
    const std::lock_guard lock(mutex_);
    if (told_) told_();
  }

 private:
  std::mutex mutex_;
  std::function<void()> told_;
};

}  // namespace plenary::records
