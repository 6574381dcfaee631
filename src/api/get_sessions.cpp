// getSessions: the sessions of all nodes that answer (bbb-api 2.2).

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "api/calls.hpp"
#include "api/fan_out.hpp"
#include "bbb/reply_writer.hpp"

namespace plenary::api {

namespace {

/// Sessions name the internal ID of their meeting: those that the caller may see; nothing when it may see all.
std::optional<std::unordered_set<std::string>> InternalIds(const Services& services, const CallInput& input) {
  if (!services.tenants.multitenancy()) return std::nullopt;
  std::unordered_set<std::string> ids;
  for (const state::MeetingPtr& meeting : services.store.Meetings()) {
    if (meeting->tenant_id == input.tenant_id() && !meeting->internal_id.empty()) ids.insert(meeting->internal_id);
  }
  return ids;
}

}  // namespace

Task<void> GetSessions(const Services& services, CallInput& input, http::Reply& reply) {
  const std::shared_ptr<const state::NodeTable> table = services.store.Nodes();
  std::vector<state::NodePtr> to_ask;
  for (const state::NodePtr& node : table->all()) {
    if (node->node.online && !node->node.disabled()) to_ask.push_back(node);
  }
  const std::vector<std::shared_ptr<NodePart>> parts = co_await AskAll(services, "getSessions", std::move(to_ask));

  const std::optional<std::unordered_set<std::string>> visible = InternalIds(services, input);
  std::string& out = reply.body;
  bbb::BeginSessions(out);
  bool any = false;
  for (const std::shared_ptr<NodePart>& part : parts) {
    const bbb::SessionList list = bbb::ParseSessions(part->body);
    if (!list.status.success) continue;
    for (const bbb::Session& session : list.sessions) {
      if (visible && !visible->contains(session.internal_meeting_id)) continue;
      any = true;
      out += "    ";
      out += session.raw;
      out += '\n';
    }
  }
  if (any) {
    bbb::EndSessions(out);
  } else {
    out.clear();
    bbb::AppendNoSessions(out);
  }
  reply.SetContentType(bbb::kXmlContentType);
  reply.outcome = "ok";
}

}  // namespace plenary::api
