#include "http/node_client.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <thread>
#include <vector>

#include "http/server_fixture_for_test.hpp"

namespace plenary::http {
namespace {

using namespace test;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

using Answer = std::promise<Result<NodeReply>>;

Task<void> CallAndReport(NodeClient& client, NodeCall call, Answer& answer) {
  Result<NodeReply> reply = co_await client.Call(std::move(call));
  answer.set_value(std::move(reply));
}

NodeCall CallTo(std::uint16_t port, std::string target = "/now") {
  NodeCall call;
  call.endpoint.host = "127.0.0.1";
  call.endpoint.port = port;
  call.endpoint.host_header = "127.0.0.1:" + std::to_string(port);
  call.target = std::move(target);
  call.connect_timeout = milliseconds(400);
  call.response_timeout = milliseconds(400);
  return call;
}

class Caller {
 public:
  explicit Caller(milliseconds close_idle_after = std::chrono::seconds(50)) : client(MakeNodeClient(runtime, close_idle_after)) {
    runtime.Start();
  }
  ~Caller() { runtime.Stop(); }

  std::future<Result<NodeReply>> Start(NodeCall call) {
    auto answer = std::make_shared<Answer>();
    answers_.push_back(answer);
    runtime::Spawn(runtime.Worker(0), CallAndReport(*client, std::move(call), *answer));
    return answer->get_future();
  }
  Result<NodeReply> Call(NodeCall call) { return Start(std::move(call)).get(); }

 private:
  std::vector<std::shared_ptr<Answer>> answers_;

 public:
  runtime::Runtime runtime{1};
  std::unique_ptr<NodeClient> client;
};

/// A node that does one thing to every connection, one after the other, each on its own thread.
class HostileNode {
 public:
  explicit HostileNode(std::function<void(RawSocket&, int number)> act) : act_(std::move(act)), acceptor_([this] { Run(); }) {}
  ~HostileNode() {
    stop_ = true;
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
  }
  std::uint16_t port() const { return listener_.port(); }
  int connections() const { return connections_; }

 private:
  void Run() {
    while (!stop_) {
      auto socket = std::make_shared<RawSocket>(listener_.Accept(20));
      if (!socket->connected()) continue;
      const int number = ++connections_;
      threads_.emplace_back([this, socket, number] {
        act_(*socket, number);
        socket->Close();
      });
    }
  }

