#include "http/listener.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <arpa/inet.h>

#include "runtime/runtime.hpp"

namespace plenary::http {
namespace {

/// Closes what isn't given on.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

std::string Describe(const ListenAddress& address) {
  if (address.kind == ListenAddress::Kind::kUnix) return address.path;
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

tl::unexpected<Error> SystemError(const ListenAddress& address) {
  return Fail(ErrorCode::kIo, std::string(std::strerror(errno)) + ": " + Describe(address));
}

Result<Fd> BindTcp(const ListenAddress& address) {
  ::addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  ::addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (failed != 0) return Fail(ErrorCode::kInvalidArgument, std::string(::gai_strerror(failed)) + ": " + Describe(address));
  const std::unique_ptr<::addrinfo, decltype(&::freeaddrinfo)> all(found, &::freeaddrinfo);
  const ::addrinfo* chosen = found;
  for (const ::addrinfo* a = found; a != nullptr; a = a->ai_next) {
    if (a->ai_family == AF_INET) {  // "localhost" means 127.0.0.1 to whoever writes it here
      chosen = a;
      break;
    }
  }
  Fd fd(::socket(chosen->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return SystemError(address);
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (chosen->ai_family == AF_INET6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(fd.get(), chosen->ai_addr, chosen->ai_addrlen) != 0) return SystemError(address);
  return fd;
}

/// A socket file outlives a killed process; it is removed only when nobody answers behind it.
bool RemoveStaleSocket(const ::sockaddr_un& where) {
  struct ::stat info {};
  if (::lstat(where.sun_path, &info) != 0 || !S_ISSOCK(info.st_mode)) return false;
  const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (::connect(probe.get(), reinterpret_cast<const ::sockaddr*>(&where), sizeof where) == 0 || errno != ECONNREFUSED) return false;
  return ::unlink(where.sun_path) == 0;
}

Result<Fd> BindUnix(const ListenAddress& address) {
  ::sockaddr_un where{};
  where.sun_family = AF_UNIX;
  if (address.path.size() >= sizeof where.sun_path) return Fail(ErrorCode::kInvalidArgument, "path too long: " + address.path);
  std::memcpy(where.sun_path, address.path.data(), address.path.size());
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return SystemError(address);
  const auto bind = [&] { return ::bind(fd.get(), reinterpret_cast<const ::sockaddr*>(&where), sizeof where) == 0; };
  if (bind()) return fd;
  if (errno == EADDRINUSE) {
    if (RemoveStaleSocket(where) && bind()) return fd;
    errno = EADDRINUSE;
  }
  return SystemError(address);
}

Result<std::shared_ptr<asio::ssl::context>> LoadTls(const ListenAddress& address) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  error_code ec;
  context->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 | asio::ssl::context::no_compression, ec);
  ::SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  context->use_certificate_chain_file(address.certificate_file, ec);
  if (ec) return Fail(ErrorCode::kInvalidArgument, "cannot load the certificate " + address.certificate_file + ": " + ec.message());
  context->use_private_key_file(address.key_file, asio::ssl::context::pem, ec);
  if (ec) return Fail(ErrorCode::kInvalidArgument, "cannot load the key " + address.key_file + ": " + ec.message());
  if (::SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return Fail(ErrorCode::kInvalidArgument,
                "the key " + address.key_file + " doesn't belong to the certificate " + address.certificate_file);
  }
  return context;
}

std::string NumericAddress(const ::sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const ::sockaddr_in&>(address).sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    const ::in6_addr& v6 = reinterpret_cast<const ::sockaddr_in6&>(address).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
      ::inet_ntop(AF_INET, v6.s6_addr + 12, text, sizeof text);
    } else {
      ::inet_ntop(AF_INET6, &v6, text, sizeof text);
    }
  }
  return text;
}

}  // namespace

Result<std::shared_ptr<Listener>> Listener::Open(Executor control, const ListenAddress& address) {
  std::shared_ptr<asio::ssl::context> tls;
  if (address.kind == ListenAddress::Kind::kTls) {
    auto loaded = LoadTls(address);
    if (!loaded) return tl::unexpected(loaded.error());
    tls = std::move(*loaded);
  }
  auto fd = address.kind == ListenAddress::Kind::kUnix ? BindUnix(address) : BindTcp(address);
  if (!fd) return tl::unexpected(fd.error());
  if (::listen(fd->get(), SOMAXCONN) != 0) return SystemError(address);
  return std::make_shared<Listener>(control, fd->Release(), address, std::move(tls));
}

Listener::Listener(Executor control, int fd, const ListenAddress& address, std::shared_ptr<asio::ssl::context> tls)
    : descriptor_(control, fd), address_(address), tls_(std::move(tls)) {
  ::sockaddr_storage bound{};
  ::socklen_t size = sizeof bound;
  ::getsockname(fd, reinterpret_cast<::sockaddr*>(&bound), &size);
  if (bound.ss_family == AF_INET) port_ = ntohs(reinterpret_cast<const ::sockaddr_in&>(bound).sin_port);
  if (bound.ss_family == AF_INET6) port_ = ntohs(reinterpret_cast<const ::sockaddr_in6&>(bound).sin6_port);
}

Listener::~Listener() {
  if (address_.kind == ListenAddress::Kind::kUnix && descriptor_.is_open()) ::unlink(address_.path.c_str());
}

Task<void> Listener::Accept(std::shared_ptr<Listener> self, OnAccept on_accept) {
  while (self->descriptor_.is_open()) {
    error_code ec;
    auto token = Await(ec);
    co_await self->descriptor_.async_wait(asio::posix::descriptor_base::wait_read, token);
    if (ec) co_return;
    const bool accepted = self->AcceptAll(on_accept);
    if (!accepted) co_await runtime::Sleep(std::chrono::milliseconds(100));
  }
}

bool Listener::AcceptAll(const OnAccept& on_accept) {
  while (true) {
    ::sockaddr_storage from{};
    ::socklen_t size = sizeof from;
    const int fd = ::accept4(descriptor_.native_handle(), reinterpret_cast<::sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
      if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO) continue;
      return false;
    }
    const bool unix_socket = address_.kind == ListenAddress::Kind::kUnix;
    if (!unix_socket) {
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    on_accept(*this, Accepted{fd, unix_socket ? AF_UNIX : from.ss_family, NumericAddress(from)});
  }
}

void Listener::Close(const OnAccept& on_accept) {
  if (!descriptor_.is_open()) return;
  AcceptAll(on_accept);
  if (address_.kind == ListenAddress::Kind::kUnix) ::unlink(address_.path.c_str());
  error_code ignored;
  descriptor_.close(ignored);
}

}  // namespace plenary::http
