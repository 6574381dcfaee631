#include "api/calls.hpp"
#include "base/encoding.hpp"

namespace plenary::api {

namespace {

constexpr std::string_view kStyleUrl = "userdata-bbb_custom_style_url";

/// The client's parameters as the node gets them: as they are, unless somebody has a say in them.
const bbb::Params& NodeParams(const Services& services, const CallInput& input, const pool::Meeting& meeting, bbb::Params& changed) {
  const pool::Tenant* tenant = input.tenant();
  if (!meeting.scoped_id.empty()) input.params.Set("meetingID", meeting.scoped_id);
  const bool untouched = services.options.join_policy.empty() && (tenant == nullptr || (tenant->settings.empty() && tenant->style_url.empty()));
  if (untouched) return input.params;
  changed.Clear();
  ApplyPolicy(services.options.join_policy, tenant, input.params, changed);
  if (tenant != nullptr && !tenant->style_url.empty() && !changed.Has(kStyleUrl)) changed.Set(kStyleUrl, tenant->style_url);
  return changed;
}

}  // namespace

void Join(const Services& services, const CallInput& input, http::Reply& reply) {
  RemoveDenied(input.tenant(), input.params);
  const std::string_view meeting_id = input.params.Get("meetingID");
  // People are distinct by userID, else by link (design: load).
  const std::string_view user_id = input.params.Get("userID");
  const bool anonymous = user_id.empty();
  const std::uint64_t person = Fnv1a(anonymous ? input.request.query : user_id);
  const state::JoinTarget target = services.store.Join(input.tenant_id(), meeting_id, person, anonymous);
  if (target.outcome == state::JoinOutcome::kNotFound) {
    return JoinFailed(input.request, &input.params, true, bbb::kMeetingNotFound, reply);
  }
  reply.upstream = target.node->node.id;
  if (target.outcome == state::JoinOutcome::kUnavailable) {
    return JoinFailed(input.request, &input.params, true, bbb::kServerUnavailable, reply);
  }
  if (target.outcome == state::JoinOutcome::kFull) {
    return JoinFailed(input.request, &input.params, true, bbb::kTooManyParticipants, reply);
  }
  thread_local bbb::Params changed;
  const bbb::Params& params = NodeParams(services, input, *target.meeting, changed);
  thread_local std::string location;
  location.assign(target.node->call_prefix);
  location += "join?";
  const std::size_t query_begin = location.size();
  bbb::AppendQuery(location, params);
  bbb::AppendChecksum(location, "join", query_begin, target.node->node.secret, target.node->algorithm);
  reply.status = 302;
  reply.SetContentType(kHtmlContentType);
  reply.outcome = "ok";
  reply.AddHeader("Location", location);
  reply.AddHeader("Cache-Control", "no-cache");
}

}  // namespace plenary::api
