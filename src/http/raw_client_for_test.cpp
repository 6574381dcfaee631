#include "http/raw_client_for_test.hpp"

#include <cstdlib>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/encoding.hpp"

namespace plenary::http::test {
namespace {

bool WaitReadable(int fd, int timeout_ms) {
  ::pollfd entry{fd, POLLIN, 0};
  return ::poll(&entry, 1, timeout_ms) > 0;
}

::sockaddr_in Loopback(std::uint16_t port) {
  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

}  // namespace

RawSocket RawSocket::ConnectTcp(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const ::sockaddr_in address = Loopback(port);
  if (::connect(fd, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) == 0) return RawSocket(fd);
  ::close(fd);
  return RawSocket(-1);
}

RawSocket RawSocket::ConnectUnix(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  if (::connect(fd, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) == 0) return RawSocket(fd);
  ::close(fd);
  return RawSocket(-1);
}

RawSocket::RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), kept_(std::move(other.kept_)) {}

RawSocket::~RawSocket() { Close(); }

void RawSocket::Close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

bool RawSocket::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string RawSocket::ReadSome(int timeout_ms) {
  if (!kept_.empty()) return std::exchange(kept_, {});
  timed_out_ = !WaitReadable(fd_, timeout_ms);
  if (timed_out_) return {};
  std::string bytes(64 * 1024, '\0');
  const ssize_t n = ::recv(fd_, bytes.data(), bytes.size(), 0);
  bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return bytes;
}

std::string RawSocket::ReadToEnd(int timeout_ms) {
  std::string all;
  while (true) {
    const std::string some = ReadSome(timeout_ms);
    if (some.empty()) return all;
    all += some;
  }
}

std::string RawSocket::ReadReply(bool head_only) {
  std::string all;
  while (true) {
    const std::size_t head_end = all.find("\r\n\r\n");
    if (head_end != std::string::npos) {
      const std::string length = FieldOf(all, "Content-Length");
      const std::size_t size = head_end + 4 + (head_only || length.empty() ? 0 : std::strtoull(length.c_str(), nullptr, 10));
      if (all.size() >= size) {
        kept_ = all.substr(size);
        all.resize(size);
        return all;
      }
    }
    const std::string some = ReadSome();
    if (some.empty()) return all;
    all += some;
  }
}

bool RawSocket::ClosedWithin(int timeout_ms) {
  const std::string rest = ReadToEnd(timeout_ms);
  return !timed_out_;
}

void RawSocket::FinishSending() { ::shutdown(fd_, SHUT_WR); }

void RawSocket::Reset() {
  const ::linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  Close();
}

RawListener::RawListener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  ::sockaddr_in address = Loopback(0);
  ::socklen_t size = sizeof address;
  if (::bind(fd_, reinterpret_cast<const ::sockaddr*>(&address), size) != 0 || ::listen(fd_, 128) != 0) std::abort();
  ::getsockname(fd_, reinterpret_cast<::sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
}

RawListener::~RawListener() { ::close(fd_); }

RawSocket RawListener::Accept(int timeout_ms) {
  if (!WaitReadable(fd_, timeout_ms)) return RawSocket(-1);
  return RawSocket(::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC));
}

int StatusOf(std::string_view reply) {
  if (!reply.starts_with("HTTP/1.1 ") || reply.size() < 12) return 0;
  return static_cast<int>(ParseInt(reply.substr(9, 3)).value_or(0));
}

std::string_view BodyOf(std::string_view reply) {
  const std::size_t end = reply.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string_view() : reply.substr(end + 4);
}

std::string FieldOf(std::string_view reply, std::string_view name) {
  std::size_t at = reply.find("\r\n");
  const std::size_t end = reply.find("\r\n\r\n");
  while (at != std::string_view::npos && at < end) {
    const std::size_t next = reply.find("\r\n", at + 2);
    const std::string_view line = reply.substr(at + 2, next == std::string_view::npos ? next : next - at - 2);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && EqualsIgnoreCase(line.substr(0, colon), name))
      return std::string(TrimBlanks(line.substr(colon + 1)));
    at = next;
  }
  return {};
}

}  // namespace plenary::http::test
