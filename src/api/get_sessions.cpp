// getSessions: the sessions of all nodes that answer (bbb-api 2.2).

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/calls.hpp"
#include "bbb/reply_writer.hpp"
#include "runtime/gather.hpp"

namespace plenary::api {

namespace {

constexpr std::chrono::milliseconds kGrace{500};

struct NodePart {
  state::NodePtr node;
  std::string body;
  bbb::SessionList list;
  bool answered = false;
};

Task<void> Ask(nodes::NodeCalls& calls, std::shared_ptr<NodePart> part) {
  Result<http::NodeReply> reply =
      co_await calls.CallRaw(part->node, "getSessions", std::string(), http::Effect::kReadOnly, calls.timeouts(), nullptr);
  if (!reply) co_return;
  part->body = std::move(reply->body);
  part->list = bbb::ParseSessions(part->body);
  part->answered = part->list.status.success;
}

}  // namespace

Task<void> GetSessions(const Services& services, CallInput&, http::Reply& reply) {
  const std::shared_ptr<const state::NodeTable> table = services.store.Nodes();
  std::vector<std::shared_ptr<NodePart>> asked;
  std::vector<Task<void>> tasks;
  for (const state::NodePtr& node : table->all()) {
    if (!node->node.online || node->node.disabled()) continue;
    auto part = std::make_shared<NodePart>();
    part->node = node;
    tasks.push_back(Ask(services.nodes, part));
    asked.push_back(std::move(part));
  }
  const std::chrono::milliseconds limit = services.nodes.timeouts().response + kGrace;
  co_await runtime::Gather(std::move(tasks), limit);

  std::string& out = reply.body;
  bbb::BeginSessions(out);
  bool any = false;
  for (const std::shared_ptr<NodePart>& part : asked) {
    if (!part->answered) continue;
    for (const std::string_view session : part->list.sessions) {
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