  RawListener listener_;
  const std::function<void(RawSocket&, int)> act_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> connections_ = 0;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

std::string ReadHead(RawSocket& socket) {
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    const std::string some = socket.ReadSome(1'000);
    if (some.empty()) return {};
    head += some;
  }
  return head;
}

/// Reads one head and sends `reply`.
std::function<void(RawSocket&, int)> Replies(std::string reply) {
  return [reply](RawSocket& socket, int) {
    ReadHead(socket);
    socket.Send(reply);
  };
}

TEST(NodeClient, CallsOverOneKeptConnection) {
  RunningServer node;
  Caller caller;
  for (int i = 0; i < 20; ++i) {
    const auto reply = caller.Call(CallTo(node.server->ports().front(), "/a?b=" + std::to_string(i)));
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "GET /a|b=" + std::to_string(i));
    EXPECT_EQ(reply->content_type, "text/plain");
    EXPECT_FALSE(reply->truncated);
  }
  EXPECT_EQ(node.server->Counters().connections_accepted, 1u);
}

TEST(NodeClient, SendsExactlyThis) {
  std::promise<std::string> seen;
  HostileNode node([&](RawSocket& socket, int) {
    seen.set_value(ReadHead(socket));
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  Caller caller;
  SpooledBody body;
  ASSERT_TRUE(body.Append("<x/>"));
  NodeCall call = CallTo(node.port(), "/create?a=b");
  call.body = &body;
  call.content_type = "application/xml";
  ASSERT_TRUE(caller.Call(call));
  EXPECT_EQ(seen.get_future().get(), "POST /create?a=b HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(node.port()) +
                                         "\r\nUser-Agent: Plenary\r\nContent-Type: application/xml\r\nContent-Length: 4\r\n\r\n<x/>");
}

TEST(NodeClient, BodiesOfAllSizes) {
  RunningServer node;
  Caller caller;
  for (const std::size_t size : {0u, 1u, 60'000u, 100'000u, 250'000u, 300'000u, 1'000'000u}) {
    std::string text(size, 'q');
    for (std::size_t i = 0; i < size; i += 1'013) text[i] = static_cast<char>('a' + i % 26);
    SpooledBody body;
    ASSERT_TRUE(body.Append(text));
    NodeCall call = CallTo(node.server->ports().front(), "/body");
    call.body = &body;
    call.effect = Effect::kChanges;
    const auto reply = caller.Call(call);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->body, std::to_string(size) + ":" + std::to_string(Fnv1a(text)));
  }
  EXPECT_EQ(node.server->Counters().connections_accepted, 1u);
}

TEST(NodeClient, StatusIsPassedOnAndRedirectsAreNotFollowed) {
  RunningServer node;
  Caller caller;
  EXPECT_EQ(caller.Call(CallTo(node.server->ports().front(), "/redirect"))->status, 302);
  EXPECT_EQ(caller.Call(CallTo(node.server->ports().front(), "/nothing"))->status, 204);
  EXPECT_EQ(caller.Call(CallTo(node.server->ports().front(), "/throw"))->status, 500);
  EXPECT_EQ(caller.Call(CallTo(node.server->ports().front(), "/big"))->body.size(), 32u << 20);
}

struct Framing {
  std::string reply;
  std::string body;
  bool truncated = false;
};

TEST(NodeClient, AllFramings) {
  const std::vector<Framing> framings = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"},
      {"HTTP/1.1 200 OK\r\n\r\nhello", "hello"},
      {"HTTP/1.0 200 OK\r\n\r\n", ""},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: a\r\n\r\n", "hello"},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
       "hello"},
      {"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", "<html>"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", "hello", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "hello", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello", "hello", true},
  };
  for (const Framing& framing : framings) {
    HostileNode node(Replies(framing.reply));
    Caller caller;
    const auto reply = caller.Call(CallTo(node.port()));
    ASSERT_TRUE(reply) << framing.reply << reply.error().detail;
    EXPECT_EQ(reply->body, framing.body) << framing.reply;
    EXPECT_EQ(reply->truncated, framing.truncated) << framing.reply;
  }
}

TEST(NodeClient, SlowDripIsRead) {
  HostileNode node([](RawSocket& socket, int) {
    ReadHead(socket);
    for (const char c : std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")) {
      socket.Send(std::string(1, c));
      std::this_thread::sleep_for(milliseconds(1));
    }
  });
  Caller caller;
  EXPECT_EQ(caller.Call(CallTo(node.port()))->body, "hello");
}

struct Failing {
  std::string reply;
  ErrorCode code;
};

TEST(NodeClient, WhatIsNotAReply) {
  const std::string endless(200'000, 'x');
  const std::vector<Failing> cases = {
      {"garbage\r\n\r\n", ErrorCode::kBadReply},
      {"SSH-2.0-OpenSSH_9.2\r\n", ErrorCode::kBadReply},
      {"HTTP/2.0 200 OK\r\n\r\n", ErrorCode::kBadReply},
      {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", ErrorCode::kBadReply},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", ErrorCode::kBadReply},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", ErrorCode::kBadReply},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ErrorCode::kBadReply},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", ErrorCode::kBadReply},
      {"HTTP/1.1 200 OK\r\nA: " + endless, ErrorCode::kBadReply},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + endless, ErrorCode::kBadReply},
      {"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n", ErrorCode::kTooLarge},
      {"HTTP/1.1 200 OK\r\n\r\n" + endless, ErrorCode::kTooLarge},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30D40\r\n" + endless, ErrorCode::kTooLarge},
      {"", ErrorCode::kNoReply},
      {"HTTP/1.1 200 OK\r\nConte", ErrorCode::kNoReply},
  };
  for (const Failing& failing : cases) {
    HostileNode node(Replies(failing.reply));
    Caller caller;
    NodeCall call = CallTo(node.port());
    call.max_reply_bytes = 100'000;
    const auto reply = caller.Call(call);
    ASSERT_FALSE(reply) << failing.reply.substr(0, 100);
    EXPECT_EQ(reply.error().code, failing.code) << failing.reply.substr(0, 100) << reply.error().detail;
  }
}

TEST(NodeClient, NobodyThere) {
  std::uint16_t port = 0;
  {
    const RawListener closed;
    port = closed.port();
  }
  Caller caller;
  const auto reply = caller.Call(CallTo(port));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kUnreachable);
  EXPECT_EQ(reply.error().detail, "cannot connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
  NodeCall unknown = CallTo(port);
  unknown.endpoint.host = "no-such-host.invalid";
  const auto unresolved = caller.Call(unknown);
  ASSERT_FALSE(unresolved);
  EXPECT_EQ(unresolved.error().code, ErrorCode::kUnreachable);
}

TEST(NodeClient, NamesAreResolved) {
  RunningServer node;
  Caller caller;
  NodeCall call = CallTo(node.server->ports().front());
  call.endpoint.host = "localhost";  // may be ::1 first: the second address is tried
  const auto reply = caller.Call(call);
  ASSERT_TRUE(reply) << reply.error().detail;
  EXPECT_EQ(reply->body, "ok");
}

void ExpectTimeout(const Result<NodeReply>& reply, Clock::time_point start, milliseconds limit) {
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kNoReply);
  EXPECT_NE(reply.error().detail.find("timed out"), std::string::npos) << reply.error().detail;
  EXPECT_GE(Clock::now() - start, limit);
  EXPECT_LE(Clock::now() - start, limit + milliseconds(100));  // 20 ms of it are ours, the rest a busy machine
}

