#include "http/server.hpp"

#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

#include "http/connection.hpp"
#include "http/listener.hpp"
#include "http/worker.hpp"

namespace plenary::http {
namespace {

/// Deals accepted sockets to the workers in turn. Used on the control thread only.
struct Dealer {
  std::shared_ptr<ServerCommon> common;
  std::vector<std::shared_ptr<Worker>> workers;
  std::size_t next = 0;

  void Deal(const Listener& from, Accepted accepted) {
    if (common->connections_open.load(std::memory_order_relaxed) >= common->options.max_connections) {
      ::close(accepted.fd);
      return;
    }
    common->connections_open.fetch_add(1, std::memory_order_relaxed);
    common->connections_accepted.fetch_add(1, std::memory_order_relaxed);
    const std::shared_ptr<Worker> worker = workers[next++ % workers.size()];
    asio::post(worker->executor, [worker, tls = from.tls(), accepted = std::move(accepted)]() mutable {
      StartConnection(worker, accepted.fd, accepted.family, std::move(tls), std::move(accepted.peer));
    });
  }
};

/// A service starts with 1024 descriptors, which old programs that use select() need; more are there for the asking.
void AllowManyDescriptors() {
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Task<void> SweepForEver(std::shared_ptr<Worker> worker) {
  while (true) {
    const bool go_on = co_await runtime::Sleep(worker->sweep_interval());
    if (!go_on) co_return;
    worker->Sweep();
  }
}

Task<void> WaitUntilDrained(std::shared_ptr<ServerCommon> common, std::chrono::milliseconds limit, std::function<void(bool)> done) {
  const Instant end = SteadyClock::now() + limit;
  while (common->connections_open.load() > 0 && SteadyClock::now() < end) co_await runtime::Sleep(std::chrono::milliseconds(10));
  done(common->connections_open.load() == 0);
}

}  // namespace

/// Whatever a suspended coroutine may still hold when the runtime is destroyed after the server is shared.
struct Server::Impl {
  Impl(runtime::Runtime& runtime, Handler& handler, const ServerOptions& options)
      : runtime(runtime), common(std::make_shared<ServerCommon>(handler, options)), dealer(std::make_shared<Dealer>()) {
    AllowManyDescriptors();
    dealer->common = common;
    for (std::size_t i = 0; i < runtime.worker_count(); ++i) {
      auto worker = std::make_shared<Worker>(common, runtime.Worker(i).get_executor());
      dealer->workers.push_back(worker);
      runtime::Spawn(worker->executor, SweepForEver(worker));
    }
  }

  Listener::OnAccept OnAccept() const {
    return [dealer = dealer](const Listener& from, Accepted accepted) { dealer->Deal(from, std::move(accepted)); };
  }

  runtime::Runtime& runtime;
  const std::shared_ptr<ServerCommon> common;
  const std::shared_ptr<Dealer> dealer;
  std::vector<std::shared_ptr<Listener>> listeners;
};

Server::Server(runtime::Runtime& runtime, Handler& handler, ServerOptions options)
    : impl_(std::make_unique<Impl>(runtime, handler, options)) {}

Server::~Server() = default;

Status Server::Listen(const ListenAddress& address) {
  auto listener = Listener::Open(impl_->runtime.Control().get_executor(), address);
  if (!listener) return tl::unexpected(listener.error());
  impl_->listeners.push_back(*listener);
  runtime::Spawn(impl_->runtime.Control(), Listener::Accept(std::move(*listener), impl_->OnAccept()));
  return {};
}

std::vector<std::uint16_t> Server::ports() const {
  std::vector<std::uint16_t> ports;
  for (const auto& listener : impl_->listeners) ports.push_back(listener->port());
  return ports;
}

void Server::Drain(std::chrono::milliseconds limit, std::function<void(bool all_finished)> done) {
  const Executor control = impl_->runtime.Control().get_executor();
  const auto begin = [control, listeners = impl_->listeners, on_accept = impl_->OnAccept(), dealer = impl_->dealer, limit,
                      done = std::move(done)] {
    for (const auto& listener : listeners) listener->Close(on_accept);
    for (const auto& worker : dealer->workers) asio::post(worker->executor, [worker] { worker->Drain(); });
    runtime::Spawn(control, WaitUntilDrained(dealer->common, limit, done));
  };
  asio::post(control, begin);
}

ServerCounters Server::Counters() const {
  ServerCounters counters;
  counters.connections_open = impl_->common->connections_open.load(std::memory_order_relaxed);
  counters.connections_accepted = impl_->common->connections_accepted.load(std::memory_order_relaxed);
  for (const auto& worker : impl_->dealer->workers) {
    counters.requests += worker->requests.Get();
    counters.requests_in_flight += worker->requests_in_flight.Get();
    counters.refused_heads += worker->refused_heads.Get();
    counters.handler_failures += worker->handler_failures.Get();
  }
  return counters;
}

}  // namespace plenary::http
