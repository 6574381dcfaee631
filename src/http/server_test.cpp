#include "http/server.hpp"

#include <filesystem>
#include <future>
#include <thread>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/server_fixture_for_test.hpp"

namespace plenary::http {
namespace {

using namespace test;
using std::chrono::milliseconds;

std::string Summary(std::string_view text) { return std::to_string(text.size()) + ":" + std::to_string(Fnv1a(text)); }

TEST(Server, AnswersWithTheFieldsThatEveryReplyHas) {
  RunningServer server;
  const std::string reply = server.Ask(Get("/now"));
  EXPECT_EQ(StatusOf(reply), 200);
  EXPECT_EQ(BodyOf(reply), "ok");
  EXPECT_EQ(FieldOf(reply, "Content-Length"), "2");
  EXPECT_EQ(FieldOf(reply, "Content-Type"), "text/plain");
  EXPECT_TRUE(FieldOf(reply, "Date").ends_with(" GMT")) << reply;
  EXPECT_EQ(FieldOf(reply, "Connection"), "");
  EXPECT_EQ(FieldOf(reply, "X-Request-Id").size(), 32u);
}

TEST(Server, RequestIdIsTheClientsWhenItIsHarmless) {
  RunningServer server;
  const std::string reply = server.Ask(Get("/id", "X-Request-Id: a-B.3_x\r\n"));
  EXPECT_EQ(BodyOf(reply), "a-B.3_x");
  EXPECT_EQ(FieldOf(reply, "X-Request-Id"), "a-B.3_x");
  for (const std::string& id : {std::string("a b"), std::string("<x>"), std::string(129, 'a'), std::string("\xff"), std::string()}) {
    const std::string fresh = server.Ask(Get("/id", "X-Request-Id: " + id + "\r\n"));
    EXPECT_EQ(BodyOf(fresh).size(), 32u) << id;
    EXPECT_EQ(BodyOf(fresh), FieldOf(fresh, "X-Request-Id"));
  }
  EXPECT_NE(BodyOf(server.Ask(Get("/id"))), BodyOf(server.Ask(Get("/id"))));
}

TEST(Server, KeepsConnectionsAndSplitsTargets) {
  RunningServer server;
  RawSocket client = server.Connect();
  for (int i = 0; i < 5; ++i) {
    client.Send(Get("/a/b?x=%20&y?" + std::to_string(i)));
    EXPECT_EQ(BodyOf(client.ReadReply()), "GET /a/b|x=%20&y?" + std::to_string(i));
  }
  EXPECT_EQ(server.server->Counters().connections_accepted, 1u);
  EXPECT_EQ(server.server->Counters().requests, 5u);
  // The reply is here before its request is counted as done.
  for (int i = 0; i < 1000 && server.server->Counters().requests_in_flight != 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(server.server->Counters().requests_in_flight, 0u);
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  RunningServer server;
  RawSocket client = server.Connect();
  std::string all;
  for (int i = 0; i < 200; ++i) {
    if (i % 50 == 7) {
      all += "POST /body HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc";
    } else if (i % 50 == 9) {
      all += "POST /body HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    } else {
      all += Get("/" + std::to_string(i));
    }
  }
  ASSERT_TRUE(client.Send(all));
  for (int i = 0; i < 200; ++i) {
    const bool body = i % 50 == 7 || i % 50 == 9;
    ASSERT_EQ(BodyOf(client.ReadReply()), body ? Summary("abc") : "GET /" + std::to_string(i) + "|") << i;
  }
}

TEST(Server, ByteByByte) {
  RunningServer server;
  RawSocket client = server.Connect();
  for (const char c :
       Get("/now") +
           "POST /body HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nxy\r\n1\r\nz\r\n0\r\nTrailer: 1\r\n\r\n") {
    client.Send(std::string(1, c));
    std::this_thread::sleep_for(std::chrono::microseconds(300));
  }
  EXPECT_EQ(BodyOf(client.ReadReply()), "ok");
  EXPECT_EQ(BodyOf(client.ReadReply()), Summary("xyz"));
}

TEST(Server, HeadHasTheLengthButNoBody) {
  RunningServer server;
  RawSocket client = server.Connect();
  client.Send("HEAD /now HTTP/1.1\r\nHost: t\r\n\r\n" + Get("/now"));
  const std::string head = client.ReadReply(true);
  EXPECT_EQ(FieldOf(head, "Content-Length"), "2");
  EXPECT_EQ(BodyOf(head), "");
  EXPECT_EQ(BodyOf(client.ReadReply()), "ok");
}

TEST(Server, BodylessStatusHasNoLength) {
  RunningServer server;
  RawSocket client = server.Connect();
  client.Send(Get("/nothing") + Get("/now"));
  const std::string reply = client.ReadReply();
  EXPECT_EQ(StatusOf(reply), 204);
  EXPECT_EQ(FieldOf(reply, "Content-Length"), "");
  EXPECT_EQ(BodyOf(client.ReadReply()), "ok");
}

TEST(Server, HeaderValuesCannotSplitTheReply) {
  RunningServer server;
  const std::string reply = server.Ask(Get("/redirect"));
  EXPECT_EQ(StatusOf(reply), 302);
  EXPECT_EQ(FieldOf(reply, "Location"), "http://elsewhereX-Evil: 1");
  EXPECT_EQ(FieldOf(reply, "X-Evil"), "");
}

TEST(Server, OldAndClosingClients) {
  RunningServer server;
  RawSocket old = server.Connect();
  old.Send("GET /now HTTP/1.0\r\n\r\n");
  const std::string closed = old.ReadToEnd();
  EXPECT_EQ(BodyOf(closed), "ok");
  EXPECT_EQ(FieldOf(closed, "Connection"), "close");
  EXPECT_FALSE(old.timed_out());

  RawSocket kept = server.Connect();
  kept.Send("GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(FieldOf(kept.ReadReply(), "Connection"), "keep-alive");
  kept.Send(Get("/now", "Connection: close\r\n"));
  EXPECT_EQ(FieldOf(kept.ReadReply(), "Connection"), "close");
  EXPECT_TRUE(kept.ClosedWithin(1'000));
}

TEST(Server, AbsoluteTargets) {
  RunningServer server;
  EXPECT_EQ(BodyOf(server.Ask(Get("http://other:80/p/q?z=1"))), "GET /p/q|z=1");
  EXPECT_EQ(BodyOf(server.Ask(Get("HTTPS://other"))), "GET /|");
  EXPECT_EQ(BodyOf(server.Ask(Get("http://other?a=b"))), "GET /|a=b");
  EXPECT_EQ(BodyOf(server.Ask(Get("http://other:81/host"))), "other:81");
}

TEST(Server, BodiesOfAllSizes) {
  RunningServer server;
  RawSocket client = server.Connect();
  for (const std::size_t size : {0u, 1u, 4'000u, 5'000u, 70'000u, 300'000u, 1u << 20}) {
    std::string body(size, 'x');
    for (std::size_t i = 0; i < size; i += 97) body[i] = static_cast<char>('a' + i % 26);
    client.Send("POST /body HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + body);
    EXPECT_EQ(BodyOf(client.ReadReply()), Summary(body)) << size;
    std::string chunked = "POST /body HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < size; at += 10'007) {
      const std::string piece = body.substr(at, 10'007);
      char length[32];
      std::snprintf(length, sizeof length, "%zX\r\n", piece.size());
      chunked.append(length).append(piece).append("\r\n");
    }
    client.Send(chunked + "0\r\n\r\n");
    EXPECT_EQ(BodyOf(client.ReadReply()), Summary(body)) << size;
  }
  EXPECT_EQ(server.server->Counters().connections_accepted, 1u);
}

TEST(Server, BodyOverTheLimitClosesAfterTheReply) {
  RunningServer server;
  for (const char* framing :
       {"Content-Length: 5000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nFFFFFF\r\n", "Content-Length: 11\r\n\r\n"}) {
    RawSocket client = server.Connect();
    client.Send(std::string("POST /limit HTTP/1.1\r\nHost: t\r\n") + framing + std::string(11, 'x'));
    const std::string reply = client.ReadReply();
    EXPECT_EQ(StatusOf(reply), 413) << framing;
    EXPECT_EQ(FieldOf(reply, "Connection"), "close");
    client.Send(std::string(300'000, 'x'));  // what is under way doesn't spoil the reply
    client.FinishSending();
    EXPECT_TRUE(client.ClosedWithin(3'000));
  }
}

TEST(Server, MalformedChunksAreTheHandlersError) {
  RunningServer server;
  for (const char* body : {"zz\r\n", "5\r\nabcdeXX", "ffffffffffffffffff\r\n", "-1\r\n", "3\nabc\r\n0\r\n\r\n"}) {
    RawSocket client = server.Connect();
    client.Send(std::string("POST /body HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n") + body);
    client.FinishSending();
    const std::string reply = client.ReadToEnd();
    EXPECT_TRUE(StatusOf(reply) == 400 || StatusOf(reply) == 413) << body << reply;
  }
}

TEST(Server, ExpectContinueIsAskedForOnlyWhenTheBodyIsWanted) {
  RunningServer server;
  RawSocket client = server.Connect();
  client.Send("POST /body HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(client.ReadSome(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("abc");
  EXPECT_EQ(BodyOf(client.ReadReply()), Summary("abc"));

  client.Send("POST /now HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  const std::string reply = client.ReadReply();
  EXPECT_EQ(StatusOf(reply), 200);
  EXPECT_EQ(FieldOf(reply, "Connection"), "close");
  client.FinishSending();
  EXPECT_TRUE(client.ClosedWithin(1'000));
}

TEST(Server, UnreadBodiesAreSwallowedUpTo64K) {
  RunningServer server;
  RawSocket client = server.Connect();
  for (const char* path : {"/now", "/ignore"}) {
    client.Send(std::string("POST ") + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: 60000\r\n\r\n" + std::string(60'000, 'x'));
    EXPECT_EQ(FieldOf(client.ReadReply(), "Connection"), "");
  }
  client.Send("POST /now HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nGET \r\n0\r\n\r\n" + Get("/now"));
  EXPECT_EQ(BodyOf(client.ReadReply()), "ok");
  EXPECT_EQ(BodyOf(client.ReadReply()), "ok");
  client.Send("POST /now HTTP/1.1\r\nHost: t\r\nContent-Length: 70000\r\n\r\n" + std::string(70'000, 'x'));
  EXPECT_EQ(FieldOf(client.ReadReply(), "Connection"), "close");
  client.FinishSending();
  EXPECT_TRUE(client.ClosedWithin(1'000));
}

TEST(Server, HandlersThatThrowAnswer500AndTheServerSurvives) {
  RunningServer server;
  for (const char* path : {"/throw", "/late-throw"}) {
    RawSocket client = server.Connect();
    client.Send(Get(path));
    const std::string reply = client.ReadToEnd();
    EXPECT_EQ(StatusOf(reply), 500);
    EXPECT_EQ(FieldOf(reply, "Content-Type"), "application/xml; charset=utf-8");
    EXPECT_EQ(BodyOf(reply),
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hash>\n  <status type=\"integer\">500</status>\n  <error>Internal Server "
              "Error</error>\n</hash>\n");
    EXPECT_FALSE(client.timed_out());
  }
  EXPECT_EQ(server.server->Counters().handler_failures, 2u);
  EXPECT_EQ(BodyOf(server.Ask(Get("/now"))), "ok");
}

TEST(Server, ClientThatLeavesDoesNotHurt) {
  RunningServer server;
  for (int i = 0; i < 10; ++i) {
    RawSocket client = server.Connect();
    client.Send(Get("/wait"));
    std::this_thread::sleep_for(milliseconds(20));
    if (i % 2 == 0) client.Reset();
  }
  for (int i = 0; i < 100 && server.server->Counters().connections_open > 0; ++i) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_EQ(server.handler.handled, 10);
  EXPECT_EQ(server.handler.finished, 10);
  EXPECT_EQ(server.server->Counters().connections_open, 0u);
  EXPECT_EQ(server.server->Counters().requests_in_flight, 0u);
}

TEST(Server, LargeReplyToASlowReader) {
  RunningServer server;
  RawSocket client = server.Connect();
  client.Send(Get("/big") + Get("/now"));
  std::this_thread::sleep_for(milliseconds(100));
  const std::string reply = client.ReadReply();
  EXPECT_EQ(BodyOf(reply).size(), 32u << 20);
  EXPECT_EQ(BodyOf(reply).find_first_not_of('b'), std::string_view::npos);
  EXPECT_EQ(BodyOf(client.ReadReply()), "ok");
}

TEST(Server, PeerIsTheNumericAddress) {
  RunningServer server;
  EXPECT_EQ(BodyOf(server.Ask(Get("/peer"))), "127.0.0.1 plain");
  RunningServer dual({}, "tcp://[::]:0");
  EXPECT_EQ(BodyOf(dual.Ask(Get("/peer"))), "127.0.0.1 plain");
}

TEST(Server, BusyPortIsRefusedWithItsAddress) {
  RunningServer server;
  ListenAddress address;
  address.host = "127.0.0.1";
  address.port = server.server->ports().front();
  const Status status = server.server->Listen(address);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().detail, "Address already in use: 127.0.0.1:" + std::to_string(address.port));
}

TEST(Server, UnixSockets) {
  const std::string path = (std::filesystem::temp_directory_path() / ("plenary-test-" + std::to_string(::getpid()) + ".sock")).string();
  {
    RunningServer server({}, "unix://" + path);
    RawSocket client = RawSocket::ConnectUnix(path);
    client.Send(Get("/peer"));
    EXPECT_EQ(BodyOf(client.ReadReply()), " plain");
    EXPECT_EQ(server.server->ports(), std::vector<std::uint16_t>{0});
    const Status second = server.server->Listen(*ParseListenAddress("unix://" + path));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().detail, "Address already in use: " + path);
  }
  EXPECT_FALSE(std::filesystem::exists(path));

  const int abandoned = ::socket(AF_UNIX, SOCK_STREAM, 0);  // as a killed process leaves it
  ::sockaddr_un where{};
  where.sun_family = AF_UNIX;
  path.copy(where.sun_path, sizeof where.sun_path - 1);
  ASSERT_EQ(::bind(abandoned, reinterpret_cast<const ::sockaddr*>(&where), sizeof where), 0);
  ::close(abandoned);
  RunningServer server({}, "unix://" + path);
  EXPECT_TRUE(RawSocket::ConnectUnix(path).connected());
}

bool DrainAndWait(RunningServer& server, milliseconds limit) {
  std::promise<bool> done;
  server.server->Drain(limit, [&](bool all) { done.set_value(all); });
  return done.get_future().get();
}

TEST(Server, DrainFinishesWhatIsUnderWay) {
  RunningServer server;
  RawSocket idle = server.Connect();
  idle.Send(Get("/now"));
  idle.ReadReply();
  RawSocket busy = server.Connect();
  busy.Send(Get("/wait"));
  std::this_thread::sleep_for(milliseconds(50));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(DrainAndWait(server, milliseconds(3'000)));
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(1'000));
  EXPECT_TRUE(idle.ClosedWithin(100));
  const std::string reply = busy.ReadReply();
  EXPECT_EQ(StatusOf(reply), 200);
  EXPECT_EQ(FieldOf(reply, "Connection"), "close");
  EXPECT_FALSE(server.Connect().connected());
}

TEST(Server, DrainGivesUpInTime) {
  RunningServer server;
  RawSocket busy = server.Connect();
  busy.Send(Get("/wait"));
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_FALSE(DrainAndWait(server, milliseconds(30)));
}

TEST(Server, DrainLosesNoRequestThatWasSentBefore) {
  for (int round = 0; round < 20; ++round) {
    RunningServer server;
    std::vector<RawSocket> clients;
    for (int i = 0; i < 20; ++i) {
      clients.push_back(server.Connect());
      clients.back().Send(Get("/now"));
    }
    EXPECT_TRUE(DrainAndWait(server, milliseconds(5'000)));
    for (RawSocket& client : clients) EXPECT_EQ(BodyOf(client.ReadReply()), "ok");
  }
}

TEST(Server, StopsInTheMiddleOfEverything) {
  for (int round = 0; round < 5; ++round) {
    RunningServer server;
    std::vector<RawSocket> clients;
    for (int i = 0; i < 20; ++i) {
      clients.push_back(server.Connect());
      clients.back().Send(i % 4 == 0 ? Get("/wait") : i % 4 == 1 ? std::string("GET /half") : i % 4 == 2 ? Get("/big") : std::string());
    }
    std::this_thread::sleep_for(milliseconds(5 * round));
  }
}

}  // namespace
}  // namespace plenary::http
