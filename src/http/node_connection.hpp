// One connection to a node: opening it, and one exchange of request and reply at a time. No timers of its own: whoever owns it calls
// InterruptIfExpired often enough.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "http/input_buffer.hpp"
#include "http/node_client.hpp"
#include "http/resolver.hpp"
#include "http/sockets.hpp"

namespace plenary::http {

class NodeConnection {
 public:
  NodeConnection(Executor executor, const Endpoint& endpoint, std::shared_ptr<asio::ssl::context> tls);

  /// Tries the addresses in turn, each with its share of the time. kUnreachable.
  Task<Status> Open(Resolver::Addresses addresses, Instant deadline);

  struct Outcome {
    Status status;                 // as NodeClient::Call
    bool nothing_sent = true;      // not one byte of the request was accepted by the kernel
    bool nothing_received = true;  // nor any of a reply
    bool timed_out = false;
    bool reusable = false;
  };
  Task<Outcome> Exchange(const NodeCall& call, NodeReply& reply);

  const Endpoint& endpoint() const { return endpoint_; }
  /// No sign that the other side has closed it or sends what nobody asked for. One system call.
  bool LooksAlive();
  void InterruptIfExpired(Instant now);

 private:
  Task<Status> Connect(asio::ip::address address, Instant deadline);
  Task<Status> Handshake(Instant deadline);
  /// Sends `bytes`; adds to sent_.
  Task<error_code> Send(std::string_view bytes, std::chrono::milliseconds timeout);
  Task<error_code> SendRequest(const NodeCall& call);
  Task<Outcome> Receive(const NodeCall& call, NodeReply& reply);

  void SetDeadline(Instant deadline);
  Error Describe(ErrorCode code, const std::string& what, const error_code& ec) const;

  const Endpoint endpoint_;
  Socket socket_;
  const std::shared_ptr<asio::ssl::context> tls_context_;
  std::unique_ptr<asio::ssl::stream<Socket&>> tls_;
  Instant deadline_ = Instant::max();
  bool expired_ = false;
  InputBuffer in_;
  std::string out_;
  std::uint64_t sent_ = 0;
};

}  // namespace plenary::http
