#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"
#include "wire.hpp"

namespace plenary::sim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Stream = beast::basic_stream<asio::ip::tcp, runtime::Executor>;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable_t<runtime::Executor>());
constexpr std::string_view kScheme = "http://";

struct LoopbackUrl {
  asio::ip::tcp::endpoint endpoint;
  std::string authority;
  std::string target;
};

// No name is ever resolved: "localhost" is 127.0.0.1, everything else must be a loopback address.
Result<LoopbackUrl> ParseLoopbackUrl(std::string_view url) {
  const auto refused = [](std::string_view why) { return Fail(ErrorCode::kPermission, std::string(why)); };
  if (!EqualsIgnoreCase(url.substr(0, kScheme.size()), kScheme)) return refused("only http on loopback is contacted");
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return refused("the URL holds a blank or a control character");
  }
  url.remove_prefix(kScheme.size());
  url = url.substr(0, url.find('#'));
  const std::size_t authority_end = std::min(url.find_first_of("/?"), url.size());
  const std::string_view authority = url.substr(0, authority_end);
  const std::string_view rest = url.substr(authority_end);
  std::string_view host = authority;
  std::string_view port;
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
  }
  if (bracket != std::string_view::npos) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code error;
  const asio::ip::address address = asio::ip::make_address(std::string(host), error);
  if (error || !address.is_loopback()) return refused("only http on loopback is contacted");
  const std::int64_t number = port.empty() ? 80 : ParseInt(port).value_or(0);
  if (number < 1 || number > 65535) return refused("the URL has no valid port");
  LoopbackUrl parsed;
  parsed.endpoint = {address, static_cast<std::uint16_t>(number)};
  parsed.authority = authority;
  parsed.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  return parsed;
}

std::string RequestText(const LoopbackUrl& url, const Outgoing& outgoing) {
  const bool is_post = !outgoing.content_type.empty();
  std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\nAccept: */*\r\nConnection: close\r\n",
                                 is_post ? "POST" : "GET", url.target, url.authority, outgoing.user_agent);
  if (!outgoing.authorization.empty()) text += fmt::format("Authorization: {}\r\n", outgoing.authorization);
  if (is_post) text += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", outgoing.content_type, outgoing.body.size());
  text += "\r\n";
  if (is_post) text += outgoing.body;
  return text;
}

}  // namespace

Task<Fetched> CallLoopback(Outgoing call, std::chrono::milliseconds timeout) {
  Fetched result;
  const Result<LoopbackUrl> parsed = ParseLoopbackUrl(call.url);
  if (!parsed) {
    result.error = parsed.error().detail;
    co_return result;
  }
  const runtime::Executor executor = co_await asio::this_coro::executor;
  Stream stream(executor);
  stream.expires_after(timeout);
  auto [connect_error] = co_await stream.async_connect(parsed->endpoint, kAwait);
  if (connect_error) {
    result.error = connect_error.message();
    co_return result;
  }
  const std::string request = RequestText(*parsed, call);
  const auto outgoing = asio::buffer(request);
  auto [write_error, written] = co_await asio::async_write(stream, outgoing, kAwait);
  beast::flat_buffer buffer;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(16u << 20);
  boost::system::error_code read_error = write_error;
  if (!read_error) {
    auto [error, bytes] = co_await beast::http::async_read(stream, buffer, parser, kAwait);
    read_error = error;
  }
  if (read_error) {
    result.error = read_error.message();
    co_return result;
  }
  const auto& message = parser.get();
  result.status = static_cast<int>(message.result_int());
  result.location = message[beast::http::field::location];
  result.cookie = message[beast::http::field::set_cookie];
  result.body = message.body();
  co_return result;
}

std::string ResolveUrl(std::string_view base, std::string_view location) {
  if (!location.starts_with('/')) return std::string(location);
  const std::size_t start = base.find("://");
  const std::size_t authority = start == std::string_view::npos ? 0 : start + 3;
  return std::string(base.substr(0, base.find_first_of("/?#", authority))) + std::string(location);
}

}  // namespace plenary::sim
