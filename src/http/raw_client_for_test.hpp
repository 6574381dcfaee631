// Blocking sockets for the tests of this folder: what a client or a server really sends and receives, byte by byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plenary::http::test {

class RawSocket {
 public:
  explicit RawSocket(int fd) : fd_(fd) {}
  static RawSocket ConnectTcp(std::uint16_t port);
  static RawSocket ConnectUnix(const std::string& path);
  RawSocket(RawSocket&& other) noexcept;
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket();

  bool connected() const { return fd_ >= 0; }
  /// False when the other side doesn't take it.
  bool Send(std::string_view bytes);
  /// Something, or "" at the end of the stream, after an error, or after `timeout_ms` (then timed_out()).
  std::string ReadSome(int timeout_ms = 3'000);
  /// Until the other side closes.
  std::string ReadToEnd(int timeout_ms = 3'000);
  /// One reply with its body by Content-Length; what follows is kept for the next call. `head_only`: the reply to a HEAD.
  std::string ReadReply(bool head_only = false);
  bool timed_out() const { return timed_out_; }
  /// The end of the stream was seen within the time.
  bool ClosedWithin(int timeout_ms);
  void FinishSending();
  /// Closes with a reset instead of an orderly end.
  void Reset();
  void Close();

 private:
  int fd_;
  bool timed_out_ = false;
  std::string kept_;
};

/// A listening socket on 127.0.0.1 with a free port.
class RawListener {
 public:
  RawListener();
  ~RawListener();
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;
  std::uint16_t port() const { return port_; }
  /// Blocks until somebody connects, or for `timeout_ms`; then connected() is false.
  RawSocket Accept(int timeout_ms = 5'000);

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

/// "HTTP/1.1 200 OK…" → 200; 0 when it isn't a reply.
int StatusOf(std::string_view reply);
std::string_view BodyOf(std::string_view reply);
/// Value of the first field of that name, as sent.
std::string FieldOf(std::string_view reply, std::string_view name);

}  // namespace plenary::http::test
