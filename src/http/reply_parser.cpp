#include "http/reply_parser.hpp"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace plenary::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

constexpr int kMaxInterim = 10;
constexpr std::uint64_t kMaxReserve = 1 << 20;

}  // namespace

class ReplyReader::Parser final : public beast::http::basic_parser<false> {
 public:
  Parser(NodeReply& reply, std::uint64_t max_body_bytes) : reply_(reply), max_body_bytes_(max_body_bytes) {
    header_limit(kMaxHead);
    body_limit(boost::none);
    eager(true);
  }
  bool interim() const { return reply_.status / 100 == 1; }

 private:
  void on_response_impl(int status, beast::string_view, int, error_code&) override { reply_.status = status; }
  void on_field_impl(beast::http::field field, beast::string_view, beast::string_view value, error_code& ec) override {
    if (is_header_done()) return;  // trailers
    if (field == beast::http::field::content_type && reply_.content_type.empty()) reply_.content_type.assign(value.data(), value.size());
    if (field == beast::http::field::transfer_encoding && !beast::iequals(value, "chunked")) ec = beast::http::error::bad_transfer_encoding;
  }
  void on_header_impl(error_code& ec) override {
    const auto length = content_length();
    if (!length) return;
    if (*length > max_body_bytes_) ec = beast::http::error::body_limit;
    reply_.body.reserve(static_cast<std::size_t>(std::min({*length, max_body_bytes_, kMaxReserve})));
  }
  std::size_t Store(beast::string_view bytes, error_code& ec) {
    if (reply_.body.size() + bytes.size() > max_body_bytes_) {
      ec = beast::http::error::body_limit;
    } else {
      reply_.body.append(bytes.data(), bytes.size());
    }
    return bytes.size();
  }
  std::size_t on_body_impl(beast::string_view bytes, error_code& ec) override { return Store(bytes, ec); }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code& ec) override { return Store(bytes, ec); }
  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  NodeReply& reply_;
  const std::uint64_t max_body_bytes_;
};

ReplyReader::ReplyReader(NodeReply& reply, std::uint64_t max_body_bytes)
    : reply_(reply), max_body_bytes_(max_body_bytes), parser_(std::make_unique<Parser>(reply, max_body_bytes)) {}

ReplyReader::~ReplyReader() = default;

std::size_t ReplyReader::Take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && (state_ == State::kHead || state_ == State::kBody)) {
    error_code ec;
    const std::string_view rest = bytes.substr(taken);
    taken += parser_->put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
    if (ec == beast::http::error::need_more) break;
    if (ec) {
      state_ = ec == beast::http::error::body_limit ? State::kTooLarge : State::kBad;
      problem_ = ec.message();
    } else if (!parser_->is_done()) {
      state_ = State::kBody;
    } else if (!parser_->interim()) {
      state_ = State::kDone;
    } else if (reply_.status == 101 || ++interim_ > kMaxInterim) {
      state_ = State::kBad;
      problem_ = "unexpected interim reply";
    } else {
      reply_ = NodeReply();
      parser_ = std::make_unique<Parser>(reply_, max_body_bytes_);
    }
  }
  if (state_ == State::kHead && parser_->is_header_done()) state_ = State::kBody;
  return taken;
}

void ReplyReader::End(bool orderly) {
  error_code ec;
  parser_->put_eof(ec);
  reply_.truncated = static_cast<bool>(ec) || !orderly;
  state_ = State::kDone;
}

bool ReplyReader::keep_alive() const { return parser_->keep_alive(); }

}  // namespace plenary::http
