// Addresses of host names, remembered for a minute; one per thread. One look-up per name at a time, however many wait for it. When a
// look-up fails, what was known before is used on: nodes stay reachable while DNS is away.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "base/result.hpp"
#include "http/sockets.hpp"

namespace plenary::http {

class Resolver {
 public:
  using Addresses = std::vector<asio::ip::address>;

  explicit Resolver(Executor executor);
  ~Resolver();

  /// kUnreachable when there is none, or none in time. Never empty.
  Task<Result<Addresses>> Resolve(std::string host, Instant deadline);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // a look-up under way keeps it alive
};

}  // namespace plenary::http
