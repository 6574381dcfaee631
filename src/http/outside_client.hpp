// Calls to the outside world (callbacks, Keycloak): libcurl on one background thread, http and https only. Addresses that the operator did not
// allow are never connected to: the check is on the address of the socket, so neither a DNS name that resolves to a private address, nor
// one that changes its answer, nor a redirect gets around it. Any thread may call.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/ip_networks.hpp"
#include "base/result.hpp"
#include "runtime/async.hpp"

namespace plenary::http {

struct OutsideCall {
  std::string method = "GET";  // GET or POST
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int max_redirects = 0;       // of a GET; each target is checked as well, and gets the headers but for Authorization
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{15'000};
  std::size_t max_reply_bytes = 64 * 1024;  // the rest is not read
};

struct OutsideReply {
  int status = 0;
  std::string body;
};

class OutsideClient {
 public:
  /// `allowed`: networks beyond the public ones. Honours SSL_CERT_FILE, and http_proxy, https_proxy, all_proxy and no_proxy: the proxy's own
  /// address is not checked, the target's name is resolved here as well, and every address it has must be allowed.
  explicit OutsideClient(IpNetworks allowed);
  /// Calls under way fail with kCancelled.
  ~OutsideClient();

  /// `done` once, on the background thread. kPermission: the address is not allowed (the detail holds it, and the line to set); kInvalidArgument:
  /// no URL that can be called; kUnreachable, kNoReply, kCancelled.
  void Call(OutsideCall call, std::function<void(Result<OutsideReply>)> done);
  /// The same for coroutines.
  Task<Result<OutsideReply>> AwaitCall(OutsideCall call);

  /// Whether a call of this URL would be refused now, and why ("" = it would not). Resolves names; blocks.
  std::string WhyRefused(const std::string& url) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenary::http
