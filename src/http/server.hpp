// The HTTP/1.1 server: listens, reads heads into reused buffers (Beast's basic_parser), hands them to a Handler on a worker
// thread and writes the reply. Keep-alive, pipelining, Expect: 100-continue, HEAD (body dropped), chunked request bodies, TLS.
// Refuses by itself: malformed heads (400), heads over the limits (414, 431), HTTP/1.1 without Host (400), slow clients (408/close).
// Accepts on the control thread and deals connections to the workers in turn. No Beast or Asio socket type leaves the module.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"
#include "runtime/runtime.hpp"

namespace plenary::http {

/// Where to listen; made by ParseListenAddress from puma's notation.
struct ListenAddress {
  enum class Kind { kTcp, kUnix, kTls } kind = Kind::kTcp;
  std::string host = "0.0.0.0";  // numeric or a name; "[::]" without brackets
  std::uint16_t port = 3000;     // 0: any free port
  std::string path;              // Unix socket
  std::string certificate_file;  // PEM chain, TLS
  std::string key_file;          // PEM, TLS
};

/// "tcp://0.0.0.0:3000", "unix:///run/plenary.sock", "ssl://0.0.0.0:443?cert=/a.pem&key=/b.pem" (puma's bind URLs).
Result<ListenAddress> ParseListenAddress(std::string_view url);

struct ServerOptions {
  std::chrono::milliseconds head_timeout{15'000};   // first byte of a head to its end (slowloris)
  std::chrono::milliseconds idle_timeout{75'000};   // keep-alive without a request
  std::chrono::milliseconds body_timeout{30'000};   // between two pieces of a body
  std::chrono::milliseconds write_timeout{60'000};  // client that doesn't read
  std::size_t max_target_bytes = 32 * 1024;         // else 414
  std::size_t max_head_bytes = 64 * 1024;           // else 431
  std::size_t max_header_fields = 100;              // else 431
  std::size_t max_connections = 40'000;             // further ones are closed at once
};

/// What the server did since start; read at any time from any thread.
struct ServerCounters {
  std::uint64_t connections_open = 0;
  std::uint64_t connections_accepted = 0;
  std::uint64_t requests = 0;
  std::uint64_t requests_in_flight = 0;
  std::uint64_t refused_heads = 0;
  std::uint64_t handler_failures = 0;  // handlers that threw
};

/// Destroyed after Runtime::Stop and before the runtime.
class Server {
 public:
  Server(runtime::Runtime& runtime, Handler& handler, ServerOptions options);
  ~Server();

  /// Binds and listens; accepting begins when the runtime runs. Fails with the address and the reason.
  Status Listen(const ListenAddress& address);
  /// Ports actually bound, in the order of Listen (0 for Unix sockets).
  std::vector<std::uint16_t> ports() const;

  /// Closes the listening sockets (new connections are refused) and idle connections; requests under way finish with
  /// "Connection: close". `done` is called on the control thread when none is left or the time is up.
  void Drain(std::chrono::milliseconds limit, std::function<void(bool all_finished)> done);

  ServerCounters Counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenary::http
