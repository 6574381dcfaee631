#include "api/calls.hpp"
#include "base/encoding.hpp"

namespace plenary::api {

void Join(const Services& services, const CallInput& input, http::Reply& reply) {
  const std::string_view meeting_id = input.params.Get("meetingID");
  // People are distinct by userID, else by link (design: load).
  const std::string_view user_id = input.params.Get("userID");
  const bool anonymous = user_id.empty();
  const std::uint64_t person = Fnv1a(anonymous ? input.request.query : user_id);
  const state::JoinTarget target = services.store.Join({}, meeting_id, person, anonymous);
  if (target.outcome == state::JoinOutcome::kNotFound) {
    return JoinFailed(input.request, &input.params, true, bbb::kMeetingNotFound, reply);
  }
  reply.upstream = target.node->node.id;
  if (target.outcome == state::JoinOutcome::kUnavailable) {
    return JoinFailed(input.request, &input.params, true, bbb::kServerUnavailable, reply);
  }
  thread_local std::string location;
  location.assign(target.node->call_prefix);
  location += "join?";
  const std::size_t query_begin = location.size();
  bbb::AppendQuery(location, input.params);
  bbb::AppendChecksum(location, "join", query_begin, target.node->node.secret, target.node->algorithm);
  reply.status = 302;
  reply.SetContentType(kHtmlContentType);
  reply.outcome = "ok";
  reply.AddHeader("Location", location);
  reply.AddHeader("Cache-Control", "no-cache");
}

}  // namespace plenary::api
