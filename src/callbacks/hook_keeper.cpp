#include "callbacks/hook_keeper.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/encoding.hpp"
#include "callbacks/hook_url.hpp"

namespace plenary::callbacks {
namespace {

constexpr std::chrono::seconds kLookEvery{1};
constexpr std::chrono::minutes kCompareEvery{5};
constexpr std::chrono::seconds kTryAgain{30};
constexpr int kNotFound = 404;
constexpr int kOk = 200;

/// 0 while the node keeps its version to itself.
std::int64_t MajorVersion(const pool::Node& node) { return LeadingInt(node.bbb_version); }

std::string CreateQuery(const std::string& url, bool raw) {
  std::string query = "callbackURL=";
  AppendFormEncoded(query, url);
  if (raw) query += "&getRaw=true";
  return query;
}

bool Lists(const bbb::HookList& list, const std::string& url) {
  return std::any_of(list.hooks.begin(), list.hooks.end(), [&url](const bbb::NodeHook& hook) { return hook.callback_url == url; });
}

}  // namespace

/// Outlives the keeper in the hands of the hook store, which may ring at any time.
struct HookKeeper::Bell {
  explicit Bell(runtime::Executor e) : executor(e), alarm(e) {}
  runtime::Executor executor;
  runtime::Alarm alarm;
};

HookKeeper::HookKeeper(runtime::Runtime& runtime, const state::StateStore& store, nodes::NodeCalls& calls, records::HookStore& hooks,
                       const http::PublicUrl& public_url, const Clock& clock, observe::Log& log)
    : runtime_(runtime),
      store_(store),
      calls_(calls),
      hooks_(hooks),
      public_url_(public_url),
      clock_(clock),
      log_(log),
      bell_(std::make_shared<Bell>(runtime.Control().get_executor())) {}

HookKeeper::~HookKeeper() = default;

void HookKeeper::Start() {
  hooks_.OnChange([bell = bell_] {
    boost::asio::post(bell->executor, [bell] { bell->alarm.Ring(); });
  });
  runtime::Spawn(runtime_.Control(), Run());
}

void HookKeeper::Stop() {
  stopping_ = true;
  bell_->alarm.Ring();
}

HookKeeper::Wish HookKeeper::WishOf(const std::vector<records::Hook>& hooks) const {
  Wish wish;
  for (const records::Hook& hook : hooks) (hook.raw ? wish.raw : wish.mapped) = true;
  return wish;
}

Task<void> HookKeeper::Run() {
  while (!stopping_) {
    Look();
    co_await bell_->alarm.WaitFor(kLookEvery);
  }
}

/// Memory only: which nodes have to be visited now.
void HookKeeper::Look() {
  const Wish wish = WishOf(*hooks_.All());
  const std::string public_url = public_url_.Get();
  if (public_url.empty()) {
    if (wish.any() && !std::exchange(told_unknown_url_, true)) {
      log_.Warn("webhooks: events can't reach us while PUBLIC_URL is unknown; front-ends get none");
    }
    return;
  }
  const bool changed = wish != wish_ || public_url != known_url_;
  wish_ = wish;
  known_url_ = public_url;
  const std::shared_ptr<const state::NodeTable> table = store_.Nodes();
  std::erase_if(places_, [&table](const auto& entry) { return table->Find(entry.first) == nullptr; });
  const SteadyTime now = clock_.Steady();
  for (const state::NodePtr& node : table->all()) {
    std::shared_ptr<Place>& place = places_[node->node.id];
    if (!place) place = std::make_shared<Place>();
    const bool answers = node->node.online && !node->node.disabled() && node->node.last_error.empty();
    // It may go and return between two looks, or during a comparison: the poll that failed meanwhile tells. A node that was restarted so quickly
    // that it never counted as offline has lost its hooks all the same.
    const bool came = answers && (!place->answers || place->poll_failed_ms != node->node.last_poll_failed_ms);
    place->answers = answers;
    if (came) place->poll_failed_ms = node->node.last_poll_failed_ms;
    if (came || (changed && !place->missing)) place->due = now;
    if (!answers || place->busy || now < place->due || !(wish.any() || place->ours)) continue;
    place->busy = true;
    place->due = now + kCompareEvery;
    runtime::Spawn(runtime_.Control(), Visit(node, place, wish, public_url));
  }
}

Task<void> HookKeeper::Visit(state::NodePtr node, std::shared_ptr<Place> place, Wish wish, std::string public_url) {
  const std::string& id = node->node.id;
  const Status compared = co_await Compare(node, place, wish, std::move(public_url));
  place->busy = false;
  if (compared) {
    place->missing = place->failing = false;
  } else if (compared.error().code == ErrorCode::kNotFound) {
    if (!std::exchange(place->missing, true)) log_.Warn("webhooks: the server has none; front-ends get no events from it", {{"server", id}});
  } else {
    place->due = std::min(place->due, clock_.Steady() + kTryAgain);
    if (!std::exchange(place->failing, true)) log_.Warn("webhooks: could not be set up", {{"server", id}, {"reason", compared.error().detail}});
  }
}

Task<Status> HookKeeper::Compare(state::NodePtr node, std::shared_ptr<Place> place, Wish wish, std::string public_url) {
  const Result<bbb::HookList> list = co_await Ask(node, place, "hooks/list", std::string(), http::Effect::kReadOnly);
  if (!list) co_return tl::unexpected(list.error());
  for (const bool raw : {false, true}) {
    const std::string url = HookUrl(public_url, node->node.id, raw);
    const bool wanted = raw ? wish.raw : wish.mapped;
    if (wanted && !Lists(*list, url)) {
      place->ours = true;
      std::string query = CreateQuery(url, raw);
      const Result<bbb::HookList> created = co_await Ask(node, place, "hooks/create", std::move(query), http::Effect::kChanges);
      if (!created) co_return tl::unexpected(created.error());
      log_.Info("webhooks: events are asked for", {{"server", node->node.id}, {"raw", raw ? "true" : "false"}});
    }
    for (const bbb::NodeHook& hook : list->hooks) {
      if (hook.callback_url != url) continue;
      place->ours = true;
      if (wanted) continue;
      std::string query = "hookID=";
      AppendFormEncoded(query, hook.id);
      const Result<bbb::HookList> removed = co_await Ask(node, place, "hooks/destroy", std::move(query), http::Effect::kChanges);
      if (!removed) co_return tl::unexpected(removed.error());
      log_.Info("webhooks: events are wanted no more", {{"server", node->node.id}, {"raw", raw ? "true" : "false"}});
    }
  }
  if (!wish.any()) place->ours = false;
  co_return Status();
}

/// kNotFound: nobody there speaks of hooks.
Task<Result<bbb::HookList>> HookKeeper::Ask(state::NodePtr node, std::shared_ptr<Place> place, std::string call, std::string query,
                                            http::Effect effect) {
  const std::int64_t version = MajorVersion(node->node);
  const bool may_be_old = version == 0 && node->algorithm != DigestAlgorithm::kSha1;
  for (;;) {
    // Webhooks before 3.0 know SHA-1 only (spec bbb-api 9.3).
    const bool sha1 = (version > 0 && version < 3) || (may_be_old && place->sha1);
    auto signer = std::make_shared<state::NodeView>(*node);
    if (sha1) signer->algorithm = DigestAlgorithm::kSha1;
    const state::NodePtr target = std::move(signer);
    const Result<http::NodeReply> reply = co_await calls_.CallRaw(target, call, query, effect, calls_.timeouts(), nullptr);
    if (!reply) co_return tl::unexpected(reply.error());
    bbb::HookList list = bbb::ParseHooks(reply->body);
    const std::string& key = list.status.message_key;
    const bool nobody = reply->status == kNotFound || (reply->status == kOk && !list.status.has_returncode) || key == "unsupportedRequest";
    if (nobody) co_return Fail(ErrorCode::kNotFound, "no bbb-webhooks");
    if (reply->status != kOk) co_return Fail(ErrorCode::kNoReply, "HTTP status " + std::to_string(reply->status));
    if (list.status.success || key == "destroyMissingHook") co_return list;
    if (key != "checksumError" || !may_be_old || place->sha1) co_return Fail(ErrorCode::kBadReply, key + ": " + list.status.message);
    place->sha1 = true;
  }
}

}  // namespace plenary::callbacks
