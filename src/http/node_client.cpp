#include "http/node_client.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "http/node_connection.hpp"
#include "http/resolver.hpp"

namespace plenary::http {
namespace {

constexpr std::chrono::milliseconds kTick{20};         // how late a time limit may take effect
constexpr std::chrono::milliseconds kSlowTick{1'000};  // while nothing is under way
constexpr std::chrono::seconds kFreshForChanges{10};

struct SameServer {
  std::size_t operator()(const Endpoint& e) const {
    return std::hash<std::string>()(e.host) ^ (std::size_t{e.port} << 1) ^ std::size_t{e.tls};
  }
  bool operator()(const Endpoint& a, const Endpoint& b) const { return a.port == b.port && a.tls == b.tls && a.host == b.host; }
};

/// Made on first use: reading the system's certificates takes some 30 ms, and many a process never calls over TLS.
class ClientTls {
 public:
  std::shared_ptr<asio::ssl::context> Get() {
    std::call_once(once_, [this] {
      context_ = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
      error_code ignored;
      context_->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, ignored);
      context_->set_default_verify_paths(ignored);  // without them nobody is trusted
    });
    return context_;
  }

 private:
  std::once_flag once_;
  std::shared_ptr<asio::ssl::context> context_;
};

/// The connections of one thread: idle ones by server, busy ones for the time limits. One timer for all, only while there is any.
class NodePool : public std::enable_shared_from_this<NodePool> {
 public:
  NodePool(Executor executor, std::shared_ptr<ClientTls> tls, std::chrono::milliseconds close_idle_after)
      : resolver(executor), executor_(executor), tls_(std::move(tls)), close_idle_after_(close_idle_after), timer_(executor) {}

  std::unique_ptr<NodeConnection> New(const Endpoint& endpoint) const {
    return std::make_unique<NodeConnection>(executor_, endpoint, endpoint.tls ? tls_->Get() : nullptr);
  }

  /// The most recently used one that is still good for such a call; null when there is none.
  std::unique_ptr<NodeConnection> TakeIdle(const Endpoint& endpoint, Effect effect) {
    const auto found = idle_.find(endpoint);
    if (found == idle_.end()) return nullptr;
    std::vector<Idle>& stack = found->second;
    const Instant now = SteadyClock::now();
    while (!stack.empty()) {
      const auto age = now - stack.back().since;
      if (effect == Effect::kChanges && age >= kFreshForChanges) return nullptr;
      std::unique_ptr<NodeConnection> connection = std::move(stack.back().connection);
      stack.pop_back();
      if (age < close_idle_after_ && connection->LooksAlive()) return connection;
    }
    return nullptr;
  }

  void PutIdle(std::unique_ptr<NodeConnection> connection) {
    const Endpoint& endpoint = connection->endpoint();
    idle_[endpoint].push_back({std::move(connection), SteadyClock::now()});
  }

  void Watch(NodeConnection& connection) {
    busy_.push_back(&connection);
    if (interval_ != kTick) Arm(kTick);
  }

  void Unwatch(NodeConnection& connection) {
    const auto found = std::find(busy_.begin(), busy_.end(), &connection);
    *found = busy_.back();
    busy_.pop_back();
  }

  Resolver resolver;

 private:
  struct Idle {
    std::unique_ptr<NodeConnection> connection;
    Instant since;
  };

  void Arm(std::chrono::milliseconds interval) {
    interval_ = interval;
    timer_.expires_after(interval);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec) self->Tick();
    });
  }

  void Tick() {
    const Instant now = SteadyClock::now();
    for (NodeConnection* connection : busy_) connection->InterruptIfExpired(now);
    if (now >= next_close_) {
      next_close_ = now + std::min(kSlowTick, close_idle_after_ / 4);
      CloseIdle(now);
    }
    if (!busy_.empty()) return Arm(kTick);
    if (!idle_.empty()) return Arm(std::min(kSlowTick, std::max(kTick + std::chrono::milliseconds(1), close_idle_after_ / 4)));
    interval_ = {};
  }

  void CloseIdle(Instant now) {
    for (auto it = idle_.begin(); it != idle_.end();) {
      std::erase_if(it->second, [&](const Idle& idle) { return now - idle.since >= close_idle_after_; });
      it = it->second.empty() ? idle_.erase(it) : std::next(it);
    }
  }

  const Executor executor_;
  const std::shared_ptr<ClientTls> tls_;
  const std::chrono::milliseconds close_idle_after_;
  std::unordered_map<Endpoint, std::vector<Idle>, SameServer, SameServer> idle_;
  std::vector<NodeConnection*> busy_;
  Timer timer_;
  std::chrono::milliseconds interval_{};  // of the wait under way; 0: none
  Instant next_close_ = Instant::min();
};

