// HTTP on the wire as a test stand needs it: a server that can refuse, hang up in the middle and reset, and a client that
// talks to loopback only. Not the balancer's own HTTP code: that has no business failing on purpose, and a stand that
// shared it would share its mistakes. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "runtime/async.hpp"

namespace plenary::sim {

struct WireRequest {
  std::string_view method;
  std::string_view path;   // raw, before the first '?'
  std::string_view query;  // raw, after it
  std::string_view content_type;
  std::string_view accept;
  std::string_view body;
  bool too_large = false;  // the body was above the limit and not read
};

enum class Delivery { kWhole, kHalf, kReset };

struct WireReply {
  int status = 200;
  std::string_view content_type = "text/xml;charset=utf-8";
  std::string headers;  // "Name: value\r\n" lines
  std::string body;
  std::shared_ptr<const std::string> shared_body;  // when set, instead of `body`
  Delivery delivery = Delivery::kWhole;
};

/// Whether the peer of a request that is still being answered has gone.
class PeerWatch {
 public:
  virtual ~PeerWatch() = default;
  virtual bool Gone() = 0;
};

class WireHandler {
 public:
  virtual ~WireHandler() = default;
  /// True when the answer needs no waiting (the usual case); else Answer is called.
  virtual bool AnswerNow(const WireRequest& request, WireReply& reply) = 0;
  virtual Task<void> Answer(const WireRequest& request, WireReply& reply, PeerWatch& peer) = 0;
};

/// One listening socket.
class WireServer {
 public:
  static constexpr std::uint64_t kMaxBodyBytes = 1'048'576;  // nginx's client_max_body_size

  WireServer(boost::asio::io_context& context, WireHandler& handler);
  ~WireServer();
  /// `host`: a numeric address.
  Status Open(const std::string& host, std::uint16_t port);
  void Close();
  /// 0 while closed.
  std::uint16_t port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct Fetched {
  int status = 0;  // 0: `error` says why there is none
  std::string error;
  std::string location;
  std::string cookie;
  std::string body;
};

struct Outgoing {
  std::string url;
  std::string user_agent;
  std::string content_type;   // with one it is a POST of `body`, else a GET
  std::string body;
  std::string authorization;  // "" = none
};

/// Anything but http on a loopback address is refused before a packet is sent.
Task<Fetched> CallLoopback(Outgoing call, std::chrono::milliseconds timeout);

/// `location` as a browser at `base` resolves it (absolute, or a path).
std::string ResolveUrl(std::string_view base, std::string_view location);

}  // namespace plenary::sim
