// Calls about one meeting that its node answers (spec scalelite 1.11.2, 1.11.3, 1.11.8; bbb-api 2.6).

#include "api/calls.hpp"
#include "base/encoding.hpp"

namespace plenary::api {

namespace {

struct Rule {
  bbb::MessageKey failed;
  bool all_parameters;  // else only meetingID
  http::Effect effect;
};

Rule RuleOf(bbb::Call call) {
  switch (call) {
    case bbb::Call::kInsertDocument: return {bbb::kInsertDocumentFailed, false, http::Effect::kChanges};
    case bbb::Call::kSendChatMessage: return {bbb::kMeetingAccessFailed, true, http::Effect::kChanges};
    default: return {bbb::kMeetingAccessFailed, false, http::Effect::kReadOnly};
  }
}

}  // namespace

Task<void> Relay(const Services& services, CallInput& input, http::Reply& reply) {
  const state::MeetingPtr meeting = services.store.FindMeeting(input.tenant_id(), input.params.Get("meetingID"));
  const state::NodePtr node = meeting ? services.store.Nodes()->Find(meeting->node_id) : nullptr;
  if (!node) {
    ReplyFailed(reply, bbb::kMeetingNotFound);
    co_return;
  }
  reply.upstream = node->node.id;
  const Rule rule = RuleOf(input.call);
  std::string query;
  if (rule.all_parameters) {
    input.params.Set("meetingID", meeting->node_meeting_id());
    bbb::AppendQuery(query, input.params);
  } else {
    query = "meetingID=";
    AppendFormEncoded(query, meeting->node_meeting_id());
  }
  const nodes::CallTimeouts& full = services.nodes.timeouts();
  const nodes::CallTimeouts timeouts = node->node.online ? full : full.Shortened();
  std::string name(bbb::CallName(input.call));
  Result<nodes::NodeAnswer> answer =
      co_await services.nodes.Call(node, std::move(name), std::move(query), rule.effect, timeouts, input.xml_body);
  if (!answer) {
    ReplyNodeError(reply, answer.error(), rule.failed);
    co_return;
  }
  // insertDocument's answers never have a messageKey (bbb-api 2.7): they are passed on as they are.
  if (input.call == bbb::Call::kInsertDocument) answer->parsed.status.has_key_and_message |= !answer->parsed.status.message.empty();
  ReplyMeetingAnswer(reply, std::move(*answer), rule.failed, *meeting);
}

}  // namespace plenary::api
