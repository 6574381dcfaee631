#include "http/request_head.hpp"

#include <cstring>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "base/encoding.hpp"

namespace plenary::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;
using View = std::string_view;

View ToView(beast::string_view text) { return {text.data(), text.size()}; }

constexpr bool IsAlnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool IsRequestId(View text) {
  if (text.empty() || text.size() > 128) return false;
  for (const char c : text) {
    if (!IsAlnum(c) && c != '.' && c != '_' && c != '-') return false;
  }
  return true;
}

/// A name or address with an optional port; also empty, which RFC 9110 allows.
bool IsHost(View text) {
  for (const char c : text) {
    if (!IsAlnum(c) && View("-._~:[]%").find(c) == View::npos) return false;
  }
  return text.size() <= 300;
}

class Parser final : public beast::http::basic_parser<true> {
 public:
  Parser(View text, const HeadLimits& limits, RequestHead& head) : text_(text), limits_(limits), head_(head) {
    header_limit(0xffffffffu);  // the scanner has counted the bytes
    body_limit(boost::none);
  }

  int refusal() const { return refusal_; }
  View host;
  bool has_host = false;
  std::size_t host_index = 0;

 private:
  void Refuse(int status, error_code& ec) {
    refusal_ = status;
    ec = beast::http::error::bad_field;
  }

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version, error_code& ec) override {
    head_.method = ToView(method);
    head_.target = ToView(target);
    head_.http_1_0 = version < 11;
    if (target.size() > limits_.target_bytes) Refuse(414, ec);
  }

  void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value, error_code& ec) override {
    using F = beast::http::field;
    // A folded value was copied to the parser's own stack, or begins behind a line's end.
    const char* name_end = name.data() + name.size();
    const bool in_text = value.data() >= name_end && value.data() <= text_.data() + text_.size();
    if (!in_text || std::memchr(name_end, '\n', static_cast<std::size_t>(value.data() - name_end)) != nullptr) return Refuse(400, ec);
    if (head_.fields.size() >= limits_.header_fields) return Refuse(431, ec);
    const View text = ToView(value);
    head_.fields.push_back({ToView(name), text});
    switch (field) {
      case F::host:
        if (has_host || !IsHost(text)) return Refuse(400, ec);
        has_host = true;
        host_index = head_.fields.size() - 1;
        break;
      case F::content_length:
        if (has_length_ || text.find_first_not_of("0123456789") != View::npos) return Refuse(400, ec);
        has_length_ = true;
        break;
      case F::transfer_encoding:
        // Beast would take "gzip" or "chunked, gzip" for a request without a body; the body would then be read as the next request.
        if (head_.http_1_0 || !EqualsIgnoreCase(text, "chunked")) return Refuse(400, ec);
        break;
      case F::expect:
        if (EqualsIgnoreCase(text, "100-continue")) head_.expects_continue = !head_.http_1_0;
        break;
      default:
        if (EqualsIgnoreCase(ToView(name), "x-request-id") && IsRequestId(text)) head_.request_id = text;
    }
  }

  void on_header_impl(error_code&) override {
    head_.keep_alive = keep_alive();
    head_.chunked = chunked();
    if (const auto length = content_length()) head_.content_length = *length;
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  const View text_;
  const HeadLimits& limits_;
  RequestHead& head_;
  bool has_length_ = false;
  int refusal_ = 400;
};

/// Absolute-form targets ("http://host/path") lose their authority, which then counts as the Host.
bool SplitTarget(RequestHead& head, Parser& parser) {
  if (head.target.front() != '/') {
    const std::size_t scheme = EqualsIgnoreCase(head.target.substr(0, 7), "http://")    ? 7
                               : EqualsIgnoreCase(head.target.substr(0, 8), "https://") ? 8
                                                                                        : 0;
    if (scheme == 0) return false;
    const std::size_t end = head.target.find_first_of("/?", scheme);
    const View authority = head.target.substr(scheme, end == View::npos ? View::npos : end - scheme);
    if (authority.empty() || !IsHost(authority)) return false;
    if (parser.has_host) head.fields[parser.host_index].value = authority;
    head.target = end == View::npos ? View("/") : head.target.substr(end);
  }
  const std::size_t question = head.target.find('?');
  head.path = head.target.substr(0, question);
  head.query = question == View::npos ? View() : head.target.substr(question + 1);
  if (head.path.empty()) head.path = "/";  // "http://host?query"
  return true;
}

bool IsForbiddenControl(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u < 0x20 && c != '\t' && c != '\r' && c != '\n') || u == 0x7f;
}

}  // namespace

int ParseRequestHead(std::string_view text, const HeadLimits& limits, RequestHead& head) {
  head.fields.clear();
  head.request_id = {};
  head.expects_continue = false;
  head.content_length = 0;
  Parser parser(text, limits, head);
  error_code ec;
  parser.put(boost::asio::const_buffer(text.data(), text.size()), ec);
  if (ec) return parser.refusal();
  if (!parser.is_header_done() || (!head.http_1_0 && !parser.has_host)) return 400;
  return SplitTarget(head, parser) ? 0 : 400;
}

HeadScanner::Outcome HeadScanner::Scan(std::string_view text, const HeadLimits& limits) {
  const std::size_t from = scanned_ < 3 ? 0 : scanned_ - 3;
  const std::size_t end = text.find("\r\n\r\n", from);
  if (end != View::npos) {
    const std::size_t size = end + 4;
    return size > limits.head_bytes ? Outcome{0, 431} : Outcome{size, 0};
  }
  // What can never become a head is refused now, not when its time is up: a client of another protocol waits for us.
  for (std::size_t i = scanned_; i < text.size(); ++i) {
    if (IsForbiddenControl(text[i]) || (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))) return {0, 400};
  }
  scanned_ = text.size();
  constexpr std::size_t kMethodAndVersion = 64;
  if (text.size() > limits.target_bytes + kMethodAndVersion &&
      text.substr(0, limits.target_bytes + kMethodAndVersion).find('\n') == View::npos) {
    return {0, 414};
  }
  return text.size() >= limits.head_bytes ? Outcome{0, 431} : Outcome{};
}

}  // namespace plenary::http
