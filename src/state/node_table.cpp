#include <algorithm>
#include <utility>

#include "state/state_store.hpp"

namespace plenary::state {

NodeTable::NodeTable(std::vector<NodePtr> nodes) : nodes_(std::move(nodes)) {
  std::sort(nodes_.begin(), nodes_.end(), [](const NodePtr& a, const NodePtr& b) { return a->node.id < b->node.id; });
}

NodePtr NodeTable::Find(std::string_view id) const {
  const auto before = [](const NodePtr& node, std::string_view key) { return node->node.id < key; };
  const auto found = std::lower_bound(nodes_.begin(), nodes_.end(), id, before);
  return found != nodes_.end() && (*found)->node.id == id ? *found : nullptr;
}

}  // namespace plenary::state
