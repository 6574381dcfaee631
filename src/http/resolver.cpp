#include "http/resolver.hpp"

#include <unordered_map>

#include <boost/asio/ip/basic_resolver.hpp>

namespace plenary::http {
namespace {

using Tcp = asio::ip::tcp;
constexpr std::chrono::seconds kFresh{60};
constexpr std::size_t kMaxNames = 1'000;

struct Name {
  Resolver::Addresses addresses;
  Instant resolved_at = Instant::min();
  error_code failure;
  bool under_way = false;
  std::vector<Timer*> waiters;
};

}  // namespace

struct Resolver::Impl : std::enable_shared_from_this<Resolver::Impl> {
  explicit Impl(Executor executor) : executor(executor), resolver(executor) {}

  void Start(const std::string& host, const std::shared_ptr<Name>& name) {
    name->under_way = true;
    resolver.async_resolve(host, "", asio::ip::resolver_base::flags(),
                           [self = shared_from_this(), name](error_code ec, const Tcp::resolver::results_type& results) {
                             name->under_way = false;
                             name->failure = ec;
                             if (!ec && !results.empty()) {
                               name->addresses.clear();
                               for (const auto& result : results) name->addresses.push_back(result.endpoint().address());
                               name->resolved_at = SteadyClock::now();
                             }
                             for (Timer* waiter : name->waiters) waiter->cancel();
                           });
  }

  Executor executor;
  asio::ip::basic_resolver<Tcp, Executor> resolver;
  std::unordered_map<std::string, std::shared_ptr<Name>> names;
};

Resolver::Resolver(Executor executor) : impl_(std::make_shared<Impl>(executor)) {}

Resolver::~Resolver() = default;

Task<Result<Resolver::Addresses>> Resolver::Resolve(std::string host, Instant deadline) {
  error_code ec;
  const auto literal = asio::ip::make_address(host, ec);
  if (!ec) co_return Addresses(1, literal);
  const std::shared_ptr<Impl> impl = impl_;
  if (impl->names.size() >= kMaxNames) impl->names.clear();
  std::shared_ptr<Name>& slot = impl->names[host];
  if (!slot) slot = std::make_shared<Name>();
  const std::shared_ptr<Name> name = slot;
  const bool fresh = !name->addresses.empty() && SteadyClock::now() - name->resolved_at < kFresh;
  if (!fresh && !name->under_way) impl->Start(host, name);
  // Old addresses serve until new ones are there: a slow name server, or another name that hangs, delays nobody.
  if (!name->addresses.empty()) co_return name->addresses;
  Timer timer(impl->executor);
  timer.expires_at(deadline);
  name->waiters.push_back(&timer);
  auto token = Await(ec);
  co_await timer.async_wait(token);
  std::erase(name->waiters, &timer);
  if (!name->addresses.empty()) co_return name->addresses;
  co_return Fail(ErrorCode::kUnreachable, "cannot resolve " + host + ": " + (name->under_way ? "timed out" : name->failure.message()));
}

}  // namespace plenary::http
