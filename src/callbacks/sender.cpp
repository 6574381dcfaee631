#include "callbacks/sender.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include <pthread.h>

#include "base/url.hpp"
#include "callbacks/delivery.hpp"

namespace plenary::callbacks {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::array<std::chrono::seconds, 8> kBackoff{5s, 15s, 1min, 5min, 15min, 1h, 3h, 6h};
constexpr std::size_t kWindow = 128;          // due ones that are looked at together; a payload may have some MB
constexpr milliseconds kStopLimit{3'000};
constexpr milliseconds kPurgeEvery{3'600'000};
constexpr milliseconds kShortestWait{250}, kBusyWait{1'000}, kLongestWait{60'000};
// For so long after a receiver gave no answer, what else is due there is put off without a call: a dead receiver with thousands of callbacks
// must not take every place in the window. Shorter than the first backoff, so that each callback is tried itself.
constexpr milliseconds kHostPause{4'000};

/// What the outside client and the outbox tell the sender's thread. They may outlive it.
struct Mailbox {
  std::mutex mutex;
  std::condition_variable arrived;
  bool news = false;
  bool stopping = false;
  std::vector<std::pair<std::int64_t, Result<http::OutsideReply>>> replies;
};

/// How an attempt ended, until that is durable.
struct Outcome {
  records::CallbackState state = records::CallbackState::kDelivered;  // kPending: later
  int status = 0;
  std::string error;
  std::int64_t next_attempt_ms = 0;
};

struct Delivery {
  records::Callback callback;
  std::string host;
  std::vector<std::string> secrets;
  std::size_t secret = 0;  // the one that is tried
  DigestAlgorithm ready_algorithm = DigestAlgorithm::kSha256;
  std::optional<Outcome> outcome;
};

std::string HostOf(const std::string& url) {
  const Result<Endpoint> endpoint = ParseEndpoint(url);
  return endpoint ? endpoint->host_header : std::string();
}

}  // namespace

class Sender::Worker {
 public:
  Worker(records::Outbox& outbox, http::OutsideClient& client, const state::StateStore& store, const http::PublicUrl& public_url,
         SenderOptions options, const Clock& clock, Random& random, observe::Log& log)
      : outbox_(outbox), client_(client), store_(store), public_url_(public_url), options_(std::move(options)), clock_(clock), random_(random),
        log_(log) {
    outbox_.OnNews([mailbox = mailbox_] {
      {
        const std::lock_guard lock(mailbox->mutex);
        mailbox->news = true;
      }
      mailbox->arrived.notify_one();
    });
  }

  void Run() {
    ::pthread_setname_np(::pthread_self(), "callbacks");
    while (!stopping_) {
      if (NowMs() >= next_purge_ms_) Purge();
      StartDue();
      Receive(Pause());
    }
    const auto deadline = std::chrono::steady_clock::now() + kStopLimit;
    while (!under_way_.empty() && std::chrono::steady_clock::now() < deadline) Receive(kShortestWait);
  }

  void Stop() {
    {
      const std::lock_guard lock(mailbox_->mutex);
      mailbox_->stopping = true;
    }
    mailbox_->arrived.notify_one();
  }

 private:
  std::int64_t NowMs() const { return ToMs(clock_.Now()); }

  /// Waits for something to do, and takes the replies that have come.
  void Receive(milliseconds limit) {
    std::vector<std::pair<std::int64_t, Result<http::OutsideReply>>> replies;
    {
      std::unique_lock lock(mailbox_->mutex);
      mailbox_->arrived.wait_for(lock, limit, [&] { return mailbox_->news || !mailbox_->replies.empty() || mailbox_->stopping != stopping_; });
      mailbox_->news = false;
      stopping_ = mailbox_->stopping;
      replies.swap(mailbox_->replies);
    }
    for (const auto& [id, reply] : replies) {
      const auto it = under_way_.find(id);
      if (it != under_way_.end()) Judge(it->second, reply);
    }
    Record();
  }

  milliseconds Pause() {
    if (!under_way_.empty()) return kBusyWait;  // what is under way counts as due, so that the next time says nothing
    const Result<std::optional<std::int64_t>> next = outbox_.NextDue();
    if (!next) return kBusyWait;
    if (!*next) return kLongestWait;
    return std::clamp(milliseconds(**next - NowMs()), kShortestWait, kLongestWait);
  }

  void StartDue() {
    if (under_way_.size() >= kMaxCalls) return;
    const std::int64_t now_ms = NowMs();
    std::erase_if(silent_until_ms_, [&](const auto& host) { return host.second <= now_ms; });
    Result<std::vector<records::Callback>> due = outbox_.Due(now_ms, kWindow);
    if (!due) {
      log_.Error("callbacks: the outbox can't be read", {{"reason", due.error().detail}});
      return;
    }
    for (records::Callback& callback : *due) {
      if (under_way_.size() >= kMaxCalls) break;
      if (under_way_.contains(callback.id)) continue;
      std::string host = HostOf(callback.url);
      const auto at_host = std::count_if(under_way_.begin(), under_way_.end(), [&](const auto& other) { return other.second.host == host; });
      if (static_cast<std::size_t>(at_host) >= kMaxCallsPerHost) continue;
      Delivery& delivery = under_way_[callback.id];
      delivery.callback = std::move(callback);
      delivery.host = std::move(host);
      if (silent_until_ms_.contains(delivery.host)) Later(delivery, 0, "put off: " + delivery.host + " did not answer just now");
      else Begin(delivery);
    }
    Record();
  }

  void Begin(Delivery& delivery) {
    std::vector<DigestAlgorithm> algorithms = options_.checksum_algorithms;
    delivery.secrets = options_.secrets;
    if (!delivery.callback.tenant_id.empty()) {
      const state::TenantPtr tenant = store_.Tenants()->FindById(delivery.callback.tenant_id);
      if (!tenant) return GiveUp(delivery, 0, "its tenant was removed");
      delivery.secrets = tenant->tenant.secrets;
      if (!tenant->tenant.checksum_algorithms.empty()) algorithms = tenant->tenant.checksum_algorithms;
    }
    delivery.ready_algorithm = ReadyAlgorithm(algorithms);
    if (delivery.secrets.empty()) return GiveUp(delivery, 0, "there is no secret to sign it with");
    if (!TriesAllSecrets(delivery.callback.kind)) delivery.secrets.resize(1);
    Send(delivery);
  }

  void Send(const Delivery& delivery) {
    const Result<Endpoint> ours = ParseEndpoint(public_url_.Get());
    const Signing signing{.secret = delivery.secrets[delivery.secret],
                          .ready_algorithm = delivery.ready_algorithm,
                          .domain = ours ? std::string_view(ours->host) : std::string_view(),
                          .now_ms = NowMs()};
    http::OutsideCall call = CallFor(delivery.callback, signing);
    client_.Call(std::move(call), [mailbox = mailbox_, id = delivery.callback.id](Result<http::OutsideReply> reply) {
      {
        const std::lock_guard lock(mailbox->mutex);
        mailbox->replies.emplace_back(id, std::move(reply));
      }
      mailbox->arrived.notify_one();
    });
  }

  void Judge(Delivery& delivery, const Result<http::OutsideReply>& reply) {
    if (!reply) {
      const Error& error = reply.error();
      if (error.code == ErrorCode::kPermission || error.code == ErrorCode::kInvalidArgument) return GiveUp(delivery, 0, error.detail);
      silent_until_ms_[delivery.host] = NowMs() + kHostPause.count();
      return Later(delivery, 0, error.detail);
    }
    if (IsSettledBy(delivery.callback.kind, reply->status)) {
      delivery.outcome = Outcome{.state = records::CallbackState::kDelivered, .status = reply->status};
    } else if (delivery.secret + 1 < delivery.secrets.size() && !stopping_) {
      ++delivery.secret;
      Send(delivery);
    } else {
      Later(delivery, reply->status, "the receiver answered " + std::to_string(reply->status));
    }
  }

  void Later(Delivery& delivery, int status, std::string error) {
    const int failed = delivery.callback.attempts + 1;
    if (failed >= kMaxAttempts) return GiveUp(delivery, status, "given up after " + std::to_string(failed) + " attempts: " + error);
    const auto pause = milliseconds(BackoffAfter(failed)).count();
    const std::int64_t jitter = static_cast<std::int64_t>(random_.Below(static_cast<std::uint64_t>(pause / 5))) - pause / 10;  // ±10 %
    delivery.outcome = Outcome{records::CallbackState::kPending, status, std::move(error), NowMs() + pause + jitter};
  }

  void GiveUp(Delivery& delivery, int status, std::string error) {
    log_.Warn("callback is dead", {{"id", delivery.callback.id}, {"kind", records::CallbackKindName(delivery.callback.kind)},
                                   {"meeting", delivery.callback.meeting_id}, {"reason", error}});
    delivery.outcome = Outcome{.state = records::CallbackState::kDead, .status = status, .error = std::move(error)};
  }

  /// Writes down how attempts ended. One that can't be written stays under way, so that it is not sent again, and is tried at the next turn.
  void Record() {
    for (auto it = under_way_.begin(); it != under_way_.end();) {
      if (!it->second.outcome) {
        ++it;
        continue;
      }
      const Status written = Write(it->first, *it->second.outcome);
      if (!written) log_.Error("callbacks: the outbox can't be written", {{"reason", written.error().detail}});
      it = written ? under_way_.erase(it) : std::next(it);
    }
  }

  Status Write(std::int64_t id, const Outcome& outcome) {
    switch (outcome.state) {
      case records::CallbackState::kDelivered: return outbox_.Delivered(id, outcome.status);
      case records::CallbackState::kDead: return outbox_.Dead(id, outcome.status, outcome.error);
      case records::CallbackState::kPending: break;
    }
    return outbox_.Failed(id, outcome.status, outcome.error, outcome.next_attempt_ms);
  }

  void Purge() {
    next_purge_ms_ = NowMs() + kPurgeEvery.count();
    const Status purged = outbox_.Purge(NowMs());
    if (!purged) log_.Error("callbacks: old ones can't be removed", {{"reason", purged.error().detail}});
  }

  records::Outbox& outbox_;
  http::OutsideClient& client_;
  const state::StateStore& store_;
  const http::PublicUrl& public_url_;
  const SenderOptions options_;
  const Clock& clock_;
  Random& random_;
  observe::Log& log_;
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  std::unordered_map<std::int64_t, Delivery> under_way_;
  std::unordered_map<std::string, std::int64_t> silent_until_ms_;  // by host
  std::int64_t next_purge_ms_ = 0;
  bool stopping_ = false;
};

Sender::Sender(records::Outbox& outbox, http::OutsideClient& client, const state::StateStore& store, const http::PublicUrl& public_url,
               SenderOptions options, const Clock& clock, Random& random, observe::Log& log)
    : worker_(std::make_unique<Worker>(outbox, client, store, public_url, std::move(options), clock, random, log)) {}

Sender::~Sender() { Stop(); }

void Sender::Start() {
  thread_ = std::thread([this] { worker_->Run(); });
}

void Sender::Stop() {
  if (!thread_.joinable()) return;
  worker_->Stop();
  thread_.join();
}

std::chrono::seconds Sender::BackoffAfter(int attempts) {
  const auto last = static_cast<int>(kBackoff.size()) - 1;
  return kBackoff[static_cast<std::size_t>(std::clamp(attempts - 1, 0, last))];
}

}  // namespace plenary::callbacks
