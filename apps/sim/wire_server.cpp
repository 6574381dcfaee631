#include <array>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include "wire.hpp"

namespace plenary::sim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Socket = asio::basic_stream_socket<asio::ip::tcp, runtime::Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, runtime::Executor>;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable_t<runtime::Executor>());

class SocketWatch final : public PeerWatch {
 public:
  explicit SocketWatch(Socket& socket) : socket_(socket) {}
  bool Gone() override {
    char byte = 0;
    const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
  }

 private:
  Socket& socket_;
};

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200: return "OK";
    case 302: return "Found";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Request Entity Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    default: return "Status";
  }
}

void ResetConnection(Socket& socket) {
  error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct WireServer::Impl {
  Impl(asio::io_context& io, WireHandler& answers) : context(io), handler(answers) {}

  // `acceptor` outlives the loop: Close only closes it, and Open makes a new one.
  static Task<void> Accept(std::shared_ptr<Acceptor> acceptor, WireHandler& handler) {
    for (;;) {
      Socket socket(acceptor->get_executor());
      auto [error] = co_await acceptor->async_accept(socket, kAwait);
      if (!acceptor->is_open()) co_return;
      if (error) continue;
      asio::co_spawn(acceptor->get_executor(), Serve(std::move(socket), handler), asio::detached);
    }
  }

  static Task<void> Serve(Socket socket, WireHandler& handler) {
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    SocketWatch watch(socket);
    beast::flat_buffer buffer(128 * 1024);
    std::string head;
    for (;;) {
      beast::http::request_parser<beast::http::string_body> parser;
      parser.header_limit(64 * 1024);
      parser.body_limit(kMaxBodyBytes);
      auto [read_error, read_bytes] = co_await beast::http::async_read(socket, buffer, parser, kAwait);
      const bool too_large = read_error == beast::http::error::body_limit;
      if (read_error && !too_large) co_return;
      const auto& message = parser.get();
      const std::string_view target = View(message.target());
      const std::size_t question = std::min(target.find('?'), target.size());
      WireRequest request;
      request.method = View(message.method_string());
      request.path = target.substr(0, question);
      request.query = question < target.size() ? target.substr(question + 1) : std::string_view();
      request.content_type = View(message[beast::http::field::content_type]);
      request.accept = View(message[beast::http::field::accept]);
      request.body = message.body();
      request.too_large = too_large;
      const bool keep_alive = !too_large && message.keep_alive();
      WireReply reply;
      if (!handler.AnswerNow(request, reply)) co_await handler.Answer(request, reply, watch);
      if (reply.delivery == Delivery::kReset) {
        ResetConnection(socket);
        co_return;
      }
      const std::string_view body = reply.shared_body ? std::string_view(*reply.shared_body) : std::string_view(reply.body);
      const bool whole = reply.delivery == Delivery::kWhole;
      head.clear();
      fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}{}\r\n", reply.status,
                     ReasonOf(reply.status), reply.content_type, body.size(), reply.headers,
                     keep_alive && whole ? "" : "Connection: close\r\n");
      const std::size_t sent_bytes = whole ? body.size() : body.size() / 2;
      const std::array<asio::const_buffer, 2> pieces{asio::buffer(head), asio::buffer(body.data(), sent_bytes)};
      auto [write_error, written] = co_await asio::async_write(socket, pieces, kAwait);
      if (write_error || !whole || !keep_alive) break;
    }
    socket.shutdown(Socket::shutdown_send, ignored);
    if (ignored) co_return;
    // What the peer still sends (a body that nobody reads) is taken, or the kernel would answer it with a reset that can
    // overtake the reply.
    std::array<char, 4096> rest;
    for (std::uint64_t taken = 0; taken < 64 * kMaxBodyBytes;) {
      const auto into = asio::buffer(rest);
      auto [error, bytes] = co_await socket.async_read_some(into, kAwait);
      if (error) co_return;
      taken += bytes;
    }
  }

  asio::io_context& context;
  WireHandler& handler;
  std::shared_ptr<Acceptor> acceptor;
};

WireServer::WireServer(asio::io_context& context, WireHandler& handler) : impl_(std::make_unique<Impl>(context, handler)) {}
WireServer::~WireServer() { Close(); }

Status WireServer::Open(const std::string& host, std::uint16_t port) {
  error_code error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (error) return Fail(ErrorCode::kInvalidArgument, fmt::format("{} is no address", host));
  auto acceptor = std::make_shared<Acceptor>(impl_->context.get_executor());
  const asio::ip::tcp::endpoint endpoint(address, port);
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(4096, error);
  if (error) return Fail(ErrorCode::kIo, fmt::format("can't listen on {}:{}: {}", host, port, error.message()));
  impl_->acceptor = acceptor;
  asio::co_spawn(impl_->context, Impl::Accept(acceptor, impl_->handler), asio::detached);
  return {};
}

void WireServer::Close() {
  if (!impl_->acceptor) return;
  error_code ignored;
  impl_->acceptor->close(ignored);
  impl_->acceptor.reset();
}

std::uint16_t WireServer::port() const {
  error_code ignored;
  return impl_->acceptor ? impl_->acceptor->local_endpoint(ignored).port() : std::uint16_t{0};
}

}  // namespace plenary::sim
