// getSessions: the sessions of all nodes that answer (bbb-api 2.2).

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/calls.hpp"
#include "api/fan_out.hpp"
#include "bbb/reply_writer.hpp"

namespace plenary::api {

Task<void> GetSessions(const Services& services, CallInput&, http::Reply& reply) {
  const std::shared_ptr<const state::NodeTable> table = services.store.Nodes();
  std::vector<state::NodePtr> to_ask;
  for (const state::NodePtr& node : table->all()) {
    if (node->node.online && !node->node.disabled()) to_ask.push_back(node);
  }
  const std::vector<std::shared_ptr<NodePart>> parts = co_await AskAll(services, "getSessions", std::move(to_ask));

  std::string& out = reply.body;
  bbb::BeginSessions(out);
  bool any = false;
  for (const std::shared_ptr<NodePart>& part : parts) {
    const bbb::SessionList list = bbb::ParseSessions(part->body);
    if (!list.status.success) continue;
    for (const std::string_view session : list.sessions) {
      any = true;
      out += "    ";
      out += session;
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
