// A listening socket: bound and listened on with plain system calls (their errors are clear), then waited for on the control thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/ssl/context.hpp>

#include "base/result.hpp"
#include "http/server.hpp"
#include "http/sockets.hpp"

namespace plenary::http {

/// An accepted socket; whoever gets it closes it.
struct Accepted {
  int fd = -1;
  int family = 0;
  std::string peer;  // numeric address, "" for Unix
};

class Listener {
 public:
  using OnAccept = std::function<void(const Listener& from, Accepted accepted)>;

  static Result<std::shared_ptr<Listener>> Open(Executor control, const ListenAddress& address);
  Listener(Executor control, int fd, const ListenAddress& address, std::shared_ptr<asio::ssl::context> tls);
  ~Listener();

  std::uint16_t port() const { return port_; }
  const std::shared_ptr<asio::ssl::context>& tls() const { return tls_; }

  /// Accepts until Close; on the control thread.
  static Task<void> Accept(std::shared_ptr<Listener> self, OnAccept on_accept);
  /// Takes what still waits in the kernel's queue, then closes. On the control thread.
  void Close(const OnAccept& on_accept);

 private:
  /// False when the process has no descriptor left for it.
  bool AcceptAll(const OnAccept& on_accept);

  asio::posix::basic_stream_descriptor<Executor> descriptor_;
  const ListenAddress address_;
  const std::shared_ptr<asio::ssl::context> tls_;
  std::uint16_t port_ = 0;
};

}  // namespace plenary::http
