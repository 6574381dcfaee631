#include "nodes/node_calls.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"
#include "bbb/checksum.hpp"

namespace plenary::nodes {

namespace {

std::string MeetingQuery(const std::string& meeting_id) {
  std::string query = "meetingID=";
  AppendFormEncoded(query, meeting_id);
  return query;
}

}  // namespace

CallTimeouts CallTimeouts::Shortened() const {
  using std::chrono::milliseconds;
  const milliseconds tenth = response / 10;
  return {std::min(std::max(tenth, milliseconds(200)), response), std::min(std::max(tenth, milliseconds(500)), response)};
}

Task<Result<http::NodeReply>> NodeCalls::CallRaw(state::NodePtr node, std::string call, std::string query, http::Effect effect,
                                                 CallTimeouts timeouts, const http::SpooledBody* body) {
  if (node->endpoint.host.empty()) co_return Fail(ErrorCode::kUnreachable, "the server's URL does not begin with http:// or https://");
  http::NodeCall request;
  request.endpoint = node->endpoint;
  request.target = node->endpoint.base_path + call;
  std::size_t query_begin = request.target.size();
  if (!query.empty()) {
    request.target += '?';
    query_begin = request.target.size();
    request.target += query;
  }
  bbb::AppendChecksum(request.target, call, query_begin, node->node.secret, node->algorithm);
  request.effect = effect;
  request.body = body;
  if (body != nullptr) request.content_type = "application/xml";
  request.connect_timeout = timeouts.connect;
  request.response_timeout = timeouts.response;
  Result<http::NodeReply> reply = co_await client_.Call(std::move(request));
  co_return reply;
}

Task<Result<NodeAnswer>> NodeCalls::Call(state::NodePtr node, std::string call, std::string query, http::Effect effect, CallTimeouts timeouts,
                                         const http::SpooledBody* body) {
  Result<http::NodeReply> reply = co_await CallRaw(std::move(node), std::move(call), std::move(query), effect, timeouts, body);
  if (!reply) co_return tl::unexpected(std::move(reply.error()));
  NodeAnswer answer;
  answer.reply = std::move(*reply);
  answer.parsed = bbb::ParseReply(answer.reply.body);
  if (!answer.parsed.status.has_returncode) co_return Fail(ErrorCode::kNoReply, kNoReturncodeDetail);
  if (!answer.parsed.well_formed || answer.reply.truncated) {
    answer.reply.body = bbb::RepairXml(answer.reply.body);
    answer.repaired = true;
  }
  co_return answer;
}

Task<Result<NodeAnswer>> NodeCalls::GetMeetingInfo(state::NodePtr node, std::string meeting_id, CallTimeouts timeouts) {
  std::string query = MeetingQuery(meeting_id);
  Result<NodeAnswer> answer = co_await Call(std::move(node), "getMeetingInfo", std::move(query), http::Effect::kReadOnly, timeouts, nullptr);
  co_return answer;
}

Task<Result<NodeAnswer>> NodeCalls::End(state::NodePtr node, std::string meeting_id, std::string password, CallTimeouts timeouts) {
  std::string query = MeetingQuery(meeting_id);
  query += "&password=";
  AppendFormEncoded(query, password);
  Result<NodeAnswer> answer = co_await Call(std::move(node), "end", std::move(query), http::Effect::kChanges, timeouts, nullptr);
  co_return answer;
}

}  // namespace plenary::nodes
