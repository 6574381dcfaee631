// getMeetings: all nodes at once, or from their last poll when that is fresh enough. A node that is silent contributes what it listed last and
// what was created since: front-ends close rooms that are missing (design 5; bbb-api 7.6).

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "api/calls.hpp"
#include "bbb/reply_writer.hpp"
#include "runtime/gather.hpp"

namespace plenary::api {

namespace {

constexpr std::size_t kNamedSilent = 20;
constexpr std::chrono::milliseconds kGrace{500};  // beyond RESPONSE_TIMEOUT, then the silent ones are left behind

/// Shared with the calls under way, which may outlive the request.
struct NodePart {
  state::NodePtr node;
  std::string body;      // raw reply
  bbb::MeetingList list; // views into body
  bool answered = false;
};

Task<void> Ask(nodes::NodeCalls& calls, std::shared_ptr<NodePart> part) {
  Result<http::NodeReply> reply =
      co_await calls.CallRaw(part->node, "getMeetings", std::string(), http::Effect::kReadOnly, calls.timeouts(), nullptr);
  if (!reply) co_return;
  part->body = std::move(reply->body);
  part->list = bbb::ParseMeetings(part->body);
  part->answered = part->list.status.success && !reply->truncated;
}

bool FromLastPoll(const Services& services, const pool::Node& node) {
  const std::int64_t max_age = services.options.get_meetings_max_age.count();
  return max_age > 0 && node.last_poll_ok_ms > 0 && ToMs(services.clock.Now()) - node.last_poll_ok_ms <= max_age;
}

/// Meetings of a node as we know them, for one that isn't asked or doesn't answer; without those of `listed`.
void AppendKnown(const Services& services, const std::string& node_id, const std::vector<bbb::NodeMeeting>& listed, std::string& out, bool& any) {
  std::unordered_set<std::string_view> ids;
  for (const bbb::NodeMeeting& meeting : listed) ids.insert(meeting.meeting_id);
  for (const state::KnownMeeting& known : services.store.KnownMeetings(node_id)) {
    if (known.meeting->phase != pool::MeetingPhase::kSettled || ids.contains(known.meeting->meeting_id)) continue;
    any = true;
    if (known.xml) {
      out += "    ";
      out += *known.xml;
      out += '\n';
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
bool Superseded(const Services& services, const bbb::NodeMeeting& meeting, const std::string& node_id) {
  if (services.options.offline_meetings == state::OfflineMeetings::kForget) return false;
  const state::MeetingPtr claim = services.store.FindMeeting({}, meeting.meeting_id);
  return claim && claim->node_id != node_id;
}

}  // namespace

Task<void> GetMeetings(const Services& services, CallInput&, http::Reply& reply) {
  const std::shared_ptr<const state::NodeTable> table = services.store.Nodes();
  std::vector<std::shared_ptr<NodePart>> asked;
  std::vector<state::NodePtr> known_only;
  std::vector<Task<void>> tasks;
  for (const state::NodePtr& node : table->all()) {
    const bool ask = node->node.online && !node->node.disabled();
    if (!ask || FromLastPoll(services, node->node)) {
      known_only.push_back(node);
      continue;
    }
    auto part = std::make_shared<NodePart>();
    part->node = node;
    tasks.push_back(Ask(services.nodes, part));
    asked.push_back(std::move(part));
  }
  const std::chrono::milliseconds limit = services.nodes.timeouts().response + kGrace;
  co_await runtime::Gather(std::move(tasks), limit);

  std::string& out = reply.body;
  bbb::BeginMeetings(out);
  bool any = false;
  std::string silent;  // some of them by name: headers are small
  std::size_t silent_count = 0;
  for (const std::shared_ptr<NodePart>& part : asked) {
    const std::string& id = part->node->node.id;
    if (!part->answered) {
      if (++silent_count <= kNamedSilent) {
        silent += silent.empty() ? "" : ",";
        silent += id;
      }
      AppendKnown(services, id, {}, out, any);
      continue;
    }
    for (const bbb::NodeMeeting& meeting : part->list.meetings) {
      if (Superseded(services, meeting, id)) continue;
      any = true;
      out += "    ";
      out += meeting.raw;
      out += '\n';
    }
    // A meeting that can't be read is not an ended one.
    if (part->list.broken > 0) AppendKnown(services, id, part->list.meetings, out, any);
  }
  for (const state::NodePtr& node : known_only) AppendKnown(services, node->node.id, {}, out, any);
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
