// One request as the server hands it to a handler, and the reply that the handler fills. Views point into the connection's
// buffer and are valid until the handler (or its coroutine) is done. Knows nothing of BBB.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/spooled_body.hpp"
#include "runtime/async.hpp"

namespace plenary::http {

struct HeaderField {
  std::string_view name;
  std::string_view value;
};

/// Reads the request's body from the connection; at most once per request.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// Appends the whole body (de-chunked) to `into`. kTooLarge when it exceeds `max_bytes` (nothing more is read; the
  /// connection will be closed after the reply), kNoReply when the client stops sending, kInvalidArgument when the chunks are
  /// malformed, kIo when spooling fails.
  virtual Task<Status> ReadAll(SpooledBody& into, std::uint64_t max_bytes) = 0;
};

struct Request {
  std::string_view method;             // as sent, case-sensitive
  std::string_view target;             // path and query, raw
  std::string_view path;               // before the first '?', raw
  std::string_view query;              // after it, raw; empty when there is none
  std::span<const HeaderField> headers;
  std::string_view peer;               // numeric address of the peer, "" for a Unix socket
  std::string_view id;                 // X-Request-Id: the client's (sanitised) or a fresh one
  bool secure = false;                 // TLS was terminated here
  bool has_body = false;               // Content-Length > 0 or chunked
  std::uint64_t content_length = 0;    // 0 when chunked
  BodySource* body = nullptr;          // never null while a handler runs

  /// First field of that name (any case), or an empty view.
  std::string_view Header(std::string_view name) const;
  bool HasHeader(std::string_view name) const;
};

/// A reply under construction. Buffers are reused by the connection's next request.
class Reply {
 public:
  int status = 200;
  std::string body;

  void SetContentType(std::string_view type) { content_type_ = type; }
  std::string_view content_type() const { return content_type_; }
  /// `name` and `value` must not hold CR, LF or NUL; those bytes are dropped from `value`.
  void AddHeader(std::string_view name, std::string_view value);
  /// Serialized "Name: value\r\n" lines.
  const std::string& headers() const { return headers_; }
  /// Close the connection after this reply.
  bool close = false;

  /// For the access log only: what came of it ("ok", a messageKey) and which upstream was involved.
  std::string_view outcome;  // static text, or a view that outlives the request
  std::string upstream;

  void Reset();

 private:
  std::string content_type_;
  std::string headers_;
};

/// Answers requests. One instance serves all workers at once.
class Handler {
 public:
  virtual ~Handler() = default;
  /// Called first, on the worker's thread. Fills `reply` and returns true when the answer needs no waiting (the hot path).
  virtual bool HandleNow(const Request& request, Reply& reply) = 0;
  /// Called when HandleNow returned false (and left `reply` untouched).
  virtual Task<void> Handle(const Request& request, Reply& reply) = 0;
  /// Called once per request after the reply was given to the kernel (or failed to be).
  virtual void Finished(const Request& request, const Reply& reply, std::uint64_t elapsed_us) {}
};

}  // namespace plenary::http
