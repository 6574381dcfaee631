#include "callbacks/sender.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <tuple>
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
constexpr milliseconds kStopLimit{3'000};
constexpr milliseconds kPurgeEvery{3'600'000};
constexpr milliseconds kShortestWait{250}, kBusyWait{1'000}, kLongestWait{60'000};
// For so long after a receiver gave no answer nothing is sent there, then one call only, twice as long when that is in vain, too: dead receivers
// with thousands of callbacks must not take every place. Always shorter than the backoff of the callback that was tried.
constexpr milliseconds kFirstHostPause{4'000}, kLongestHostPause{30'000};
constexpr milliseconds kForgetSilence{600'000};  // longer than any call

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

/// A receiver that gave no answer lately.
struct Silence {
  milliseconds pause{0};
  std::int64_t until_ms = 0;
};

struct Delivery {
  records::Callback callback;
  std::vector<std::string> secrets;
  std::size_t secret = 0;  // the one that is tried
  DigestAlgorithm ready_algorithm = DigestAlgorithm::kSha256;
  std::optional<Outcome> outcome;
};

}  // namespace

class Sender::Worker {
 public:
  Worker(records::Outbox& outbox, Attempts& attempts, http::OutsideClient& client, const state::StateStore& store,
         const http::PublicUrl& public_url, SenderOptions options, const Clock& clock, Random& random, observe::Log& log)
      : outbox_(outbox), attempts_(attempts), client_(client), store_(store), public_url_(public_url), options_(std::move(options)), clock_(clock),
        random_(random), log_(log) {
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
    std::erase_if(silences_, [&](const auto& host) { return host.second.until_ms + kForgetSilence.count() <= now_ms; });
    Result<std::vector<records::CallbackLane>> lanes = outbox_.DueLanes(now_ms);
    if (!lanes) return ReportUnreadable(lanes.error());
    UnderWay counts;
    for (const auto& [id, delivery] : under_way_) counts.Add(delivery.callback);
    while (under_way_.size() < kMaxCalls) {
      std::erase_if(*lanes, [&](const auto& lane) { return !MayBegin(lane, counts, now_ms); });
      const auto lane = std::min_element(lanes->begin(), lanes->end(), [&](const auto& a, const auto& b) { return counts.Rank(a) < counts.Rank(b); });
      if (lane == lanes->end()) break;
      Result<std::optional<records::Callback>> next = outbox_.NextIn(*lane, now_ms, UnderWayIn(*lane));
      if (!next) {
        ReportUnreadable(next.error());
        break;
      }
      if (!*next) {
        lanes->erase(lane);
        continue;
      }
      Delivery& delivery = under_way_[(*next)->id];
      delivery.callback = **std::move(next);
      counts.Add(delivery.callback);
      Begin(delivery);
    }
    Record();
  }

  struct UnderWay {
    std::unordered_map<std::string, std::size_t> of_tenant, at_host;
    void Add(const records::Callback& callback) {
      ++of_tenant[callback.tenant_id];
      ++at_host[callback.host];
    }
    /// The lowest is next: who waits longest of those that have the fewest calls.
    std::tuple<std::size_t, std::size_t, std::int64_t> Rank(const records::CallbackLane& lane) {
      return {of_tenant[lane.tenant_id], at_host[lane.host], lane.next_attempt_ms};
    }
  };

  bool MayBegin(const records::CallbackLane& lane, UnderWay& counts, std::int64_t now_ms) const {
    if (under_way_.size() >= kSharedCalls && counts.of_tenant[lane.tenant_id] > 0) return false;
    const auto silence = silences_.find(lane.host);
    if (silence == silences_.end()) return counts.at_host[lane.host] < kMaxCallsPerHost;
    return silence->second.until_ms <= now_ms && counts.at_host[lane.host] == 0;
  }

  std::vector<std::int64_t> UnderWayIn(const records::CallbackLane& lane) const {
    std::vector<std::int64_t> ids;
    for (const auto& [id, delivery] : under_way_) {
      if (delivery.callback.tenant_id == lane.tenant_id && delivery.callback.host == lane.host) ids.push_back(id);
    }
    return ids;
  }

  void ReportUnreadable(const Error& error) { log_.Error("callbacks: the outbox can't be read", {{"reason", error.detail}}); }

  void Begin(Delivery& delivery) {
    std::vector<DigestAlgorithm> algorithms = options_.checksum_algorithms;
    delivery.secrets = options_.secrets;
    if (!delivery.callback.tenant_id.empty()) {
      const state::TenantPtr tenant = store_.Tenants()->FindById(delivery.callback.tenant_id);
      if (!tenant) return GiveUp(delivery, 0, "its tenant was removed");
      delivery.secrets = tenant->policy.secrets;  // retired ones, too: its front-end may not know the new one yet
      if (!tenant->tenant.checksum_algorithms.empty()) algorithms = tenant->tenant.checksum_algorithms;
    }
    delivery.ready_algorithm = ReadyAlgorithm(algorithms);
    if (delivery.secrets.empty()) return GiveUp(delivery, 0, "there is no secret to sign it with");
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
      LeaveAlone(delivery.callback.host);
      return Later(delivery, 0, error.detail);
    }
    silences_.erase(delivery.callback.host);
    if (delivery.secret + 1 < delivery.secrets.size() && AsksForNextSecret(delivery.callback.kind, reply->status)) {
      ++delivery.secret;
      Send(delivery);
    } else if (IsSettledBy(delivery.callback.kind, reply->status)) {
      delivery.outcome = Outcome{.state = records::CallbackState::kDelivered, .status = reply->status};
    } else {
      Later(delivery, reply->status, "the receiver answered " + std::to_string(reply->status));
    }
  }

  void LeaveAlone(const std::string& host) {
    Silence& silence = silences_[host];
    if (silence.until_ms > NowMs()) return;  // calls that were under way together count once
    silence.pause = std::clamp(2 * silence.pause, kFirstHostPause, kLongestHostPause);
    silence.until_ms = NowMs() + silence.pause.count();
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
      if (!written) {
        log_.Error("callbacks: the outbox can't be written", {{"reason", written.error().detail}});
        ++it;
        continue;
      }
      attempts_.Ended(it->second.callback.dedupe_key);
      it = under_way_.erase(it);
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
  Attempts& attempts_;
  http::OutsideClient& client_;
  const state::StateStore& store_;
  const http::PublicUrl& public_url_;
  const SenderOptions options_;
  const Clock& clock_;
  Random& random_;
  observe::Log& log_;
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  std::unordered_map<std::int64_t, Delivery> under_way_;
  std::unordered_map<std::string, Silence> silences_;  // by host
  std::int64_t next_purge_ms_ = 0;
  bool stopping_ = false;
};

Sender::Sender(records::Outbox& outbox, Attempts& attempts, http::OutsideClient& client, const state::StateStore& store,
               const http::PublicUrl& public_url, SenderOptions options, const Clock& clock, Random& random, observe::Log& log)
    : worker_(std::make_unique<Worker>(outbox, attempts, client, store, public_url, std::move(options), clock, random, log)) {}

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
