// Calls to nodes: HTTP/1.1 over kept-alive connections, a pool per endpoint and thread. TLS is verified against the system's
// certificates (SSL_CERT_FILE is honoured) and the host name. Redirects are not followed, no Accept-Encoding is sent, the status
// is passed on and not judged. A call that changes something is never sent twice: it uses a kept-alive connection only when that
// was idle for less than 10 s and shows no sign of being closed, and it is not repeated after its first byte was written; a
// read-only call on a stale kept-alive connection is repeated once on a fresh one.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/url.hpp"
#include "http/spooled_body.hpp"
#include "runtime/async.hpp"
#include "runtime/runtime.hpp"

namespace plenary::http {

enum class Effect { kReadOnly, kChanges };

struct NodeCall {
  Endpoint endpoint;
  std::string target;                 // path and query, ready to send
  Effect effect = Effect::kReadOnly;
  const SpooledBody* body = nullptr;  // not null: POST
  std::string content_type;           // of the body
  std::chrono::milliseconds connect_timeout{5'000};   // resolve + connect + TLS handshake
  std::chrono::milliseconds response_timeout{10'000}; // from the last byte sent to the last byte received
  std::uint64_t max_reply_bytes = 64ull << 20;
};

struct NodeReply {
  int status = 0;
  std::string content_type;
  std::string body;
  bool truncated = false;  // the connection ended before the announced length
};

class NodeClient {
 public:
  virtual ~NodeClient() = default;
  /// kUnreachable: nothing was sent. kNoReply: sent, no usable head came within the time. kBadReply: not HTTP. kTooLarge.
  /// Must be called on a thread of the runtime.
  virtual Task<Result<NodeReply>> Call(NodeCall call) = 0;
};

/// Destroyed after Runtime::Stop and before the runtime. `close_idle_after`: kept-alive connections idle for longer are closed.
std::unique_ptr<NodeClient> MakeNodeClient(runtime::Runtime& runtime,
                                           std::chrono::milliseconds close_idle_after = std::chrono::seconds(50));

}  // namespace plenary::http
