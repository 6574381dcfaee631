#include "http/request_body.hpp"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace plenary::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

constexpr std::size_t kPieceBytes = 32 * 1024;
constexpr std::size_t kMaxChunkLine = 16 * 1024;  // a size line with extensions, or the trailers

/// Beast's de-chunking: its parser is given a made-up head first.
class ChunkDecoder final : public beast::http::basic_parser<true> {
 public:
  ChunkDecoder(SpooledBody* into, std::uint64_t max_bytes) : into_(into) {
    static constexpr std::string_view kHead = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    error_code ignored;
    put(boost::asio::const_buffer(kHead.data(), kHead.size()), ignored);
    body_limit(max_bytes);
    eager(true);
  }
  /// Why storing failed, if it did.
  Status stored;

 private:
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code& ec) override {
    if (into_ != nullptr) stored = into_->Append({bytes.data(), bytes.size()});
    if (!stored) ec = beast::http::error::buffer_overflow;
    return bytes.size();
  }
  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, error_code&) override {}
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, beast::string_view, beast::string_view, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view bytes, error_code&) override { return bytes.size(); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  SpooledBody* into_;
};

tl::unexpected<Error> Stopped() { return Fail(ErrorCode::kNoReply, "the client stopped sending"); }

}  // namespace

void RequestBody::Begin(const RequestHead& head, std::string_view received) {
  state_ = head.has_body() ? State::kUnread : State::kComplete;
  chunked_ = head.chunked;
  expects_continue_ = head.expects_continue;
  length_ = head.content_length;
  received_ = received;
  used_ = 0;
  beyond_.clear();
}

Task<Status> RequestBody::ReadAll(SpooledBody& into, std::uint64_t max_bytes) {
  if (state_ == State::kComplete) co_return Status();
  Status status = co_await Pull(&into, max_bytes);
  co_return status;
}

bool RequestBody::drainable() const {
  // A client that waits for "100 Continue" may or may not send the body now: only closing is unambiguous.
  if (state_ != State::kUnread || (expects_continue_ && received_.empty())) return false;
  return chunked_ || length_ <= kDrainLimit;
}

Task<bool> RequestBody::Drain() {
  const Status status = co_await Pull(nullptr, kDrainLimit);
  co_return status.has_value();
}

Task<Status> RequestBody::Pull(SpooledBody* into, std::uint64_t max_bytes) {
  if (state_ != State::kUnread) co_return Fail(ErrorCode::kConflict, "the body was asked for twice");
  state_ = State::kBroken;
  if (!chunked_ && length_ > max_bytes)
    co_return Fail(ErrorCode::kTooLarge, "the body is larger than " + std::to_string(max_bytes) + " bytes");
  if (expects_continue_ && received_.empty()) {
    const bool sent = co_await stream_.SendContinue();
    if (!sent) co_return Stopped();
  }
  Status status;
  if (chunked_) {
    status = co_await PullChunks(into, max_bytes);
  } else {
    status = co_await PullLength(into);
  }
  if (status) state_ = State::kComplete;
  co_return status;
}

Task<Status> RequestBody::PullLength(SpooledBody* into) {
  used_ = static_cast<std::size_t>(std::min<std::uint64_t>(length_, received_.size()));
  if (into != nullptr) {
    Status stored = into->Append(received_.substr(0, used_));
    if (!stored) co_return stored;
  }
  std::uint64_t left = length_ - used_;
  std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(left, kPieceBytes)), '\0');
  while (left > 0) {
    const std::size_t max = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size()));
    const std::size_t n = co_await stream_.ReadBody(piece.data(), max);
    if (n == 0) co_return Stopped();
    left -= n;
    if (into != nullptr) {
      Status stored = into->Append(std::string_view(piece).substr(0, n));
      if (!stored) co_return stored;
    }
  }
  co_return Status();
}

Task<Status> RequestBody::PullChunks(SpooledBody* into, std::uint64_t max_bytes) {
  ChunkDecoder decoder(into, max_bytes);
  used_ = received_.size();
  std::string raw(received_);
  while (true) {
    error_code ec;
    const std::size_t taken = raw.empty() ? 0 : decoder.put(boost::asio::const_buffer(raw.data(), raw.size()), ec);
    raw.erase(0, taken);
    if (!decoder.stored) co_return decoder.stored;
    if (ec == beast::http::error::body_limit)
      co_return Fail(ErrorCode::kTooLarge, "the body is larger than " + std::to_string(max_bytes) + " bytes");
    if (ec && ec != beast::http::error::need_more) co_return Fail(ErrorCode::kInvalidArgument, "malformed chunked body");
    if (decoder.is_done()) break;
    if (raw.size() > kMaxChunkLine) co_return Fail(ErrorCode::kInvalidArgument, "malformed chunked body");
    const std::size_t had = raw.size();
    raw.resize(had + kPieceBytes);
    const std::size_t n = co_await stream_.ReadBody(raw.data() + had, kPieceBytes);
    if (n == 0) co_return Stopped();
    raw.resize(had + n);
  }
  beyond_ = std::move(raw);
  co_return Status();
}

}  // namespace plenary::http
