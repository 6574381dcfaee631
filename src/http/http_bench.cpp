// What a request costs the server, and a call the client, over loopback: CPU time of the whole process (load generator included for
// the server: a blocking socket, about half of the sum) per round trip.
#include <future>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "http/node_client.hpp"
#include "http/raw_client_for_test.hpp"
#include "http/server.hpp"

namespace plenary::http {
namespace {

class Redirects final : public Handler {
 public:
  bool HandleNow(const Request& request, Reply& reply) override {
    if (request.path == "/later") return false;
    Fill(reply);
    return true;
  }
  Task<void> Handle(const Request&, Reply& reply) override {
    Fill(reply);
    co_return;
  }

 private:
  static void Fill(Reply& reply) {
    reply.status = 302;
    reply.SetContentType("text/html; charset=utf-8");
    reply.AddHeader("Location",
                    "https://node1.example/bigbluebutton/api/join?fullName=Ada&meetingID=room-1&password=ap&checksum=0123456789abcdef");
  }
};

struct Bench {
  Bench() {
    ListenAddress address;
    address.host = "127.0.0.1";
    address.port = 0;
    if (!server.Listen(address)) std::abort();
    runtime.Start();
  }
  ~Bench() { runtime.Stop(); }

  Redirects handler;
  runtime::Runtime runtime{1};
  Server server{runtime, handler, {}};
};

void ServeRoundTrip(benchmark::State& state, const std::string& target) {
  Bench bench;
  test::RawSocket client = test::RawSocket::ConnectTcp(bench.server.ports().front());
  const std::string request = "GET " + target +
                              "?fullName=Ada&meetingID=room-1&password=ap&checksum=0123456789abcdef HTTP/1.1\r\nHost: "
                              "bbb.example\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n";
  for (auto _ : state) {
    client.Send(request);
    benchmark::DoNotOptimize(client.ReadSome());
  }
}

void ServeNow(benchmark::State& state) { ServeRoundTrip(state, "/now"); }
void ServeLater(benchmark::State& state) { ServeRoundTrip(state, "/later"); }

struct Calls {
  NodeClient& client;
  std::uint16_t port;
  int left;     // not yet begun
  int running;  // coroutines
  std::promise<bool> done;
  bool good = true;
};

Task<void> CallOn(Calls& calls) {
  while (calls.left-- > 0) {
    NodeCall call;
    call.endpoint.host = "127.0.0.1";
    call.endpoint.port = calls.port;
    call.endpoint.host_header = "127.0.0.1";
    call.target = "/now?checksum=0123456789abcdef0123456789abcdef01234567";
    const Result<NodeReply> reply = co_await calls.client.Call(std::move(call));
    calls.good = calls.good && reply && reply->status == 302;
  }
  if (--calls.running == 0) calls.done.set_value(calls.good);
}

/// 32 at a time. Client and server share the process: the sum of both, in steps of 10 000 calls.
void CallNode(benchmark::State& state) {
  Bench bench;
  const auto client = MakeNodeClient(bench.runtime);
  constexpr int kCalls = 10'000;
  constexpr int kAtOnce = 32;
  for (auto _ : state) {
    Calls calls{*client, bench.server.ports().front(), kCalls, kAtOnce, {}};
    for (int i = 0; i < kAtOnce; ++i) runtime::Spawn(bench.runtime.Control(), CallOn(calls));
    if (!calls.done.get_future().get()) state.SkipWithError("a call failed");
  }
  state.SetItemsProcessed(state.iterations() * kCalls);
}

BENCHMARK(ServeNow)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(ServeLater)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(CallNode)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
}  // namespace plenary::http