/// A connection in use, watched for its time limits.
class Lease {
 public:
  Lease(std::shared_ptr<NodePool> pool, std::unique_ptr<NodeConnection> connection) : pool_(std::move(pool)) {
    Hold(std::move(connection));
  }
  ~Lease() { Drop(); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  NodeConnection* operator->() const { return connection_.get(); }
  explicit operator bool() const { return connection_ != nullptr; }

  void Hold(std::unique_ptr<NodeConnection> connection) {
    Drop();
    connection_ = std::move(connection);
    if (connection_) pool_->Watch(*connection_);
  }
  void Drop() {
    if (connection_) pool_->Unwatch(*connection_);
    connection_.reset();
  }
  void Return() {
    pool_->Unwatch(*connection_);
    pool_->PutIdle(std::move(connection_));
  }

 private:
  const std::shared_ptr<NodePool> pool_;
  std::unique_ptr<NodeConnection> connection_;
};

/// Nothing that could end the request line or a field.
bool IsSafe(std::string_view text, bool blanks) {
  return std::none_of(text.begin(), text.end(), [blanks](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u < 0x20 || u == 0x7f || (u == ' ' && !blanks);
  });
}

class PooledNodeClient final : public NodeClient {
 public:
  PooledNodeClient(runtime::Runtime& runtime, std::chrono::milliseconds close_idle_after) {
    const auto tls = std::make_shared<ClientTls>();
    for (std::size_t i = 0; i <= runtime.worker_count(); ++i) {
      asio::io_context& context = i == runtime.worker_count() ? runtime.Control() : runtime.Worker(i);
      pools_.push_back(std::make_shared<NodePool>(context.get_executor(), tls, close_idle_after));
    }
  }

  Task<Result<NodeReply>> Call(NodeCall call) override {
    if (!call.target.starts_with('/') || !IsSafe(call.target, false) || !IsSafe(call.endpoint.host_header, false) ||
        !IsSafe(call.content_type, true)) {
      co_return Fail(ErrorCode::kInvalidArgument, "a call to a node holds characters that cannot be sent");
    }
    const std::shared_ptr<NodePool> pool = pools_[*runtime::Runtime::ThreadIndex()];
    Lease connection(pool, pool->TakeIdle(call.endpoint, call.effect));
    bool reused = static_cast<bool>(connection);
    while (true) {
      if (!connection) {
        const Instant deadline = SteadyClock::now() + call.connect_timeout;
        auto addresses = co_await pool->resolver.Resolve(call.endpoint.host, deadline);
        if (!addresses) co_return tl::unexpected(std::move(addresses.error()));
        connection.Hold(pool->New(call.endpoint));
        Status opened = co_await connection->Open(std::move(*addresses), deadline);
        if (!opened) co_return tl::unexpected(std::move(opened.error()));
      }
      NodeReply reply;
      NodeConnection::Outcome outcome = co_await connection->Exchange(call, reply);
      const bool repeatable = outcome.nothing_sent || (call.effect == Effect::kReadOnly && outcome.nothing_received);
      if (!outcome.status && reused && repeatable && !outcome.timed_out) {
        reused = false;
        connection.Drop();
        continue;
      }
      if (!outcome.status) co_return tl::unexpected(std::move(outcome.status.error()));
      if (outcome.reusable) connection.Return();
      co_return reply;
    }
  }

 private:
  std::vector<std::shared_ptr<NodePool>> pools_;
};

}  // namespace

std::unique_ptr<NodeClient> MakeNodeClient(runtime::Runtime& runtime, std::chrono::milliseconds close_idle_after) {
  return std::make_unique<PooledNodeClient>(runtime, close_idle_after);
}

}  // namespace plenary::http
