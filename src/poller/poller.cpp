#include "poller/poller.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "runtime/gather.hpp"
#include "state/awaited.hpp"

namespace plenary::poller {

namespace {

constexpr int kVersionEvery = 10;  // polls between two looks at the version
constexpr std::chrono::milliseconds kSweepEvery{1'000};
constexpr std::chrono::hours kForever{24};  // a round is bounded by its calls' own timeouts

std::string Describe(const bbb::ReplyStatus& status) {
  if (!status.has_returncode) return nodes::kNoReturncodeDetail;
  return status.message_key + ": " + status.message;
}

}  // namespace

Poller::Poller(runtime::Runtime& runtime, state::StateStore& store, nodes::NodeCalls& calls, const Clock& clock, Random& random, observe::Log& log,
               PollerOptions options)
    : runtime_(runtime), store_(store), calls_(calls), clock_(clock), random_(random), log_(log), options_(options) {}

Poller::~Poller() = default;

void Poller::Start() {
  boost::asio::post(runtime_.Control(), [this] {
    started_ = true;
    for (const state::NodePtr& node : store_.Nodes()->all()) AddLoop(node->node.id, true);
    runtime::Spawn(runtime_.Control(), SweepLoop());
  });
}

void Poller::Stop() {
  stopping_ = true;
  for (auto& [id, loop] : loops_) loop->alarm.Ring();
}

void Poller::NodeChanged(std::string node_id) {
  boost::asio::post(runtime_.Control(), [this, node_id = std::move(node_id)] {
    if (!started_) return;  // only operators' commands are carried out
    if (stopping_) return;
    const bool exists = store_.Nodes()->Find(node_id) != nullptr;
    const auto it = loops_.find(node_id);
    if (!exists) {
      if (it != loops_.end()) it->second->alarm.Ring();  // the loop sees that its node is gone
    } else if (it == loops_.end()) {
      AddLoop(node_id, false);
    }
  });
}

void Poller::AddLoop(const std::string& node_id, bool poll_now) {
  auto loop = std::make_shared<Loop>(runtime_.Control().get_executor());
  loops_[node_id] = loop;
  runtime::Spawn(runtime_.Control(), NodeLoop(node_id, loop, poll_now));
}

std::chrono::milliseconds Poller::Jittered() {
  // ± 10 %, so that the polls of many nodes spread over the interval
  const auto interval = options_.interval.count();
  const auto spread = static_cast<std::uint64_t>(std::max<std::int64_t>(interval / 5, 1));
  return std::chrono::milliseconds(interval - interval / 10 + static_cast<std::int64_t>(random_.Below(spread)));
}

Task<void> Poller::NodeLoop(std::string node_id, std::shared_ptr<Loop> loop, bool poll_now) {
  bool due = poll_now;
  for (int polls = 0; !stopping_; ++polls) {
    if (!due) {
      const bool rung = co_await loop->alarm.WaitFor(Jittered());
      if (stopping_) break;
      if (rung) polls = 0;  // changed: look at everything
    }
    due = false;
    const state::NodePtr node = store_.Nodes()->Find(node_id);
    if (!node) break;
    const std::string error = co_await PollServer(node_id);
    if (error.empty() && (polls % kVersionEvery == 0 || node->node.bbb_version.empty())) co_await PollVersion(node_id);
  }
  const auto it = loops_.find(node_id);
  if (it != loops_.end() && it->second == loop) loops_.erase(it);
}

Task<void> Poller::Look(std::string node_id) {
  const std::string error = co_await PollServer(node_id);
  if (error.empty()) co_await PollVersion(std::move(node_id));
}

Task<std::string> Poller::PollServer(std::string node_id) {
  const state::NodePtr node = store_.Nodes()->Find(node_id);
  if (!node) co_return "the node was removed";
  const std::int64_t started_ms = ToMs(clock_.Now());
  Result<http::NodeReply> reply =
      co_await calls_.CallRaw(node, "getMeetings", std::string(), http::Effect::kReadOnly, calls_.timeouts(), nullptr);
  std::string error;
  state::PollReport report;
  if (!reply) {
    error = reply.error().detail.empty() ? "no answer" : reply.error().detail;
  } else {
    bbb::MeetingList list = bbb::ParseMeetings(reply->body);
    // A poll that can't be read to its end is no proof that the rest has ended.
    if (!list.status.success) error = Describe(list.status);
    else if (reply->truncated) error = "the list of meetings was cut off";
    report.meetings = std::move(list.meetings);
    if (list.broken > 0) {
      log_.Warn("poll: meetings that can't be read were left out", {{"server", node_id}, {"count", static_cast<long long>(list.broken)}});
    }
    report.incomplete = list.broken > 0;
  }
  const std::int64_t now_ms = ToMs(clock_.Now());
  Result<state::PollOutcome> outcome = Fail(ErrorCode::kCancelled);
  if (error.empty()) {
    report.node_id = node_id;
    report.started_at_ms = started_ms;
    report.now_ms = now_ms;
    outcome = co_await state::AwaitApplyPoll(store_, std::move(report));
  } else {
    outcome = co_await state::AwaitApplyPollFailure(store_, node_id, error, now_ms);
  }
  if (outcome) {
    Tell(*node, *outcome);
    co_await CarryOut(node, std::move(*outcome));
  } else if (outcome.error().code != ErrorCode::kNotFound) {
    log_.Error("poll: the result could not be stored", {{"server", node_id}, {"reason", outcome.error().detail}});
  }
  if (!error.empty()) log_.Warn("poll failed", {{"server", node_id}, {"reason", error}});
  co_return error;
}

void Poller::Tell(const state::NodeView& node, const state::PollOutcome& outcome) {
  const std::string& id = node.node.id;
  if (outcome.health == pool::HealthChange::kCameOnline) log_.Info("server is online", {{"server", id}});
  if (outcome.health == pool::HealthChange::kWentOffline) log_.Error("server is offline", {{"server", id}});
  if (outcome.auto_disabled) log_.Info("cordoned server is empty and now disabled", {{"server", id}});
  for (const state::MeetingPtr& meeting : outcome.ended) log_.Info("meeting has ended", {{"server", id}, {"meeting", meeting->meeting_id}});
  for (const state::MeetingPtr& meeting : outcome.adopted) log_.Info("meeting adopted", {{"server", id}, {"meeting", meeting->meeting_id}});
  for (const state::MeetingPtr& meeting : outcome.duplicates) {
    log_.Warn("meeting is on two servers; its claim stays", {{"server", meeting->node_id}, {"other", id}, {"meeting", meeting->meeting_id}});
  }
}

Task<void> Poller::CarryOut(state::NodePtr node, state::PollOutcome outcome) {
  for (pool::PendingEnd& owed : outcome.due) {
    co_await EndOwed(node, std::move(owed));
  }
  for (const state::MeetingPtr& meeting : outcome.forgotten_offline) {
    if (meeting->adopted) continue;
    const std::string& id = meeting->node_meeting_id();
    const state::MeetingPtr anew = store_.FindOnNodes(id);
    if (anew && anew->node_id == node->node.id) continue;  // it is back, and somebody has opened the meeting again
    const Result<nodes::NodeAnswer> answer = co_await calls_.End(node, id, meeting->moderator_pw, calls_.timeouts().Shortened());
    if (answer) continue;
    log_.Warn("offline server: its meetings could not be ended", {{"server", node->node.id}, {"meeting", meeting->meeting_id}});
    if (answer.error().detail != nodes::kNoReturncodeDetail) break;  // nobody is there
  }
}

/// The store says that the listed copy is ours. What the node says at this very moment decides (design 1, "What we end").
Task<void> Poller::EndOwed(state::NodePtr node, pool::PendingEnd owed) {
  const Result<nodes::NodeAnswer> info = co_await calls_.GetMeetingInfo(node, owed.meeting_id, calls_.timeouts());
  if (!info) co_return;
  if (!info->parsed.status.success) {
    if (info->parsed.status.message_key == "notFound") store_.EndDone(owed.id);
    co_return;
  }
  const state::MeetingPtr claim = store_.FindOnNodes(owed.meeting_id);
  const bool is_the_claim = claim && claim->node_id == node->node.id &&
                            (claim->phase == pool::MeetingPhase::kClaimed || claim->internal_id == info->parsed.internal_meeting_id);
  if (is_the_claim || info->parsed.internal_meeting_id != owed.internal_id) co_return;
  const Result<nodes::NodeAnswer> ended = co_await calls_.End(node, owed.meeting_id, owed.moderator_pw, calls_.timeouts());
  if (!ended) co_return;
  if (ended->parsed.status.success || ended->parsed.status.message_key == "notFound") {
    log_.Info("a left-over copy of a meeting was ended", {{"server", node->node.id}, {"meeting", owed.meeting_id}});
    store_.EndDone(owed.id);
  }
}

Task<void> Poller::PollVersion(std::string node_id) {
  const state::NodePtr node = store_.Nodes()->Find(node_id);
  if (!node) co_return;
  const Result<nodes::NodeAnswer> answer =
      co_await calls_.Call(node, std::string(), std::string(), http::Effect::kReadOnly, calls_.timeouts(), nullptr);
  if (answer && answer->parsed.status.success) store_.SetVersion(node_id, answer->parsed.bbb_version);
}

Task<void> Poller::PollMeetingsOf(state::NodePtr node, std::vector<state::MeetingPtr> meetings) {
  for (const state::MeetingPtr& meeting : meetings) {
    const Result<nodes::NodeAnswer> answer = co_await calls_.GetMeetingInfo(node, meeting->node_meeting_id(), calls_.timeouts());
    if (!answer) {
      log_.Warn("poll: the meeting's server didn't answer", {{"server", node->node.id}, {"meeting", meeting->meeting_id}});
      if (answer.error().detail != nodes::kNoReturncodeDetail) break;  // nobody is there to be asked of the others
      continue;
    }
    if (answer->parsed.status.success || answer->parsed.status.message_key != "notFound") continue;
    const Status forgotten = co_await state::AwaitForget(store_, meeting, std::nullopt);
    if (forgotten) log_.Info("meeting has ended", {{"server", node->node.id}, {"meeting", meeting->meeting_id}});
  }
}

Task<void> Poller::PollInto(std::string node_id, std::shared_ptr<RoundResult> result) {
  result->error = co_await PollServer(std::move(node_id));
}

Task<std::vector<RoundResult>> Poller::Run(Round round, std::vector<std::string> ids) {
  std::vector<state::NodePtr> nodes;
  const auto table = store_.Nodes();
  for (const state::NodePtr& node : table->all()) {
    if (ids.empty() || std::find(ids.begin(), ids.end(), node->node.id) != ids.end()) nodes.push_back(node);
  }
  std::vector<Task<void>> tasks;
  // First each stored meeting by itself, as Scalelite does, then the lists, which would forget the same meetings without having asked for them.
  if (round == Round::kAll || round == Round::kMeetings) {
    for (const state::NodePtr& node : nodes) {
      std::vector<state::MeetingPtr> meetings;
      for (state::MeetingPtr& meeting : store_.Meetings(node->node.id)) {
        if (meeting->phase == pool::MeetingPhase::kSettled) meetings.push_back(std::move(meeting));
      }
      tasks.push_back(PollMeetingsOf(node, std::move(meetings)));
    }
    co_await runtime::Gather(std::move(tasks), kForever);
    tasks.clear();
  }
  std::vector<std::shared_ptr<RoundResult>> results;
  for (const state::NodePtr& node : nodes) {
    if (round == Round::kAll || round == Round::kServers) {
      results.push_back(std::make_shared<RoundResult>());
      results.back()->node_id = node->node.id;
      tasks.push_back(PollInto(node->node.id, results.back()));
    }
    if (round == Round::kAll || round == Round::kVersions) tasks.push_back(PollVersion(node->node.id));
  }
  co_await runtime::Gather(std::move(tasks), kForever);
  std::vector<RoundResult> all;
  for (const std::shared_ptr<RoundResult>& result : results) all.push_back(*result);
  co_return all;
}

Task<void> Poller::SweepLoop() {
  while (!stopping_) {
    store_.Sweep(ToMs(clock_.Now()));
    const bool awake = co_await runtime::Sleep(kSweepEvery);
    if (!awake) break;
  }
}

}  // namespace plenary::poller