TEST(NodeClient, TimeLimitsAreExact) {
  Caller caller;
  for (const char* begin : {"", "HTTP/1.1 200 OK\r\nConte", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"}) {
    HostileNode node([begin](RawSocket& socket, int) {
      ReadHead(socket);
      socket.Send(begin);
      socket.ReadSome(1'000);
    });
    const auto start = Clock::now();
    const auto reply = caller.Call(CallTo(node.port()));
    ExpectTimeout(reply, start, milliseconds(400));
  }
  HostileNode drips([](RawSocket& socket, int) {
    ReadHead(socket);
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    while (socket.Send("x")) std::this_thread::sleep_for(milliseconds(5));
  });
  const auto start = Clock::now();
  const auto reply = caller.Call(CallTo(drips.port()));
  ExpectTimeout(reply, start, milliseconds(400));
}

TEST(NodeClient, NodeThatDoesNotReadALargeBody) {
  HostileNode node([](RawSocket& socket, int) {
    std::this_thread::sleep_for(milliseconds(1'000));
    socket.Reset();
  });
  Caller caller;
  SpooledBody body;
  ASSERT_TRUE(body.Append(std::string(20 << 20, 'x')));
  NodeCall call = CallTo(node.port());
  call.body = &body;
  call.effect = Effect::kChanges;
  const auto start = Clock::now();
  const auto reply = caller.Call(call);
  ExpectTimeout(reply, start, milliseconds(400));
}

TEST(NodeClient, EarlyRefusalOfALargeBodyIsSeen) {
  HostileNode node([](RawSocket& socket, int) {
    ReadHead(socket);
    socket.Send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    socket.FinishSending();
    std::this_thread::sleep_for(milliseconds(50));
    while (!socket.ReadSome(50).empty()) {
    }
  });
  Caller caller;
  SpooledBody body;
  ASSERT_TRUE(body.Append(std::string(20 << 20, 'x')));
  NodeCall call = CallTo(node.port());
  call.body = &body;
  const auto reply = caller.Call(call);
  ASSERT_TRUE(reply) << reply.error().detail;
  EXPECT_EQ(reply->status, 413);
}

/// Answers the first request of each connection, then does `second` to the next one on the same connection.
std::function<void(RawSocket&, int)> GoodThen(std::atomic<int>& requests, std::function<void(RawSocket&)> second) {
  return [&requests, second](RawSocket& socket, int) {
    if (ReadHead(socket).empty()) return;
    ++requests;
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    second(socket);
  };
}

TEST(NodeClient, ReadOnlyCallsAreRepeatedOnAFreshConnection) {
  std::atomic<int> requests = 0;
  HostileNode node(GoodThen(requests, [&](RawSocket& socket) {
    if (ReadHead(socket).empty()) return;
    ++requests;
    socket.Reset();
  }));
  Caller caller;
  ASSERT_TRUE(caller.Call(CallTo(node.port())));
  const auto again = caller.Call(CallTo(node.port()));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->body, "ok");
  EXPECT_EQ(node.connections(), 2);
  EXPECT_EQ(requests, 3);
}

TEST(NodeClient, ChangesAreNeverSentTwice) {
  for (const bool reset : {false, true}) {
    std::atomic<int> requests = 0;
    HostileNode node(GoodThen(requests, [&](RawSocket& socket) {
      if (ReadHead(socket).empty()) return;
      ++requests;
      if (reset) socket.Reset();
    }));
    Caller caller;
    ASSERT_TRUE(caller.Call(CallTo(node.port())));
    NodeCall change = CallTo(node.port());
    change.effect = Effect::kChanges;
    const auto reply = caller.Call(change);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, ErrorCode::kNoReply);
    EXPECT_EQ(requests, 2);
    EXPECT_EQ(node.connections(), 1);
  }
}

TEST(NodeClient, ClosedKeptConnectionsAreNotUsedForChanges) {
  std::atomic<int> requests = 0;
  for (const bool reset : {false, true}) {
    HostileNode node(GoodThen(requests, [&](RawSocket& socket) {
      if (reset) {
        std::this_thread::sleep_for(milliseconds(20));
        socket.Reset();
      }
    }));
    Caller caller;
    NodeCall change = CallTo(node.port());
    change.effect = Effect::kChanges;
    for (int i = 1; i <= 3; ++i) {
      ASSERT_TRUE(caller.Call(change));
      std::this_thread::sleep_for(milliseconds(60));
      EXPECT_EQ(node.connections(), i);
    }
  }
  EXPECT_EQ(requests, 6);
}

TEST(NodeClient, UnaskedBytesSpoilAConnection) {
  HostileNode node(Replies("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"));
  Caller caller;
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(caller.Call(CallTo(node.port()))->body, "ok");
    EXPECT_EQ(node.connections(), i);
  }
}

TEST(NodeClient, IdleConnectionsAreClosed) {
  RunningServer node;
  Caller caller(milliseconds(200));
  ASSERT_TRUE(caller.Call(CallTo(node.server->ports().front())));
  EXPECT_EQ(node.server->Counters().connections_open, 1u);
  std::this_thread::sleep_for(milliseconds(400));
  EXPECT_EQ(node.server->Counters().connections_open, 0u);
}

TEST(NodeClient, ManyAtOnce) {
  RunningServer node;
  Caller caller;
  std::vector<std::future<Result<NodeReply>>> replies;
  for (int i = 0; i < 300; ++i) {
    NodeCall call = CallTo(node.server->ports().front(), i % 2 == 0 ? "/wait" : "/" + std::to_string(i));
    call.response_timeout = milliseconds(5'000);
    call.connect_timeout = milliseconds(5'000);
    replies.push_back(caller.Start(call));
  }
  for (int i = 0; i < 300; ++i) {
    const auto reply = replies[static_cast<std::size_t>(i)].get();
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->body, i % 2 == 0 ? "" : "GET /" + std::to_string(i) + "|");
  }
}

TEST(NodeClient, RequestsCannotBeSplit) {
  RunningServer node;
  Caller caller;
  for (const char* target : {"", "x", "/a b", "/a\r\nX: y", "/a\n", "/\x7f"}) {
    const auto reply = caller.Call(CallTo(node.server->ports().front(), target));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(node.server->Counters().connections_accepted, 0u);
}

TEST(NodeClient, StopsInTheMiddleOfCalls) {
  RunningServer node;
  std::vector<std::unique_ptr<Answer>> answers;
  {
    Caller caller;
    for (int i = 0; i < 20; ++i) {
      answers.push_back(std::make_unique<Answer>());
      NodeCall call = CallTo(node.server->ports().front(), i % 2 == 0 ? "/wait" : "/big");
      runtime::Spawn(caller.runtime.Worker(0), CallAndReport(*caller.client, std::move(call), *answers.back()));
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
}

}  // namespace
}  // namespace plenary::http
