#include "api/services.hpp"

#include "bbb/reply_writer.hpp"
#include "bbb/scoped_reply.hpp"

namespace plenary::api {

namespace {

/// Keys are a closed set when we make them; a node's own key is named by one word in the log.
void SetXml(http::Reply& reply, std::string_view outcome) {
  reply.status = 200;
  reply.SetContentType(bbb::kXmlContentType);
  reply.outcome = outcome;
}

}  // namespace

void ReplyFailed(http::Reply& reply, std::string_view key, std::string_view message) {
  SetXml(reply, "failed");
  reply.body.clear();
  bbb::AppendFailed(reply.body, key, message);
}

void ReplyNodeAnswer(http::Reply& reply, nodes::NodeAnswer answer, const bbb::MessageKey& otherwise) {
  const bbb::ReplyStatus& status = answer.parsed.status;
  if (!status.success && !status.has_key_and_message) return ReplyFailed(reply, otherwise);
  SetXml(reply, status.success ? "ok" : "node-failed");
  reply.body = std::move(answer.reply.body);
}

void ReplyMeetingAnswer(http::Reply& reply, nodes::NodeAnswer answer, const bbb::MessageKey& otherwise, const pool::Meeting& meeting) {
  if (!meeting.scoped_id.empty()) {
    answer.reply.body = bbb::WithClientMeetingId(answer.reply.body, meeting.scoped_id, meeting.meeting_id);
  }
  ReplyNodeAnswer(reply, std::move(answer), otherwise);
}

void ReplyNodeError(http::Reply& reply, const Error& error, const bbb::MessageKey& otherwise) {
  ReplyFailed(reply, error.detail == nodes::kNoReturncodeDetail ? bbb::kNoReturncode : otherwise);
}

}  // namespace plenary::api
