#include "callbacks/end_checks.hpp"

#include <utility>

#include "runtime/callback.hpp"
#include "state/awaited.hpp"

namespace plenary::callbacks {

EndChecks::EndChecks(runtime::Runtime& runtime, state::StateStore& store, nodes::NodeCalls& calls, EndNotifier& notifier, observe::Log& log,
                     std::vector<std::chrono::milliseconds> again)
    : runtime_(runtime), store_(store), calls_(calls), notifier_(notifier), log_(log), again_(std::move(again)) {}

Task<EndCheck> EndChecks::Check(bbb::EndSignal signal) {
  {
    const std::lock_guard lock(mutex_);
    if (!under_way_.insert(signal.claim_id).second) co_return EndCheck::kStillThere;
  }
  const EndCheck outcome = co_await Look(signal);
  if (outcome == EndCheck::kStillThere) {
    runtime::Spawn(runtime_.Control(), LookAgain(std::move(signal)));  // which stays under way
    co_return outcome;
  }
  const std::lock_guard lock(mutex_);
  under_way_.erase(signal.claim_id);
  co_return outcome;
}

Task<void> EndChecks::LookAgain(bbb::EndSignal signal) {
  for (const std::chrono::milliseconds pause : again_) {
    const bool awake = co_await runtime::Sleep(pause);
    if (!awake) co_return;
    const EndCheck outcome = co_await Look(signal);
    if (outcome == EndCheck::kGone) break;
  }
  const std::lock_guard lock(mutex_);
  under_way_.erase(signal.claim_id);
}

Task<EndCheck> EndChecks::Look(bbb::EndSignal signal) {
  const state::MeetingPtr meeting = store_.FindMeeting(signal.tenant_id, signal.meeting_id);
  if (!meeting || meeting->claim_id != signal.claim_id) co_return EndCheck::kGone;
  const state::NodePtr node = store_.Nodes()->Find(meeting->node_id);
  if (!node) co_return EndCheck::kGone;
  // Between the claim and the node's reply to create, notFound may mean that it has not heard of the meeting yet.
  if (meeting->phase != pool::MeetingPhase::kSettled) co_return EndCheck::kStillThere;
  const nodes::CallTimeouts timeouts = node->node.online ? calls_.timeouts() : calls_.timeouts().Shortened();
  const Result<nodes::NodeAnswer> info = co_await calls_.GetMeetingInfo(node, meeting->node_meeting_id(), timeouts);
  if (!info) co_return EndCheck::kUnknown;
  if (info->parsed.status.success) co_return EndCheck::kStillThere;
  if (info->parsed.status.message_key != "notFound") co_return EndCheck::kUnknown;

  // First the front-end, so that the node says it again while that can't be stored.
  pool::MeetingEnd end{.tenant_id = meeting->tenant_id, .meeting_id = meeting->meeting_id, .internal_id = meeting->internal_id};
  auto start = [this, &end](std::function<void(Status)> done) { notifier_.Announce(std::move(end), std::move(done)); };
  const Status announced = co_await runtime::AwaitCallback<Status>(std::move(start));
  if (!announced) co_return EndCheck::kNotStored;
  const Status forgotten = co_await state::AwaitForget(store_, meeting, std::nullopt);
  if (!forgotten) co_return EndCheck::kNotStored;
  log_.Info("meeting has ended", {{"server", node->node.id}, {"meeting", meeting->meeting_id}});
  co_return EndCheck::kGone;
}

}  // namespace plenary::callbacks
