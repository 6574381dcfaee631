#include "callbacks/hook_receiver.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include <boost/json/serialize.hpp>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/hmac.hpp"
#include "bbb/params.hpp"
#include "callbacks/key.hpp"
#include "runtime/callback.hpp"

namespace plenary::callbacks {
namespace {

constexpr std::uint64_t kMaxBody = 1 << 20;
constexpr std::size_t kRemembered = 20'000;
constexpr std::chrono::hours kQuiet{1};
constexpr std::chrono::seconds kLookEvery{1};
constexpr std::string_view kBearer = "Bearer ";

void Answer(http::Reply& reply, int status, std::string_view outcome) {
  reply.status = status;
  reply.outcome = outcome;
}

/// A queue that is full, because its tenant's receivers are away for long, must not cost the others their hook.
bool MayStillBeStored(const Error& error) { return error.code != ErrorCode::kLimit && error.code != ErrorCode::kTooLarge; }

}  // namespace

HookReceiver::HookReceiver(HookReceiverServices services) : services_(std::move(services)), seen_(kRemembered) {
  // So that the end of a meeting finds its owner, though it may be the first that we hear of it.
  for (const state::MeetingPtr& meeting : services_.store.Meetings()) {
    if (!meeting->internal_id.empty()) seen_.Learn(meeting->node_id, meeting->internal_id, OwnerOf(*meeting));
  }
}

Task<void> HookReceiver::Handle(const http::Request& request, std::string_view path, http::Reply& reply) {
  const std::optional<HookPlace> place = ReadHookPath(path);
  const state::NodePtr node = place ? services_.store.Nodes()->Find(place->node_id) : nullptr;
  if (!node) {
    Answer(reply, 404, "unknown");
    co_return;
  }
  if (request.method != "POST") {
    reply.AddHeader("Allow", "POST");
    Answer(reply, 405, "method");
    co_return;
  }
  http::SpooledBody spooled(services_.spool_dir);
  const Status received = co_await request.body->ReadAll(spooled, kMaxBody);
  std::string body;
  if (!received || !spooled.ReadAt(0, kMaxBody, body)) {
    const bool too_large = !received && received.error().code == ErrorCode::kTooLarge;
    Answer(reply, too_large ? 413 : 400, "body");
    co_return;
  }
  const std::string& node_id = node->node.id;
  reply.upstream = node_id;
  if (!IsSigned(request, body, *place, node->node)) {
    // A 401 would tell the node that it need not try again.
    services_.log.Warn("hooks: a post was not signed by its server, or PUBLIC_URL has changed", {{"server", node_id}});
    Answer(reply, 403, "checksum");
    co_return;
  }
  if (!AnybodyWants(place->raw)) {
    Answer(reply, 410, "unwanted");
    co_return;
  }
  Result<std::vector<boost::json::value>> events = ReadHookPost(body);
  if (!events) {
    // It comes from the node itself, and would not get better by being repeated.
    services_.log.Warn("hooks: a post could not be read", {{"server", node_id}, {"reason", events.error().detail}});
    Answer(reply, 200, "unreadable");
    co_return;
  }
  std::vector<records::Callback> callbacks;
  bool complete = true;
  for (boost::json::value& event : *events) {
    const HookEventInfo info = ReadHookEvent(event);
    const Located located = Locate(node_id, info);
    if (located.ask_again) complete = false;
    if (located.owner && MayHear(*located.owner)) Address(callbacks, node_id, place->raw, info, *located.owner, std::move(event));
  }
  const bool durable = co_await EnqueueAll(std::move(callbacks));
  const bool done = durable && complete;
  Answer(reply, done ? 200 : 503, done ? "ok" : "again");
}

bool HookReceiver::IsSigned(const http::Request& request, std::string_view body, const HookPlace& place, const pool::Node& node) const {
  const std::string_view authorization = request.Header("Authorization");
  if (authorization.starts_with(kBearer)) return EqualConstantTime(authorization.substr(kBearer.size()), node.secret);
  bbb::Params query;
  if (!query.AddQuery(request.query)) return false;
  const std::string_view checksum = query.Get("checksum");
  const std::optional<DigestAlgorithm> algorithm = DigestOfHexLength(checksum.size());
  const std::string public_url = services_.public_url.Get();
  if (!algorithm || public_url.empty()) return false;
  const HexDigest expected = Digest(*algorithm, {HookUrl(public_url, place.node_id, place.raw), body, node.secret});
  return EqualHexConstantTime(checksum, expected.view());
}

bool HookReceiver::AnybodyWants(bool raw) const {
  const auto hooks = services_.hooks.All();
  return std::any_of(hooks->begin(), hooks->end(), [raw](const records::Hook& hook) { return hook.raw == raw; });
}

HookReceiver::Located HookReceiver::Locate(const std::string& node_id, const HookEventInfo& info) {
  if (info.internal_id.empty()) return {};
  if (auto seen = seen_.Find(node_id, info.internal_id)) return {.owner = std::move(seen)};
  const state::MeetingPtr claim = info.external_id.empty() ? nullptr : services_.store.FindOnNodes(info.external_id);
  if (claim && claim->node_id == node_id) {
    // The node's answer to create has not come yet; only that tells which internal ID is whose.
    if (claim->internal_id.empty()) return {.ask_again = true};
    // An earlier meeting of this name may have been another tenant's.
    if (claim->internal_id == info.internal_id) {
      seen_.Learn(node_id, info.internal_id, OwnerOf(*claim));
      return {.owner = OwnerOf(*claim)};
    }
  }
  std::optional<MeetingOwner> owner;
  if (info.of_recording) {
    // Without tenants there is nobody else to whom it could belong.
    owner = MeetingOwner{.tenant_id = services_.multitenancy ? info.tenant_id : std::string(),
                         .meeting_id = info.client_meeting_id.empty() ? info.external_id : info.client_meeting_id,
                         .node_meeting_id = info.external_id};
    if (services_.multitenancy && info.tenant_id.empty()) return {};  // a later event may tell
  } else if (info.external_id.empty()) {
    owner = FindRunning(node_id, info.internal_id);
  } else if (!info.parent_internal_id.empty()) {
    // A breakout room belongs to whom its parent belongs; its name is the node's own.
    owner = FindRunning(node_id, info.parent_internal_id);
    if (owner) owner->meeting_id = owner->node_meeting_id = info.external_id;
  }
  if (owner) seen_.Learn(node_id, info.internal_id, *owner);
  return {.owner = std::move(owner)};
}

/// Most raw messages name a meeting by its internal ID only. What the store has of the node is looked through when it isn't known, once a second at
/// most: messages of meetings that nobody knows may be many.
std::optional<MeetingOwner> HookReceiver::FindRunning(const std::string& node_id, const std::string& internal_id) {
  if (auto seen = seen_.Find(node_id, internal_id)) return seen;
  const SteadyTime now = services_.clock.Steady();
  {
    const std::lock_guard lock(looked_mutex_);
    const auto [last, first] = looked_.try_emplace(node_id, now);
    if (!first && now - last->second < kLookEvery) return std::nullopt;
    last->second = now;
  }
  for (const state::MeetingPtr& meeting : services_.store.Meetings(node_id)) {
    if (!meeting->internal_id.empty()) seen_.Learn(node_id, meeting->internal_id, OwnerOf(*meeting));
  }
  return seen_.Find(node_id, internal_id);
}

bool HookReceiver::MayHear(const MeetingOwner& owner) const {
  return !services_.multitenancy || (!owner.tenant_id.empty() && services_.store.Tenants()->FindById(owner.tenant_id) != nullptr);
}

void HookReceiver::Address(std::vector<records::Callback>& out, const std::string& node_id, bool raw, const HookEventInfo& info,
                           const MeetingOwner& owner, boost::json::value event) const {
  if (owner.node_meeting_id != owner.meeting_id) ReplaceText(event, owner.node_meeting_id, owner.meeting_id);
  const std::string payload = boost::json::serialize(event);
  const HexDigest digest = Digest(DigestAlgorithm::kSha256, {node_id, "\n", payload});
  const auto hooks = services_.hooks.All();
  for (const records::Hook& hook : *hooks) {
    if (hook.tenant_id != owner.tenant_id || hook.raw != raw) continue;
    if (hook.meeting_id && *hook.meeting_id != owner.meeting_id) continue;
    if (hook.event_ids && std::find(hook.event_ids->begin(), hook.event_ids->end(), info.id) == hook.event_ids->end()) continue;
    records::Callback callback;
    callback.kind = records::CallbackKind::kHook;
    callback.tenant_id = owner.tenant_id;
    callback.meeting_id = owner.meeting_id;
    callback.url = hook.callback_url;
    callback.payload = payload;
    callback.order_key = KeyOf({"hook", hook.id, owner.meeting_id});
    callback.dedupe_key = KeyOf({"hook", hook.id, digest.view()});
    out.push_back(std::move(callback));
  }
}

Task<bool> HookReceiver::EnqueueAll(std::vector<records::Callback> callbacks) {
  if (callbacks.empty()) co_return true;
  struct Progress {
    std::atomic<std::size_t> left{0};
    std::atomic<bool> failed{false};
  };
  auto start = [&](std::function<void(bool)> done) {
    auto progress = std::make_shared<Progress>();
    progress->left = callbacks.size();
    for (records::Callback& callback : callbacks) {
      services_.outbox.Enqueue(std::move(callback), kQuiet, [progress, done](const Result<bool>& enqueued) {
        if (!enqueued && MayStillBeStored(enqueued.error())) progress->failed = true;
        if (--progress->left == 0) done(!progress->failed);
      });
    }
  };
  const bool durable = co_await runtime::AwaitCallback<bool>(std::move(start));
  if (!durable) services_.log.Error("hooks: events could not be stored; the server will send them again");
  co_return durable;
}

}  // namespace plenary::callbacks
