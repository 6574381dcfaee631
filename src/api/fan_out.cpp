#include "api/fan_out.hpp"

#include <utility>

#include "runtime/gather.hpp"

namespace plenary::api {

namespace {

constexpr std::chrono::milliseconds kGrace{500};

Task<void> Ask(nodes::NodeCalls& calls, std::string call, std::shared_ptr<NodePart> part) {
  Result<http::NodeReply> reply =
      co_await calls.CallRaw(part->node, std::move(call), std::string(), http::Effect::kReadOnly, calls.timeouts(), nullptr);
  if (!reply) co_return;
  part->body = std::move(reply->body);
  part->truncated = reply->truncated;
  part->arrived = true;
}

}  // namespace

Task<std::vector<std::shared_ptr<NodePart>>> AskAll(const Services& services, std::string call, std::vector<state::NodePtr> nodes) {
  std::vector<std::shared_ptr<NodePart>> parts;
  std::vector<Task<void>> tasks;
  for (state::NodePtr& node : nodes) {
    auto part = std::make_shared<NodePart>();
    part->node = std::move(node);
    tasks.push_back(Ask(services.nodes, call, part));
    parts.push_back(std::move(part));
  }
  const std::chrono::milliseconds limit = services.nodes.timeouts().response + kGrace;
  co_await runtime::Gather(std::move(tasks), limit);
  co_return parts;
}

}  // namespace plenary::api
