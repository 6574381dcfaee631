// getMeetings: all nodes at once, or from their last poll when that is fresh enough. A node that is silent contributes what it listed last and
// what was created since: front-ends close rooms that are missing (design 5; bbb-api 7.6).

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "api/calls.hpp"
#include "api/fan_out.hpp"
#include "bbb/reply_writer.hpp"
#include "bbb/scoped_reply.hpp"
#include "pool/scoped_id.hpp"

namespace plenary::api {

namespace {

constexpr std::size_t kNamedSilent = 20;

bool FromLastPoll(const Services& services, const pool::Node& node) {
  const std::int64_t max_age = services.options.get_meetings_max_age.count();
  return max_age > 0 && node.last_poll_ok_ms > 0 && ToMs(services.clock.Now()) - node.last_poll_ok_ms <= max_age;
}

/// The element as the caller shall see it, in a line of its own. `client_id`: "" when the node knows the meeting under the same.
void AppendElement(std::string& out, std::string_view element, std::string_view node_id, std::string_view client_id) {
  out += "    ";
  if (client_id.empty()) {
    out += element;
  } else {
    out += bbb::WithClientMeetingId(element, node_id, client_id);
  }
  out += '\n';
}

/// Also of a meeting that has just been forgotten and is still listed.
std::string_view ClientIdOf(const bbb::NodeMeeting& listed, const pool::Meeting* claim) {
  if (claim != nullptr) return claim->scoped_id.empty() ? std::string_view() : std::string_view(claim->meeting_id);
  const bool scoped = pool::IsScopedMeetingId(listed.meeting_id, listed.plenary_meeting_id, listed.tenant_id);
  return scoped ? std::string_view(listed.plenary_meeting_id) : std::string_view();
}

/// The claim of a listed meeting, whoever has it. Nearly all are the caller's own, and those cost no lock that claims need.
state::MeetingPtr ClaimOf(const Services& services, const CallInput& input, const bbb::NodeMeeting& listed) {
  state::MeetingPtr own = services.store.FindMeeting(input.tenant_id(), listed.meeting_id);
  if (own && own->node_meeting_id() == listed.meeting_id) return own;
  return services.store.FindOnNodes(listed.meeting_id);
}

/// Spec scalelite 1.11.4 step 3. With tenants, what we know of a meeting counts before what its metadata says.
bool Visible(const Services& services, const CallInput& input, const bbb::NodeMeeting& listed, const pool::Meeting* claim,
             const std::string& node_id) {
  if (!services.tenants.multitenancy()) return listed.tenant_id.empty();
  const bool claimed_here = claim != nullptr && claim->node_id == node_id;
  return (claimed_here ? claim->tenant_id : listed.tenant_id) == input.tenant_id();
}

/// The caller's meetings of a node as we know them, for one that isn't asked or doesn't answer; without those of `listed`.
void AppendKnown(const Services& services, const CallInput& input, const std::string& node_id, const std::vector<bbb::NodeMeeting>& listed,
                 std::string& out, bool& any) {
  std::unordered_set<std::string_view> ids;
  for (const bbb::NodeMeeting& meeting : listed) ids.insert(meeting.meeting_id);
  for (const state::KnownMeeting& known : services.store.KnownMeetings(node_id)) {
    if (known.meeting->tenant_id != input.tenant_id()) continue;
    if (known.meeting->phase != pool::MeetingPhase::kSettled || ids.contains(known.meeting->node_meeting_id())) continue;
    any = true;
    if (known.xml) {
      const pool::Meeting& meeting = *known.meeting;
      const std::string_view client_id = meeting.scoped_id.empty() ? std::string_view() : std::string_view(meeting.meeting_id);
      AppendElement(out, *known.xml, meeting.node_meeting_id(), client_id);
      continue;
    }
    bbb::KnownMeeting row;
    row.meeting_id = known.meeting->meeting_id;
    row.name = known.meeting->name;
    row.internal_id = known.meeting->internal_id;
    row.voice_bridge = known.meeting->voice_bridge;
    row.attendee_pw = known.meeting->attendee_pw;
    row.moderator_pw = known.meeting->moderator_pw;
    row.create_time_ms = known.meeting->create_time_ms;
    bbb::AppendKnownMeeting(out, row);
  }
}

/// A copy of a meeting whose claim is on another node is not shown: that one was superseded. Scalelite doesn't know of copies and shows all.
bool Superseded(const Services& services, const state::MeetingPtr& claim, const std::string& node_id) {
  return claim && claim->node_id != node_id && services.options.offline_meetings != state::OfflineMeetings::kForget;
}

}  // namespace

Task<void> GetMeetings(const Services& services, CallInput& input, http::Reply& reply) {
  const std::shared_ptr<const state::NodeTable> table = services.store.Nodes();
  std::vector<state::NodePtr> to_ask;
  std::vector<state::NodePtr> known_only;
  for (const state::NodePtr& node : table->all()) {
    const bool ask = node->node.online && !node->node.disabled() && !FromLastPoll(services, node->node);
    (ask ? to_ask : known_only).push_back(node);
  }
  const std::vector<std::shared_ptr<NodePart>> parts = co_await AskAll(services, "getMeetings", std::move(to_ask));

  std::string& out = reply.body;
  bbb::BeginMeetings(out);
  bool any = false;
  std::string silent;  // some of them by name: headers are small
  std::size_t silent_count = 0;
  for (const std::shared_ptr<NodePart>& part : parts) {
    const std::string& id = part->node->node.id;
    const bbb::MeetingList list = part->arrived && !part->truncated ? bbb::ParseMeetings(part->body) : bbb::MeetingList();
    if (!list.status.success) {
      if (++silent_count <= kNamedSilent) {
        silent += silent.empty() ? "" : ",";
        silent += id;
      }
      AppendKnown(services, input, id, {}, out, any);
      continue;
    }
    for (const bbb::NodeMeeting& meeting : list.meetings) {
      const state::MeetingPtr claim = ClaimOf(services, input, meeting);
      if (!Visible(services, input, meeting, claim.get(), id) || Superseded(services, claim, id)) continue;
      any = true;
      AppendElement(out, meeting.raw, meeting.meeting_id, ClientIdOf(meeting, claim.get()));
    }
    // A meeting that can't be read is not an ended one.
    if (list.broken > 0) AppendKnown(services, input, id, list.meetings, out, any);
  }
  for (const state::NodePtr& node : known_only) AppendKnown(services, input, node->node.id, {}, out, any);
  if (any) {
    bbb::EndMeetings(out);
  } else {
    out.clear();
    bbb::AppendNoMeetings(out);
  }
  if (!silent.empty()) {
    if (silent_count > kNamedSilent) silent += ",and-" + std::to_string(silent_count - kNamedSilent) + "-more";
    reply.AddHeader("X-Plenary-Silent-Servers", silent);
    services.log.Warn("getMeetings: some nodes didn't answer; their last known meetings were listed", {{"servers", silent}});
  }
  reply.SetContentType(bbb::kXmlContentType);
  reply.outcome = silent.empty() ? "ok" : "partly-known";
}

}  // namespace plenary::api
