#include "http/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>

#include "http/reply_head.hpp"

namespace plenary::http {
namespace {

constexpr std::size_t kInlineBody = 32 * 1024;  // larger bodies are sent from where they are
constexpr std::size_t kKeptReply = 64 * 1024;   // larger reply buffers are given back
constexpr std::chrono::seconds kLinger{2};

constexpr std::string_view kBrokenXml =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hash>\n  <status type=\"integer\">500</status>\n  <error>Internal Server "
    "Error</error>\n</hash>\n";

ssize_t SendTwo(int fd, std::string_view first, std::string_view second) {
  ::iovec parts[2] = {{const_cast<char*>(first.data()), first.size()}, {const_cast<char*>(second.data()), second.size()}};
  ::msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  return ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

Task<void> Run(std::unique_ptr<Connection> connection) { co_await connection->Serve(); }

}  // namespace

// --- Life ----------------------------------------------------------------------------------------------------------------------

void StartConnection(std::shared_ptr<Worker> worker, int fd, int family, std::shared_ptr<asio::ssl::context> tls, std::string peer) {
  const Executor executor = worker->executor;
  Socket socket(executor);
  error_code ec;
  socket.assign(asio::generic::stream_protocol(family, 0), fd, ec);
  if (ec) {
    ::close(fd);
    worker->common->connections_open.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  socket.native_non_blocking(true, ec);
  auto connection = std::make_unique<Connection>(std::move(worker), std::move(socket), std::move(tls), std::move(peer));
  runtime::Spawn(executor, Run(std::move(connection)));
}

Connection::Connection(std::shared_ptr<Worker> worker, Socket socket, std::shared_ptr<asio::ssl::context> tls, std::string peer)
    : worker_(std::move(worker)),
      socket_(std::move(socket)),
      tls_context_(std::move(tls)),
      tls_(tls_context_ ? std::make_unique<asio::ssl::stream<Socket&>>(socket_, *tls_context_) : nullptr),
      peer_(std::move(peer)),
      place_(worker_->Add(*this)),
      body_(*this) {}

Connection::~Connection() {
  worker_->Remove(place_);
  worker_->common->connections_open.fetch_sub(1, std::memory_order_relaxed);
}

void Connection::InterruptIfExpired(Instant now) {
  if (now < deadline_) return;
  expired_ = true;  // the deadline stays: a cancel that finds nothing to cancel is repeated with the next tick
  error_code ignored;
  socket_.cancel(ignored);
}

void Connection::InterruptIfIdle() {
  if (waiting_ != Waiting::kIdle) return;
  // A request that has already arrived is answered.
  char byte;
  if (::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) return;
  InterruptIfExpired(deadline_);
}

void Connection::Wait(Waiting for_what) {
  const ServerOptions& o = worker_->common->options;
  std::chrono::milliseconds limit = kLinger;
  switch (for_what) {
    case Waiting::kIdle: limit = worker_->draining() ? std::min<std::chrono::milliseconds>(o.idle_timeout, kLinger) : o.idle_timeout; break;
    case Waiting::kHead: limit = o.head_timeout; break;
    case Waiting::kBody: limit = o.body_timeout; break;
    case Waiting::kWrite: limit = o.write_timeout; break;
    case Waiting::kClosing: break;
    case Waiting::kNothing: return WaitNoMore();
  }
  waiting_ = for_what;
  expired_ = false;
  deadline_ = SteadyClock::now() + limit;
}

void Connection::WaitNoMore() {
  waiting_ = Waiting::kNothing;
  deadline_ = Instant::max();
}

Task<void> Connection::Serve() {
  bool alive = true;
  if (tls_) alive = co_await Handshake();
  while (alive) {
    while (in_.view().starts_with("\r\n")) in_.Consume(2);
    const HeadScanner::Outcome outcome = scanner_.Scan(in_.view(), worker_->common->limits);
    if (outcome.refuse != 0) {
      co_await Refuse(outcome.refuse);
      alive = false;
    } else if (outcome.head_bytes > 0) {
      alive = co_await Answer(outcome.head_bytes);
    } else {
      alive = co_await Fill();
    }
  }
}

Task<bool> Connection::Handshake() {
  Wait(Waiting::kHead);
  error_code ec;
  auto token = Await(ec);
  co_await tls_->async_handshake(asio::ssl::stream_base::server, token);
  WaitNoMore();
  co_return !ec;
}

Task<bool> Connection::Fill() {
  const Waiting phase = in_.empty() ? Waiting::kIdle : Waiting::kHead;
  if (waiting_ != phase) Wait(phase);
  const InputBuffer::Free free = in_.Space(worker_->common->limits.head_bytes + 1);
  const asio::mutable_buffer space(free.data, free.size);
  error_code ec;
  auto token = Await(ec);
  std::size_t n = 0;
  if (tls_) {
    n = co_await tls_->async_read_some(space, token);
  } else {
    n = co_await socket_.async_read_some(space, token);
  }
  if (n > 0) {
    in_.Grew(n);
    co_return true;
  }
  if (expired_ && phase == Waiting::kHead) co_await Refuse(408);
  co_return false;
}

Task<void> Connection::Refuse(int status) {
  worker_->refused_heads.Add(1);
  reply_.Reset();
  reply_.status = status;
  reply_.SetContentType("text/plain; charset=utf-8");
  reply_.body.append(std::to_string(status)).append(" ").append(StatusText(status)).append("\n");
  fresh_id_ = worker_->NewRequestId();
  request_ = Request();
  request_.id = {fresh_id_.data(), fresh_id_.size()};
  Serialize(false);
  if (!TrySend()) co_await SendRest();
  co_await Close(true);
}

/// Without reading what the client still sends, the kernel would answer that with a reset, which can overtake our reply.
Task<void> Connection::Close(bool unread_input) {
  if (failed_) co_return;
  Wait(Waiting::kClosing);
  error_code ec;
  if (tls_) {
    auto token = Await(ec);
    co_await tls_->async_shutdown(token);
    if (ec) co_return;
  }
  socket_.shutdown(Socket::shutdown_send, ec);
  char waste[4096];
  while (unread_input && !ec && SteadyClock::now() < deadline_) {
    const asio::mutable_buffer space(waste, sizeof waste);
    auto token = Await(ec);
    co_await socket_.async_read_some(space, token);
  }
}

// --- One request ---------------------------------------------------------------------------------------------------------------

Task<bool> Connection::Answer(std::size_t head_bytes) {
  WaitNoMore();
  const std::string_view text = in_.view();
  const int refusal = ParseRequestHead(text.substr(0, head_bytes), worker_->common->limits, head_);
  if (refusal != 0) {
    co_await Refuse(refusal);
    co_return false;
  }
  const Instant start = SteadyClock::now();
  SetUpRequest();
  body_.Begin(head_, text.substr(head_bytes));
  reply_.Reset();
  worker_->requests.Add(1);
  worker_->requests_in_flight.Add(1);
  bool answered = AnswerNow();
  if (!answered) {
    try {
      co_await worker_->common->handler.Handle(request_, reply_);
      answered = true;
    } catch (...) {
    }
    if (!answered) ReplyBroken();
  }
  const bool keep_alive = MayKeepAlive();
  Serialize(keep_alive);
  if (!TrySend()) co_await SendRest();
  worker_->requests_in_flight.Add(-1);
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start);
  worker_->common->handler.Finished(request_, reply_, static_cast<std::uint64_t>(elapsed.count()));

  bool body_read = body_.complete();
  if (!body_read && keep_alive && !failed_) body_read = co_await body_.Drain();
  if (!keep_alive || !body_read || failed_) {
    co_await Close(!body_read);
    co_return false;
  }
  in_.Consume(head_bytes + body_.used());
  if (!body_.beyond().empty()) in_.Append(body_.beyond());
  scanner_.Reset();
  if (reply_.body.capacity() > kKeptReply) reply_.body = {};
  co_return true;
}

void Connection::SetUpRequest() {
  request_.method = head_.method;
  request_.target = head_.target;
  request_.path = head_.path;
  request_.query = head_.query;
  request_.headers = head_.fields;
  request_.peer = peer_;
  request_.secure = tls_ != nullptr;
  request_.has_body = head_.has_body();
  request_.content_length = head_.content_length;
  request_.body = &body_;
  if (head_.request_id.empty()) {
    fresh_id_ = worker_->NewRequestId();
    request_.id = {fresh_id_.data(), fresh_id_.size()};
  } else {
    request_.id = head_.request_id;
  }
}

bool Connection::AnswerNow() {
  try {
    return worker_->common->handler.HandleNow(request_, reply_);
  } catch (...) {
    ReplyBroken();
    return true;
  }
}

/// Spec scalelite 1.9.3.
void Connection::ReplyBroken() {
  reply_.Reset();
  reply_.status = 500;
  reply_.SetContentType("application/xml; charset=utf-8");
  reply_.body = kBrokenXml;
  reply_.close = true;
  worker_->handler_failures.Add(1);
}

bool Connection::MayKeepAlive() const {
  return head_.keep_alive && !reply_.close && !worker_->draining() && (body_.complete() || body_.drainable());
}

void Connection::Serialize(bool keep_alive) {
  const ConnectionField field = !keep_alive      ? ConnectionField::kClose
                                : head_.http_1_0 ? ConnectionField::kKeepAlive
                                                 : ConnectionField::kNone;
  out_.clear();
  out_body_ = {};
  sent_ = 0;
  AppendReplyHead(out_, reply_, worker_->Date(), request_.id, field);
  if (request_.method == "HEAD" || IsBodyless(reply_.status)) return;
  if (reply_.body.size() <= kInlineBody) {
    out_.append(reply_.body);
  } else {
    out_body_ = reply_.body;
  }
}

// --- Sending and receiving -----------------------------------------------------------------------------------------------------

bool Connection::TrySend() {
  if (tls_ || failed_) return false;
  ssize_t n;
  do {
    n = out_body_.empty() ? ::send(socket_.native_handle(), out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT)
                          : SendTwo(socket_.native_handle(), out_, out_body_);
  } while (n < 0 && errno == EINTR);
  if (n < 0) {
    failed_ = errno != EAGAIN && errno != EWOULDBLOCK;
    return false;
  }
  sent_ = static_cast<std::size_t>(n);
  return sent_ == out_.size() + out_body_.size();
}

Task<void> Connection::SendRest() {
  while (!failed_ && sent_ < out_.size() + out_body_.size()) {
    const std::string_view rest = sent_ < out_.size() ? std::string_view(out_).substr(sent_) : out_body_.substr(sent_ - out_.size());
    const asio::const_buffer piece(rest.data(), rest.size());
    Wait(Waiting::kWrite);
    error_code ec;
    auto token = Await(ec);
    std::size_t n = 0;
    if (tls_) {
      n = co_await tls_->async_write_some(piece, token);
    } else {
      n = co_await socket_.async_write_some(piece, token);
    }
    sent_ += n;
    failed_ = static_cast<bool>(ec);
  }
  WaitNoMore();
}

Task<std::size_t> Connection::ReadBody(char* to, std::size_t max) {
  Wait(Waiting::kBody);
  const asio::mutable_buffer space(to, max);
  error_code ec;
  auto token = Await(ec);
  std::size_t n = 0;
  if (tls_) {
    n = co_await tls_->async_read_some(space, token);
  } else {
    n = co_await socket_.async_read_some(space, token);
  }
  WaitNoMore();
  co_return n;
}

Task<bool> Connection::SendContinue() {
  out_ = "HTTP/1.1 100 Continue\r\n\r\n";
  out_body_ = {};
  sent_ = 0;
  if (!TrySend()) co_await SendRest();
  co_return !failed_;
}

}  // namespace plenary::http
