// Reading the head of one request: pure, no sockets, no allocation once `RequestHead` has been used. Stricter than Beast's parser, which it
// uses, where laxity would let two parties see different requests (transfer codings, repeated lengths, folded lines).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace plenary::http {

struct HeadLimits {
  std::size_t target_bytes = 32 * 1024;
  std::size_t head_bytes = 64 * 1024;
  std::size_t header_fields = 100;
};

/// Views point into the parsed text.
struct RequestHead {
  std::string_view method;
  std::string_view target;
  std::string_view path;
  std::string_view query;
  std::vector<HeaderField> fields;
  std::string_view request_id;  // X-Request-Id as sent; empty when absent or not of the form that is accepted
  bool keep_alive = false;
  bool http_1_0 = false;
  bool chunked = false;
  bool expects_continue = false;
  std::uint64_t content_length = 0;

  bool has_body() const { return chunked || content_length > 0; }
};

/// `text` is one complete head up to and with its empty line. Returns 0, or the status to refuse with: 400, 414, 431.
int ParseRequestHead(std::string_view text, const HeadLimits& limits, RequestHead& head);

/// Follows the arrival of a head, so that each byte is looked at once however the head trickles in.
class HeadScanner {
 public:
  struct Outcome {
    std::size_t head_bytes = 0;  // not 0: the head is complete and this long
    int refuse = 0;              // not 0: the status to refuse with
  };
  /// `text`: everything received so far. Both outcomes 0: more is needed.
  Outcome Scan(std::string_view text, const HeadLimits& limits);
  void Reset() { scanned_ = 0; }

 private:
  std::size_t scanned_ = 0;
};

}  // namespace plenary::http
