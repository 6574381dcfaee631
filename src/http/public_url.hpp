// The address under which clients and nodes reach us (PUBLIC_URL): given, or learned from the first signed request that came from a trusted
// proxy, or guessed from where we listen. One per process; any thread.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>

namespace plenary::http {

class PublicUrl {
 public:
  /// `given` wins over all; "" = not given. Trailing slashes are dropped.
  explicit PublicUrl(std::string given);
  /// Used until something is learned; the first guess counts.
  void Guess(std::string url);
  /// From a signed request that came without a proxy. False when that is no host.
  bool GuessFrom(bool secure, std::string_view host);

  /// "https://lb.example.org", "" while it is unknown.
  std::string Get() const;
  /// Each costs an atomic load. Settled: given or learned, nothing will change it.
  bool known() const { return known_.load(std::memory_order_relaxed); }
  bool settled() const { return settled_.load(std::memory_order_relaxed); }
  /// From a signed request; ignored when it was given or learned already (then without any lock). True when this call learned it.
  bool Learn(bool secure, std::string_view host);

 private:
  mutable std::mutex mutex_;
  std::string url_;
  std::atomic<bool> known_;
  std::atomic<bool> settled_;
};

}  // namespace plenary::http
