// hooks/create, hooks/list, hooks/destroy: registrations are kept here and not at a node (callbacks/ puts one hook of ours on every node), so
// they outlive nodes and receivers that are away. Documents as bbb-webhooks writes them (bbb-api 2.9).

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/calls.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"
#include "base/url.hpp"
#include "bbb/hook_documents.hpp"
#include "runtime/callback.hpp"

namespace plenary::api {

namespace {

constexpr std::size_t kMaxCallbackUrl = 2048;

void SetHookReply(http::Reply& reply, std::string_view outcome) {
  reply.SetContentType(bbb::kHookContentType);
  reply.outcome = outcome;
}

void HookFailed(http::Reply& reply, const bbb::MessageKey& error) {
  SetHookReply(reply, error.key);
  bbb::AppendHookFailed(reply.body, error);
}

std::vector<std::string> SplitEvents(std::string_view csv) {
  std::vector<std::string> events;
  while (!csv.empty()) {
    const std::size_t comma = std::min(csv.find(','), csv.size());
    const std::string_view event = TrimBlanks(csv.substr(0, comma));
    if (!event.empty()) events.push_back(ToLowerAscii(event));
    csv.remove_prefix(std::min(comma + 1, csv.size()));
  }
  return events;
}

Task<Result<records::HookStore::Added>> Add(records::HookStore& hooks, records::Hook hook) {
  using Added = Result<records::HookStore::Added>;
  auto start = [&](std::function<void(const Added&)> done) { hooks.Add(std::move(hook), std::move(done)); };
  Added added = co_await runtime::AwaitCallback<Added>(std::move(start));
  co_return added;
}

Task<void> CreateHook(const Services& services, CallInput& input, http::Reply& reply) {
  const std::string_view url = input.params.Get("callbackURL");
  if (url.empty()) {
    HookFailed(reply, bbb::kMissingCallbackUrl);
    co_return;
  }
  if (url.size() > kMaxCallbackUrl || !ParseEndpoint(url)) {
    HookFailed(reply, bbb::kInvalidCallbackUrl);
    co_return;
  }
  records::Hook hook;
  hook.id = SystemRandom().Uuid();
  hook.tenant_id = input.tenant_id();
  hook.callback_url = url;
  if (input.params.Has("meetingID")) hook.meeting_id = input.params.Get("meetingID");
  if (input.params.Has("eventID")) hook.event_ids = SplitEvents(input.params.Get("eventID"));
  hook.raw = EqualsIgnoreCase(input.params.Get("getRaw"), "true");
  hook.created_at_ms = ToMs(services.clock.Now());
  Result<records::HookStore::Added> added = co_await Add(services.hooks, std::move(hook));
  if (!added) {
    if (added.error().code != ErrorCode::kLimit) services.log.Error("hooks/create: could not be stored", {{"reason", added.error().detail}});
    HookFailed(reply, added.error().code == ErrorCode::kLimit ? bbb::kTooManyHooks : bbb::kCreateHookFailed);
    co_return;
  }
  SetHookReply(reply, "ok");
  if (added->existed) {
    bbb::AppendHookExists(reply.body, added->hook.id);
  } else {
    bbb::AppendHookCreated(reply.body, added->hook.id, added->hook.raw);
  }
}

/// With a meetingID: all that hear of it, those for every meeting as well.
void ListHooks(const Services& services, const CallInput& input, http::Reply& reply) {
  const std::shared_ptr<const std::vector<records::Hook>> all = services.hooks.All();
  const bbb::Param* const meeting = input.params.Find("meetingID");
  std::vector<bbb::ListedHook> listed;
  for (const records::Hook& hook : *all) {
    if (hook.tenant_id != input.tenant_id()) continue;
    if (meeting != nullptr && hook.meeting_id && *hook.meeting_id != meeting->value) continue;
    listed.push_back({.id = hook.id,
                      .callback_url = hook.callback_url,
                      .meeting_id = hook.meeting_id ? &*hook.meeting_id : nullptr,
                      .event_ids = hook.event_ids ? &*hook.event_ids : nullptr,
                      .raw = hook.raw});
  }
  SetHookReply(reply, "ok");
  bbb::AppendHooks(reply.body, listed);
}

Task<void> DestroyHook(const Services& services, CallInput& input, http::Reply& reply) {
  const std::string id(input.params.Get("hookID"));
  if (id.empty()) {
    HookFailed(reply, bbb::kMissingHookId);
    co_return;
  }
  auto start = [&](std::function<void(const Status&)> done) { services.hooks.Remove(std::string(input.tenant_id()), id, std::move(done)); };
  const Status removed = co_await runtime::AwaitCallback<Status>(std::move(start));
  if (!removed) {
    const bool missing = removed.error().code == ErrorCode::kNotFound;
    if (!missing) services.log.Error("hooks/destroy: could not be stored", {{"reason", removed.error().detail}});
    HookFailed(reply, missing ? bbb::kHookNotFound : bbb::kDestroyHookFailed);
    co_return;
  }
  SetHookReply(reply, "ok");
  bbb::AppendHookRemoved(reply.body);
}

}  // namespace

Task<void> Hooks(const Services& services, CallInput& input, http::Reply& reply) {
  switch (input.call) {
    case bbb::Call::kHooksCreate: co_await CreateHook(services, input, reply); break;
    case bbb::Call::kHooksList: ListHooks(services, input, reply); break;
    default: co_await DestroyHook(services, input, reply); break;
  }
}

}  // namespace plenary::api
