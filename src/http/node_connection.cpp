#include "http/node_connection.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>

#include "http/reply_parser.hpp"

namespace plenary::http {
namespace {

constexpr std::size_t kInlineBody = 64 * 1024;  // sent together with the head
constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kReadBuffer = 16 * 1024;

bool IsLiteralAddress(const std::string& host) {
  error_code ec;
  asio::ip::make_address(host, ec);
  return !ec;
}

}  // namespace

NodeConnection::NodeConnection(Executor executor, const Endpoint& endpoint, std::shared_ptr<asio::ssl::context> tls)
    : endpoint_(endpoint), socket_(executor), tls_context_(std::move(tls)) {}

void NodeConnection::SetDeadline(Instant deadline) {
  deadline_ = deadline;
  expired_ = false;
}

void NodeConnection::InterruptIfExpired(Instant now) {
  if (now < deadline_) return;
  expired_ = true;  // the deadline stays: a cancel that finds nothing to cancel is repeated with the next tick
  error_code ignored;
  socket_.cancel(ignored);
}

Error NodeConnection::Describe(ErrorCode code, const std::string& what, const error_code& ec) const {
  return Error{code, what + " " + endpoint_.host + ":" + std::to_string(endpoint_.port) + ": " + (expired_ ? "timed out" : ec.message())};
}

bool NodeConnection::LooksAlive() {
  char byte;
  const ssize_t n = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

// --- Opening -------------------------------------------------------------------------------------------------------------------

Task<Status> NodeConnection::Open(Resolver::Addresses addresses, Instant deadline) {
  Status status;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const Instant now = SteadyClock::now();
    const auto share = (deadline - now) / static_cast<int>(addresses.size() - i);
    status = co_await Connect(addresses[i], now + share);
    if (status || SteadyClock::now() >= deadline) break;
  }
  if (status && tls_context_) status = co_await Handshake(deadline);
  SetDeadline(Instant::max());
  co_return status;
}

Task<Status> NodeConnection::Connect(asio::ip::address address, Instant deadline) {
  const asio::ip::tcp::endpoint where(address, endpoint_.port);
  error_code ec;
  socket_.close(ec);
  SetDeadline(deadline);
  socket_.open(asio::generic::stream_protocol(where.protocol()), ec);
  if (!ec) {
    const asio::generic::stream_protocol::endpoint target(where);
    auto token = Await(ec);
    co_await socket_.async_connect(target, token);
  }
  if (ec) co_return tl::unexpected(Describe(ErrorCode::kUnreachable, "cannot connect to", ec));
  const int on = 1;
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  socket_.native_non_blocking(true, ec);
  co_return Status();
}

Task<Status> NodeConnection::Handshake(Instant deadline) {
  tls_ = std::make_unique<asio::ssl::stream<Socket&>>(socket_, *tls_context_);
  SetDeadline(deadline);
  error_code ec;
  tls_->set_verify_mode(asio::ssl::verify_peer, ec);
  tls_->set_verify_callback(asio::ssl::host_name_verification(endpoint_.host), ec);
  if (!IsLiteralAddress(endpoint_.host)) ::SSL_set_tlsext_host_name(tls_->native_handle(), endpoint_.host.c_str());
  auto token = Await(ec);
  co_await tls_->async_handshake(asio::ssl::stream_base::client, token);
  if (!ec) co_return Status();
  Error error = Describe(ErrorCode::kUnreachable, "no TLS with", ec);
  const long verdict = ::SSL_get_verify_result(tls_->native_handle());
  if (verdict != X509_V_OK) error.detail.append(" (").append(::X509_verify_cert_error_string(verdict)).append(")");
  co_return tl::unexpected(std::move(error));
}

// --- Exchange ------------------------------------------------------------------------------------------------------------------

Task<NodeConnection::Outcome> NodeConnection::Exchange(const NodeCall& call, NodeReply& reply) {
  sent_ = 0;
  Outcome outcome;
  const error_code sending = co_await SendRequest(call);
  if (sending && sent_ == 0) {
    outcome.status = tl::unexpected(Describe(ErrorCode::kUnreachable, "cannot send to", sending));
    outcome.timed_out = expired_;
    co_return outcome;
  }
  if (sending && expired_) {
    outcome.status = tl::unexpected(Describe(ErrorCode::kNoReply, "cannot send all to", sending));
    outcome.nothing_sent = false;
    outcome.timed_out = true;
    co_return outcome;
  }
  // A node that refuses a large body may answer and close before it has all of it: look for that answer also when sending failed.
  SetDeadline(SteadyClock::now() + call.response_timeout);
  outcome = co_await Receive(call, reply);
  SetDeadline(Instant::max());
  outcome.nothing_sent = false;
  if (sending) outcome.reusable = false;
  co_return outcome;
}

Task<error_code> NodeConnection::SendRequest(const NodeCall& call) {
  out_.assign(call.body != nullptr ? "POST " : "GET ").append(call.target).append(" HTTP/1.1\r\nHost: ").append(call.endpoint.host_header);
  out_.append("\r\nUser-Agent: Plenary\r\n");
  if (call.body != nullptr) {
    if (!call.content_type.empty()) out_.append("Content-Type: ").append(call.content_type).append("\r\n");
    out_.append("Content-Length: ").append(std::to_string(call.body->size())).append("\r\n");
  }
  out_.append("\r\n");
  const bool whole = call.body == nullptr || (call.body->in_memory() && call.body->size() <= kInlineBody);
  if (whole && call.body != nullptr) out_.append(call.body->memory());
  error_code ec = co_await Send(out_, call.response_timeout);
  if (ec || whole) co_return ec;
  std::string piece;
  for (std::uint64_t at = 0; at < call.body->size(); at += piece.size()) {
    const Status read = call.body->ReadAt(at, kPiece, piece);
    if (!read || piece.empty()) co_return error_code(EIO, boost::system::system_category());
    ec = co_await Send(piece, call.response_timeout);
    if (ec) co_return ec;
  }
  co_return ec;
}

Task<error_code> NodeConnection::Send(std::string_view bytes, std::chrono::milliseconds timeout) {
  if (!tls_) {
    const ssize_t n = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) co_return error_code(errno, boost::system::system_category());
    if (n > 0) {
      sent_ += static_cast<std::uint64_t>(n);
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  error_code ec;
  while (!bytes.empty() && !ec) {
    SetDeadline(SteadyClock::now() + timeout);
    const asio::const_buffer rest(bytes.data(), bytes.size());
    auto token = Await(ec);
    std::size_t n = 0;
    if (tls_) {
      n = co_await tls_->async_write_some(rest, token);
    } else {
      n = co_await socket_.async_write_some(rest, token);
    }
    sent_ += n;
    bytes.remove_prefix(n);
  }
  co_return ec;
}

Task<NodeConnection::Outcome> NodeConnection::Receive(const NodeCall& call, NodeReply& reply) {
  Outcome outcome;
  ReplyReader reader(reply, call.max_reply_bytes);
  while (true) {
    const InputBuffer::Free free = in_.Space(kReadBuffer);
    const asio::mutable_buffer space(free.data, free.size);
    error_code ec;
    auto token = Await(ec);
    std::size_t n = 0;
    if (tls_) {
      n = co_await tls_->async_read_some(space, token);
    } else {
      n = co_await socket_.async_read_some(space, token);
    }
    if (n > 0) outcome.nothing_received = false;
    in_.Grew(n);
    const std::size_t taken = reader.Take(in_.view());
    in_.Consume(taken);
    if (reader.state() == ReplyReader::State::kTooLarge) {
      outcome.status = Fail(ErrorCode::kTooLarge,
                            "the reply of " + endpoint_.host + " is larger than " + std::to_string(call.max_reply_bytes) + " bytes");
      co_return outcome;
    }
    if (reader.state() == ReplyReader::State::kBad || in_.view().size() > ReplyReader::kMaxHead) {
      outcome.status = Fail(ErrorCode::kBadReply, "the reply of " + endpoint_.host + " is not HTTP: " + reader.problem());
      co_return outcome;
    }
    if (reader.state() == ReplyReader::State::kDone) {
      outcome.reusable = reader.keep_alive() && in_.empty();
      co_return outcome;
    }
    if (!ec) continue;
    outcome.timed_out = expired_;
    if (expired_ || reader.state() == ReplyReader::State::kHead) {
      outcome.status = tl::unexpected(
          Describe(ErrorCode::kNoReply, reader.state() == ReplyReader::State::kHead ? "no reply from" : "no complete reply from", ec));
    } else {
      // Servers that skip TLS' closing message are common enough.
      reader.End(ec == asio::error::eof || ec == asio::ssl::error::stream_truncated);
    }
    co_return outcome;
  }
}

}  // namespace plenary::http
