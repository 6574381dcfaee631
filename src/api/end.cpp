// end asks the node first and forgets after (design: decisions on 11.1.5).

#include "api/calls.hpp"
#include "base/encoding.hpp"
#include "bbb/reply_writer.hpp"
#include "state/awaited.hpp"

namespace plenary::api {

namespace {

/// The node can't be asked now: the end is owed to it. As Scalelite (OFFLINE_MEETINGS=forget) the caller hears of the failure all the same.
Task<void> Owe(const Services& services, state::MeetingPtr meeting, Error why, http::Reply& reply) {
  Status forgotten = co_await state::AwaitForget(services.store, meeting, pool::EndReason::kRequested);
  if (!forgotten) {
    services.log.Error("end: could not be stored", {{"meeting", meeting->meeting_id}, {"reason", forgotten.error().detail}});
    ReplyFailed(reply, bbb::kStoreFailed);
    co_return;
  }
  services.log.Warn("end: the node can't be reached; it will be asked when it is back", {{"meeting", meeting->meeting_id}, {"server", meeting->node_id}});
  if (services.options.offline_meetings == state::OfflineMeetings::kForget) {
    ReplyNodeError(reply, why, bbb::kMeetingAccessFailed);
    co_return;
  }
  reply.SetContentType(bbb::kXmlContentType);
  reply.outcome = "queued";
  bbb::AppendSuccess(reply.body, bbb::kEndSent);
}

}  // namespace

Task<void> End(const Services& services, CallInput& input, http::Reply& reply) {
  const state::MeetingPtr meeting = services.store.FindMeeting(input.tenant_id(), input.params.Get("meetingID"));
  const state::NodePtr node = meeting ? services.store.Nodes()->Find(meeting->node_id) : nullptr;
  if (!node) {
    ReplyFailed(reply, bbb::kMeetingNotFound);
    co_return;
  }
  reply.upstream = node->node.id;
  std::string query = "meetingID=";
  AppendFormEncoded(query, meeting->node_meeting_id());
  query += "&password";
  if (const bbb::Param* password = input.params.Find("password"); password != nullptr && password->has_value) {
    query += '=';
    AppendFormEncoded(query, password->value);
  }
  const nodes::CallTimeouts& full = services.nodes.timeouts();
  const nodes::CallTimeouts timeouts = node->node.online ? full : full.Shortened();
  Result<nodes::NodeAnswer> answer = co_await services.nodes.Call(node, "end", std::move(query), http::Effect::kChanges, timeouts, nullptr);
  if (!answer) {
    const std::string_view password = input.params.Get("password");
    if (!password.empty() && !meeting->moderator_pw.empty() && password != meeting->moderator_pw) {
      ReplyNodeError(reply, answer.error(), bbb::kMeetingAccessFailed);  // the node would refuse it; nothing is queued
      co_return;
    }
    co_await Owe(services, meeting, std::move(answer.error()), reply);
    co_return;
  }
  if (answer->parsed.status.success || answer->parsed.status.message_key == "notFound") {
    Status forgotten = co_await state::AwaitForget(services.store, meeting, std::nullopt);
    // The meeting is over in any case; the next poll forgets it when the store could not.
    if (!forgotten) services.log.Error("end: could not be stored", {{"meeting", meeting->meeting_id}, {"reason", forgotten.error().detail}});
  }
  ReplyMeetingAnswer(reply, std::move(*answer), bbb::kMeetingAccessFailed, *meeting);
}

}  // namespace plenary::api
