// A running server with a handler made of paths, for the tests of this folder.
#pragma once

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "http/raw_client_for_test.hpp"
#include "http/server.hpp"

namespace plenary::http::test {

/// /now, /id, /peer, /throw answer at once. /body and /limit read the body (at most 1 MB, 10 bytes), /wait sleeps 200 ms, /late-throw
/// throws after a pause, /ignore answers after a pause without reading, /big answers 32 MB, anything else echoes method, path and query.
class PathHandler final : public Handler {
 public:
  bool HandleNow(const Request& request, Reply& reply) override {
    if (request.path == "/throw") throw std::runtime_error("now");
    if (request.path == "/body" || request.path == "/limit" || request.path == "/wait" || request.path == "/late-throw" ||
        request.path == "/ignore")
      return false;
    reply.SetContentType("text/plain");
    if (request.path == "/now") {
      reply.body = "ok";
    } else if (request.path == "/id") {
      reply.body = request.id;
    } else if (request.path == "/peer") {
      reply.body.append(request.peer).append(request.secure ? " secure" : " plain");
    } else if (request.path == "/host") {
      reply.body = request.Header("host");
    } else if (request.path == "/big") {
      reply.body.assign(32 << 20, 'b');
    } else if (request.path == "/nothing") {
      reply.status = 204;
    } else if (request.path == "/redirect") {
      reply.status = 302;
      reply.AddHeader("Location", "http://elsewhere\r\nX-Evil: 1");
    } else {
      reply.body.append(request.method).append(" ").append(request.path).append("|").append(request.query);
    }
    return true;
  }

  Task<void> Handle(const Request& request, Reply& reply) override {
    if (request.path == "/wait" || request.path == "/late-throw" || request.path == "/ignore")
      co_await runtime::Sleep(std::chrono::milliseconds(200));
    if (request.path == "/late-throw") throw std::runtime_error("late");
    if (request.path == "/body" || request.path == "/limit") {
      SpooledBody body;
      const Status status = co_await request.body->ReadAll(body, request.path == "/limit" ? 10 : 1 << 20);
      if (!status) {
        reply.status = status.error().code == ErrorCode::kTooLarge ? 413 : 400;
        co_return;
      }
      std::string text;
      if (!body.ReadAt(0, 1 << 20, text)) reply.status = 500;
      reply.body = std::to_string(text.size()) + ":" + std::to_string(Fnv1a(text));
    }
    ++handled;
  }

  void Finished(const Request&, const Reply& reply, std::uint64_t) override {
    last_status = reply.status;
    ++finished;
  }

  std::atomic<int> handled = 0;
  std::atomic<int> finished = 0;
  std::atomic<int> last_status = 0;
};

class RunningServer {
 public:
  explicit RunningServer(ServerOptions options = {}, const std::string& url = "tcp://127.0.0.1:0")
      : server(std::make_unique<Server>(runtime, handler, options)) {
    const auto address = ParseListenAddress(url);
    EXPECT_TRUE(address.has_value());
    const Status listening = server->Listen(*address);
    EXPECT_TRUE(listening.has_value()) << listening.error().detail;
    runtime.Start();
  }
  ~RunningServer() { runtime.Stop(); }

  RawSocket Connect() const { return RawSocket::ConnectTcp(server->ports().front()); }
  /// One request on a fresh connection, everything that comes back.
  std::string Ask(std::string_view request) const {
    RawSocket client = Connect();
    client.Send(request);
    return client.ReadReply();
  }

  PathHandler handler;
  runtime::Runtime runtime{2};
  std::unique_ptr<Server> server;
};

inline std::string Get(std::string_view target, std::string_view fields = {}) {
  return std::string("GET ").append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(fields).append("\r\n");
}

}  // namespace plenary::http::test
