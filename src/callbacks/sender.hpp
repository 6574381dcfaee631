// Delivers what the outbox holds: several receivers at once, few calls to each, patiently and in order; whose tenant has the fewest calls under
// way is next. One thread of its own does the SQL and
// keeps the books; the calls run in the outside client. Secrets are those of the moment of sending.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "callbacks/attempts.hpp"
#include "http/outside_client.hpp"
#include "http/public_url.hpp"
#include "observe/log.hpp"
#include "records/outbox.hpp"
#include "state/state_store.hpp"

namespace plenary::callbacks {

struct SenderOptions {
  std::vector<std::string> secrets;                 // sign for callbacks without a tenant
  std::vector<DigestAlgorithm> checksum_algorithms; // accepted from clients, unless their tenant has a list of its own
};

class Sender {
 public:
  static constexpr std::size_t kMaxCalls = 32;
  static constexpr std::size_t kSharedCalls = 24;  // the rest is for tenants without a call under way
  static constexpr std::size_t kMaxCallsPerHost = 4;
  static constexpr int kMaxAttempts = 19;  // the last one about three days after the first

  Sender(records::Outbox& outbox, Attempts& attempts, http::OutsideClient& client, const state::StateStore& store,
         const http::PublicUrl& public_url, SenderOptions options, const Clock& clock, Random& random, observe::Log& log);
  ~Sender();

  void Start();
  /// No further attempts are begun; those under way get three seconds. What was not acknowledged by then is sent again at the next start. Idempotent.
  void Stop();

  /// The pause after that many failed attempts, before jitter of ±10 %.
  static std::chrono::seconds BackoffAfter(int attempts);

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
  std::thread thread_;
};

}  // namespace plenary::callbacks
