// create: claim, then ask the node, then tell the claim what came of it. Every path that leaves an unsettled claim behind ends in Settle, Reassign
// or Release; callers of the same ID wait for that in the store.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/calls.hpp"
#include "api/create_query.hpp"
#include "base/encoding.hpp"
#include "state/awaited.hpp"

namespace plenary::api {

namespace {

constexpr std::size_t kMaxNodes = 3;        // nodes that one create asks at the most
constexpr int kMaxRounds = 8;               // claims that one create looks at: somebody else may end or move the meeting meanwhile

struct Attempt {
  nodes::NodeAnswer answer;
  Error error;
  bool answered = false;
};

Task<Attempt> AskNode(const Services& services, CallInput& input, const state::ClaimResult& claim) {
  std::string query = co_await CreateQuery(services, input, claim);
  const nodes::CallTimeouts& full = services.nodes.timeouts();
  const nodes::CallTimeouts timeouts = claim.node->node.online ? full : full.Shortened();
  Result<nodes::NodeAnswer> answer =
      co_await services.nodes.Call(claim.node, "create", std::move(query), http::Effect::kChanges, timeouts, input.xml_body);
  Attempt attempt;
  // Cut off before what every front-end needs: as good as no answer.
  const bool useless = answer && answer->repaired && answer->parsed.status.success &&
                       (answer->parsed.internal_meeting_id.empty() || answer->parsed.create_time_ms == 0);
  if (useless) {
    attempt.error = {ErrorCode::kNoReply, "the reply was cut off"};
  } else if (answer) {
    attempt.answered = true;
    attempt.answer = std::move(*answer);
  } else {
    attempt.error = std::move(answer.error());
  }
  co_return attempt;
}

state::Settlement SettlementOf(const bbb::ParsedReply& reply) {
  state::Settlement settlement;
  settlement.internal_id = reply.internal_meeting_id;
  settlement.create_time_ms = reply.create_time_ms;
  settlement.attendee_pw = reply.attendee_pw;
  settlement.moderator_pw = reply.moderator_pw;
  settlement.voice_bridge = reply.voice_bridge;
  return settlement;
}

/// Nothing reached the node: it can't have made the meeting. Otherwise it may have.
std::optional<pool::EndReason> OwedAfter(const Error& error) {
  if (error.code == ErrorCode::kUnreachable) return std::nullopt;
  return pool::EndReason::kOrphan;
}

void ReplyClaimError(const Services& services, const CallInput& input, const Error& error, http::Reply& reply) {
  if (error.code == ErrorCode::kNoServers) return ReplyFailed(reply, bbb::kNoServers);
  if (error.code == ErrorCode::kTagUnavailable) {
    return ReplyFailed(reply, "serverTagUnavailable", "There is no available server with the required tag=" + error.detail + ".");
  }
  if (error.code == ErrorCode::kLimit) {
    if (error.detail == "meetings") return ReplyFailed(reply, bbb::kTooManyMeetings);
    reply.AddHeader("Retry-After", "1");
    return ReplyFailed(reply, bbb::kTooManyCreates);
  }
  if (error.code == ErrorCode::kConflict) return ReplyFailed(reply, bbb::kIdNotUnique);
  services.log.Error("create: the claim could not be made", {{"meeting", input.params.Get("meetingID")}, {"reason", error.detail}});
  ReplyFailed(reply, bbb::kStoreFailed);
}

void ReplyNotKept(const Services& services, const Error& error, http::Reply& reply) {
  if (error.code == ErrorCode::kTooLarge) return ReplyFailed(reply, bbb::kCallbackUrlLength);
  services.log.Error("create: the callback URLs could not be stored", {{"reason", error.detail}});
  ReplyFailed(reply, bbb::kStoreFailed);
}

/// A cordoned or disabled node keeps a meeting only while people are in it (spec scalelite 1.11.5 step 3). An error when the node doesn't tell.
Task<Result<bool>> StillRunning(const Services& services, const state::ClaimResult& claim) {
  std::string query = "meetingID=";
  AppendFormEncoded(query, claim.meeting->node_meeting_id());
  const nodes::CallTimeouts& full = services.nodes.timeouts();
  const nodes::CallTimeouts timeouts = claim.node->node.online ? full : full.Shortened();
  Result<nodes::NodeAnswer> answer =
      co_await services.nodes.Call(claim.node, "isMeetingRunning", std::move(query), http::Effect::kReadOnly, timeouts, nullptr);
  if (!answer) co_return tl::unexpected(std::move(answer.error()));
  co_return answer->parsed.status.success && answer->parsed.running == "true";
}

/// A claim of ours: asks its node, and up to two more when nodes don't answer.
/// `server_tag`: the client's wish.
Task<void> CreateClaimed(const Services& services, CallInput& input, state::ClaimResult claim, std::string server_tag, http::Reply& reply) {
  std::vector<std::string> tried;
  Status kept = co_await TakeCallbackUrls(services, input, claim);
  if (!kept) {
    Status released = co_await state::AwaitRelease(services.store, claim.meeting, std::nullopt);
    ReplyNotKept(services, released ? kept.error() : released.error(), reply);
    co_return;
  }
  while (true) {
    tried.push_back(claim.node->node.id);
    reply.upstream = claim.node->node.id;
    Attempt attempt = co_await AskNode(services, input, claim);
    if (attempt.answered) {
      if (attempt.answer.parsed.status.success) {
        services.store.Settle(claim.meeting, SettlementOf(attempt.answer.parsed));
      } else {
        // The node refuses the request itself: its answer is the caller's, and the ID is free again.
        Status released = co_await state::AwaitRelease(services.store, claim.meeting, std::nullopt);
        if (!released) services.log.Error("create: a claim could not be released", {{"reason", released.error().detail}});
      }
      ReplyMeetingAnswer(reply, std::move(attempt.answer), bbb::kCreateFailed, *claim.meeting);
      co_return;
    }
    services.log.Warn("create: the node didn't answer", {{"server", claim.node->node.id}, {"meeting", claim.meeting->meeting_id}, {"reason", attempt.error.detail}});
    const std::optional<pool::EndReason> owed = OwedAfter(attempt.error);
    if (tried.size() >= kMaxNodes) {
      Status released = co_await state::AwaitRelease(services.store, claim.meeting, owed);
      if (!released) services.log.Error("create: a claim could not be released", {{"reason", released.error().detail}});
      ReplyNodeError(reply, attempt.error, bbb::kCreateFailed);
      co_return;
    }
    Result<state::ClaimResult> next = co_await state::AwaitReassign(services.store, claim.meeting, tried, server_tag, owed);
    if (!next) {
      if (next.error().code == ErrorCode::kNoServers || next.error().code == ErrorCode::kTagUnavailable) {
        ReplyNodeError(reply, attempt.error, bbb::kCreateFailed);
      } else {
        ReplyClaimError(services, input, next.error(), reply);
      }
      co_return;
    }
    claim = std::move(*next);
    if (claim.kind != state::ClaimKind::kClaimed) {
      // Ended and created anew by somebody else while we waited for the node.
      ReplyNodeError(reply, attempt.error, bbb::kCreateFailed);
      co_return;
    }
  }
}

Task<void> CreateExisting(const Services& services, CallInput& input, state::ClaimResult claim, http::Reply& reply) {
  reply.upstream = claim.node->node.id;
  Status kept = co_await TakeCallbackUrls(services, input, claim);
  if (!kept) {
    ReplyNotKept(services, kept.error(), reply);
    co_return;
  }
  Attempt attempt = co_await AskNode(services, input, claim);
  if (!attempt.answered) {
    ReplyNodeError(reply, attempt.error, bbb::kCreateFailed);
    co_return;
  }
  const bbb::ParsedReply& parsed = attempt.answer.parsed;
  const bool made_anew = parsed.status.success && !parsed.internal_meeting_id.empty() && parsed.internal_meeting_id != claim.meeting->internal_id;
  if (made_anew) services.store.Settle(claim.meeting, SettlementOf(parsed));  // the node had lost it, e.g. by a restart
  ReplyMeetingAnswer(reply, std::move(attempt.answer), bbb::kCreateFailed, *claim.meeting);
}

}  // namespace

Task<void> Create(const Services& services, CallInput& input, http::Reply& reply) {
  NormalizeMetadata(input.tenant() != nullptr, input.params);
  RemoveDenied(input.tenant(), input.params);
  const std::string server_tag(WishedServerTag(services.options.create_policy, input.tenant(), input.params));
  const std::string meeting_id(input.params.Get("meetingID"));
  for (int round = 0; round < kMaxRounds; ++round) {
    state::ClaimRequest request;
    request.meeting_id = meeting_id;
    request.tenant_id = input.tenant_id();
    request.moderator_pw = input.params.Present("moderatorPW") ? input.params.Get("moderatorPW") : std::string_view();
    request.attendee_pw = input.params.Get("attendeePW");
    request.name = input.params.Get("name");
    request.voice_bridge = input.params.Get("voiceBridge");
    request.server_tag = server_tag;
    Result<state::ClaimResult> claim = co_await state::AwaitClaim(services.store, std::move(request));
    if (claim && claim->kind == state::ClaimKind::kInDoubt) {
      std::vector<std::string> tried{claim->meeting->node_id};
      claim = co_await state::AwaitReassign(services.store, claim->meeting, std::move(tried), server_tag, pool::EndReason::kOrphan);
    } else if (claim && claim->kind == state::ClaimKind::kExisting && !claim->node->node.online &&
               services.options.offline_meetings == state::OfflineMeetings::kKeep) {
      // Its node is lost: the meeting goes on elsewhere, the old copy is ended when the node is back.
      std::vector<std::string> tried{claim->meeting->node_id};
      claim = co_await state::AwaitReassign(services.store, claim->meeting, std::move(tried), server_tag, pool::EndReason::kSuperseded);
    }
    if (!claim) {
      ReplyClaimError(services, input, claim.error(), reply);
      co_return;
    }
    if (claim->kind == state::ClaimKind::kClaimed) {
      co_await CreateClaimed(services, input, std::move(*claim), server_tag, reply);
      co_return;
    }
    const pool::Node& node = claim->node->node;
    const bool as_scalelite = services.options.offline_meetings == state::OfflineMeetings::kForget;
    const bool leaving = node.cordoned() || (node.disabled() && !as_scalelite);
    if (claim->kind == state::ClaimKind::kExisting && !leaving) {
      co_await CreateExisting(services, input, std::move(*claim), reply);
      co_return;
    }
    if (claim->kind == state::ClaimKind::kExisting) {
      const Result<bool> running = co_await StillRunning(services, *claim);
      if (!running && !as_scalelite) {  // silence is no proof that nobody is in it
        ReplyNodeError(reply, running.error(), bbb::kCreateFailed);
        co_return;
      }
      if (running && *running) {
        co_await CreateExisting(services, input, std::move(*claim), reply);
        co_return;
      }
      Status forgotten = co_await state::AwaitForget(services.store, claim->meeting, pool::EndReason::kSuperseded);
      if (!forgotten) {
        ReplyClaimError(services, input, forgotten.error(), reply);
        co_return;
      }
    }
  }
  ReplyFailed(reply, bbb::kCreateFailed);
}

}  // namespace plenary::api
