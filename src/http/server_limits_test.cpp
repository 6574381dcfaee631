// What the server refuses, and whom it doesn't wait for.
#include <chrono>
#include <thread>
#include <vector>

#include "http/server_fixture_for_test.hpp"

namespace plenary::http {
namespace {

using namespace test;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

void ExpectRefusal(const std::string& reply, int status) {
  EXPECT_EQ(StatusOf(reply), status) << reply;
  EXPECT_EQ(FieldOf(reply, "Connection"), "close");
  EXPECT_EQ(FieldOf(reply, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(FieldOf(reply, "X-Request-Id").size(), 32u);
  EXPECT_TRUE(BodyOf(reply).starts_with(std::to_string(status)));
}

TEST(ServerLimits, MalformedHeads) {
  RunningServer server;
  const std::vector<std::string> heads = {"GET / HTTP/1.1\r\n\r\n",
                                          "hello\n",
                                          std::string("GET /\0", 6),
                                          "GET / HTTP/3.0\r\n\r\n",
                                          "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                                          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                                          "\x16\x03\x01\x02"};
  for (const std::string& head : heads) {
    RawSocket client = server.Connect();
    client.Send(head);
    const std::string reply = client.ReadReply();
    ExpectRefusal(reply, 400);
    client.FinishSending();
    EXPECT_TRUE(client.ClosedWithin(1'000));
  }
  EXPECT_EQ(server.server->Counters().refused_heads, heads.size());
  EXPECT_EQ(server.server->Counters().requests, 0u);
}

TEST(ServerLimits, RefusalAfterGoodRequestsComesInOrder) {
  RunningServer server;
  RawSocket client = server.Connect();
  client.Send(Get("/now") + "BAD\r\n\r\n" + Get("/now"));
  EXPECT_EQ(StatusOf(client.ReadReply()), 200);
  ExpectRefusal(client.ReadReply(), 400);
  client.FinishSending();
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST(ServerLimits, LongTargetsAndHeads) {
  RunningServer server;
  EXPECT_EQ(StatusOf(server.Ask(Get("/" + std::string(32 * 1024 - 1, 'x')))), 200);
  ExpectRefusal(server.Ask(Get("/" + std::string(32 * 1024, 'x'))), 414);
  ExpectRefusal(server.Ask("GET /" + std::string(40 * 1024, 'x')), 414);
  EXPECT_EQ(StatusOf(server.Ask(Get("/now", "A: " + std::string(60'000, 'x') + "\r\n"))), 200);
  ExpectRefusal(server.Ask(Get("/now", "A: " + std::string(70'000, 'x') + "\r\n")), 431);
  ExpectRefusal(server.Ask("GET / HTTP/1.1\r\nHost: t\r\nA: " + std::string(70'000, 'x')), 431);
  std::string many;
  for (int i = 0; i < 99; ++i) many += "A: 1\r\n";
  EXPECT_EQ(StatusOf(server.Ask(Get("/now", many))), 200);
  ExpectRefusal(server.Ask(Get("/now", many + "A: 1\r\n")), 431);
}

ServerOptions Impatient() {
  ServerOptions options;
  options.head_timeout = milliseconds(200);
  options.idle_timeout = milliseconds(300);
  options.body_timeout = milliseconds(200);
  options.write_timeout = milliseconds(200);
  return options;
}

milliseconds Since(Clock::time_point start) { return std::chrono::duration_cast<milliseconds>(Clock::now() - start); }

TEST(ServerLimits, SlowlorisGetsA408HoweverItDrips) {
  RunningServer server(Impatient());
  RawSocket client = server.Connect();
  const auto start = Clock::now();
  std::string reply;
  const std::string head = "GET /" + std::string(1'000, 'x');
  for (std::size_t i = 0; i < head.size() && reply.empty(); ++i) {
    client.Send(head.substr(i, 1));
    reply = client.ReadSome(20);
  }
  ExpectRefusal(reply, 408);
  EXPECT_GE(Since(start), milliseconds(190));
  EXPECT_LE(Since(start), milliseconds(600));
}

TEST(ServerLimits, EmptyLinesDoNotKeepAConnectionAlive) {
  RunningServer server(Impatient());
  RawSocket client = server.Connect();
  const auto start = Clock::now();
  bool closed = false;
  while (!closed && Since(start) < milliseconds(2'000)) {
    closed = !client.Send("\r\n");
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_TRUE(closed);
  EXPECT_LE(Since(start), milliseconds(800));
}

TEST(ServerLimits, IdleConnectionsAreClosedSilently) {
  RunningServer server(Impatient());
  RawSocket fresh = server.Connect();
  RawSocket used = server.Connect();
  used.Send(Get("/now"));
  used.ReadReply();
  const auto start = Clock::now();
  EXPECT_EQ(fresh.ReadToEnd(), "");
  EXPECT_EQ(used.ReadToEnd(), "");
  EXPECT_FALSE(fresh.timed_out() || used.timed_out());
  EXPECT_GE(Since(start), milliseconds(200));
  EXPECT_LE(Since(start), milliseconds(800));
}

TEST(ServerLimits, StalledBodiesEndForTheHandlerAndForTheDrain) {
  RunningServer server(Impatient());
  RawSocket wanted = server.Connect();
  wanted.Send("POST /body HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nabc");
  const std::string reply = wanted.ReadReply();
  EXPECT_EQ(StatusOf(reply), 400);
  EXPECT_EQ(FieldOf(reply, "Connection"), "close");
  RawSocket unwanted = server.Connect();
  unwanted.Send("POST /now HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nabc");
  EXPECT_EQ(StatusOf(unwanted.ReadReply()), 200);
  const auto start = Clock::now();
  EXPECT_TRUE(unwanted.ClosedWithin(1'000));
  EXPECT_LE(Since(start), milliseconds(800));
}

TEST(ServerLimits, ClientsThatDoNotReadAreDropped) {
  RunningServer server(Impatient());
  RawSocket client = server.Connect();
  client.Send(Get("/now") + Get("/big"));
  EXPECT_EQ(BodyOf(client.ReadReply()), "ok");
  for (int i = 0; i < 200 && server.server->Counters().connections_open > 0; ++i) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_EQ(server.server->Counters().connections_open, 0u);
  EXPECT_LT(client.ReadToEnd().size(), 32u << 20);
}

TEST(ServerLimits, SlowHandlersAreNotInterrupted) {
  ServerOptions options = Impatient();
  options.head_timeout = options.idle_timeout = options.body_timeout = options.write_timeout = milliseconds(50);
  RunningServer server(options);
  EXPECT_EQ(StatusOf(server.Ask(Get("/wait"))), 200);
}

TEST(ServerLimits, ConnectionsBeyondTheMaximumAreClosedAtOnce) {
  ServerOptions options;
  options.max_connections = 3;
  RunningServer server(options);
  {
    std::vector<RawSocket> allowed;
    for (int i = 0; i < 3; ++i) {
      allowed.push_back(server.Connect());
      allowed.back().Send(Get("/now"));
      EXPECT_EQ(BodyOf(allowed.back().ReadReply()), "ok");
    }
    RawSocket one_more = server.Connect();
    EXPECT_TRUE(one_more.ClosedWithin(1'000));
    EXPECT_EQ(server.server->Counters().connections_open, 3u);
  }
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(BodyOf(server.Ask(Get("/now"))), "ok");
}

TEST(ServerLimits, FloodOfConnectionsAndGarbage) {
  RunningServer server(Impatient());
  for (int i = 0; i < 1'000; ++i) {
    RawSocket client = server.Connect();
    if (i % 3 == 0) client.Send(std::string(1'000, static_cast<char>(i)));
    if (i % 3 == 1) client.Send(Get("/now") + Get("/now"));
    if (i % 5 == 0) client.Reset();
  }
  EXPECT_EQ(BodyOf(server.Ask(Get("/now"))), "ok");
  for (int i = 0; i < 300 && server.server->Counters().connections_open > 0; ++i) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_EQ(server.server->Counters().connections_open, 0u);
}

}  // namespace
}  // namespace plenary::http
