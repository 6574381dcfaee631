// What nodes send to us in the place of front-ends, because create replaced the URLs: analytics, recordings that are ready, meetings that ended.
// Each is verified, goes into the outbox under the client's own meetingID, and is acknowledged when it is durable there. Serves all workers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ip_networks.hpp"
#include "callbacks/attempts.hpp"
#include "callbacks/end_checks.hpp"
#include "http/message.hpp"
#include "observe/log.hpp"
#include "records/callback_urls.hpp"
#include "records/outbox.hpp"
#include "runtime/runtime.hpp"
#include "state/state_store.hpp"
#include "state/tenant_locator.hpp"

namespace plenary::callbacks {

struct ReceiverServices {
  const state::StateStore& store;
  const state::TenantLocator& locator;
  const IpNetworks& trusted_proxies;
  records::CallbackUrlStore& urls;
  records::Outbox& outbox;
  Attempts& attempts;
  EndChecks& end_checks;
  runtime::Runtime& runtime;
  const Clock& clock;
  observe::Log& log;
  std::string end_signal_key;
  std::string spool_dir;  // for big bodies on their way in
};

class Receiver final : public http::Handler {
 public:
  explicit Receiver(ReceiverServices services) : services_(std::move(services)) {}

  /// Whether requests for this path (normalised, without "/t/<tenant>") are to be given to this handler.
  static bool Takes(std::string_view path);

  bool HandleNow(const http::Request& request, http::Reply& reply) override;
  Task<void> Handle(const http::Request& request, http::Reply& reply) override;

 private:
  /// `tenant` null: there is none; `known` false: there should be one.
  Task<void> Analytics(const http::Request& request, http::Reply& reply, state::TenantPtr tenant, bool known);
  Task<void> RecordingReady(const http::Request& request, http::Reply& reply, state::TenantPtr tenant, bool known);
  Task<void> MeetingEnded(const http::Request& request, http::Reply& reply);
  Task<void> EndCallback(const http::Request& request, http::Reply& reply);

  struct News;
  enum class Kept { kYes, kNobodyListens, kNotStored };
  /// Looks up who wants to hear of it, and puts it into the outbox. Durable when it returns, and tried once if that takes no
  /// longer than news.patience.
  Task<Kept> Keep(News news);

  /// The whole body as text; errors of http::BodySource.
  Task<Result<std::string>> ReadBody(const http::Request& request, std::size_t max_bytes);
  std::vector<std::string> NodeSecrets() const;
  std::int64_t NowSeconds() const { return ToMs(services_.clock.Now()) / 1000; }
  void Tell(std::string_view what, const http::Request& request, std::string_view reason) const;

  const ReceiverServices services_;
};

}  // namespace plenary::callbacks
