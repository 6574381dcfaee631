// The body of the request under way: Content-Length or chunked, read only when the handler asks for it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/request_head.hpp"

namespace plenary::http {

/// What a body needs from its connection.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// Some bytes, at most `max`; 0 when the client sends no more (or not in time).
  virtual Task<std::size_t> ReadBody(char* to, std::size_t max) = 0;
  /// Sends "100 Continue". False when that fails.
  virtual Task<bool> SendContinue() = 0;
};

class RequestBody final : public BodySource {
 public:
  /// Unread bodies up to this size are swallowed so that the connection can be kept.
  static constexpr std::uint64_t kDrainLimit = 64 * 1024;

  explicit RequestBody(BodyStream& stream) : stream_(stream) {}

  /// A new request; `received`: what has arrived behind its head, valid while the request lasts.
  void Begin(const RequestHead& head, std::string_view received);

  Task<Status> ReadAll(SpooledBody& into, std::uint64_t max_bytes) override;

  /// Nothing of the body is left in the connection.
  bool complete() const { return state_ == State::kComplete; }
  /// Swallowing the rest is worth trying.
  bool drainable() const;
  /// Swallows an unread body. True when it was completed.
  Task<bool> Drain();
  /// Once complete: how many of the `received` bytes were the body's, and what was read beyond it.
  std::size_t used() const { return used_; }
  std::string_view beyond() const { return beyond_; }

 private:
  enum class State { kUnread, kBroken, kComplete };

  Task<Status> Pull(SpooledBody* into, std::uint64_t max_bytes);
  Task<Status> PullLength(SpooledBody* into);
  Task<Status> PullChunks(SpooledBody* into, std::uint64_t max_bytes);

  BodyStream& stream_;
  State state_ = State::kComplete;
  bool chunked_ = false;
  bool expects_continue_ = false;
  std::uint64_t length_ = 0;
  std::string_view received_;
  std::size_t used_ = 0;
  std::string beyond_;
};

}  // namespace plenary::http
