// Changes of nodes by an operator.
#include <algorithm>
#include <cmath>
#include <utility>

#include "state/live_state.hpp"

namespace plenary::state {
namespace {

bool Before(const std::unique_ptr<NodeSlot>& slot, std::string_view id) { return slot->view->node.id < id; }

Error NodeChanged() { return {ErrorCode::kConflict, "the server was changed meanwhile"}; }

Error NoSuchNode(std::string_view id) { return {ErrorCode::kNotFound, "there is no server with the ID " + std::string(id)}; }

/// What takes `node` back to where it is before `patch`.
pool::NodePatch Inverse(const pool::Node& node, const pool::NodePatch& patch) {
  pool::NodePatch inverse;
  if (patch.url) inverse.url = node.url;
  if (patch.secret) inverse.secret = node.secret;
  if (patch.tag) inverse.tag = node.tag;
  if (patch.load_multiplier) inverse.load_multiplier = node.load_multiplier;
  if (patch.state) inverse.state = node.state;
  if (patch.checksum_algorithm) inverse.checksum_algorithm = node.checksum_algorithm;
  return inverse;
}

void Apply(pool::Node& node, const pool::NodePatch& patch) {
  if (patch.url) node.url = *patch.url;
  if (patch.secret) node.secret = *patch.secret;
  if (patch.tag) node.tag = *patch.tag;
  if (patch.load_multiplier) node.load_multiplier = *patch.load_multiplier;
  if (patch.state) node.state = *patch.state;
  if (patch.checksum_algorithm) node.checksum_algorithm = *patch.checksum_algorithm;
}

}  // namespace

NodeSlot* LiveState::FindSlot(std::string_view id) const {
  const auto found = std::lower_bound(slots_.begin(), slots_.end(), id, Before);
  return found != slots_.end() && (*found)->view->node.id == id && !(*found)->removing ? found->get() : nullptr;
}

Result<NodePtr> LiveState::MakeView(pool::Node node, const NodeView* before) const {
  if (node.load_multiplier == 0 || !std::isfinite(node.load_multiplier)) {  // negative ones are Scalelite's to allow
    return plenary::Fail(ErrorCode::kInvalidArgument, "The load multiplier must not be 0.");
  }
  auto view = std::make_shared<NodeView>();
  if (before != nullptr && before->node.url == node.url) {
    view->endpoint = before->endpoint;
    view->call_prefix = before->call_prefix;
  } else {
    // Scalelite's admin API takes any text for a URL. Such a node never comes online.
    if (Result<Endpoint> endpoint = ParseEndpoint(node.url)) {
      view->endpoint = std::move(*endpoint);
      view->call_prefix = view->endpoint.CallPrefix();
    }
  }
  view->algorithm = node.checksum_algorithm.value_or(options_.node_checksum);
  view->node = std::move(node);
  return NodePtr(std::move(view));
}

NodeSlot& LiveState::InsertSlot(NodePtr view) {
  auto slot = std::make_unique<NodeSlot>();
  slot->view = std::move(view);
  const auto place = std::lower_bound(slots_.begin(), slots_.end(), std::string_view(slot->view->node.id), Before);
  return **slots_.insert(place, std::move(slot));
}

void LiveState::Publish(NodeSlot& slot, NodePtr view) {
  if (view->node.disabled()) slot.scalelite_load = std::numeric_limits<double>::quiet_NaN();
  slot.SetView(std::move(view));
  PublishTable();
}

std::vector<MeetingPtr> LiveState::EraseSlot(Turn& turn, NodeSlot& slot) {
  std::vector<MeetingPtr> forgotten;
  const std::int64_t now_ms = NowMs();
  const std::vector<Entry*> entries(slot.entries.begin(), slot.entries.end());
  for (Entry* entry : entries) {
    forgotten.push_back(entry->meeting);
    Drop(turn, *entry, Fate::kGoesOn, now_ms);  // forgotten, not ended
  }
  DropTokens([&slot](const pool::ApiToken& token) { return token.node_id == slot.view->node.id; });
  slots_.erase(std::find_if(slots_.begin(), slots_.end(), [&slot](const auto& other) { return other.get() == &slot; }));
  PublishTable();
  return forgotten;
}

void LiveState::AddNode(pool::Node node, Done<NodePtr> done) {
  Turn turn(*this);
  const auto refuse = [&turn, &done](Error error) {
    turn.Later([done, error = std::move(error)] { done(tl::unexpected<Error>(error)); });
  };
  if (!pool::IsValidNodeId(node.id)) return refuse({ErrorCode::kInvalidArgument, "a server ID has only letters, digits and _ . -"});
  const auto same = std::lower_bound(slots_.begin(), slots_.end(), std::string_view(node.id), Before);
  if (same != slots_.end() && (*same)->view->node.id == node.id) {
    return refuse({ErrorCode::kAlreadyExists, "there is already a server with the ID " + node.id});
  }
  node.revision = 1;
  Result<NodePtr> view = MakeView(std::move(node), nullptr);
  if (!view) return refuse(std::move(view.error()));
  InsertSlot(*view);
  PublishTable();
  turn.Require({PutNode{*view}}, [this, id = (*view)->node.id, done = std::move(done)](const Status& written) {
    Turn after(*this);
    NodeSlot* slot = FindSlot(id);
    if (written && slot != nullptr) return after.Later([done, view = slot->view] { done(view); });
    Error error = written ? NoSuchNode(id) : written.error();
    if (!written && slot != nullptr) {
      EraseSlot(after, *slot);
      after.Write(DropNode{id});
    }
    after.Later([done, error = std::move(error)] { done(tl::unexpected<Error>(error)); });
  });
}

void LiveState::UpdateNode(std::string id, pool::NodePatch patch, Done<NodePtr> done) {
  Turn turn(*this);
  NodeSlot* slot = FindSlot(id);
  if (slot == nullptr) return turn.Later([done, id] { done(tl::unexpected<Error>(NoSuchNode(id))); });
  if (patch.if_revision && *patch.if_revision != slot->view->node.revision) {
    return turn.Later([done] { done(tl::unexpected<Error>(NodeChanged())); });
  }
  pool::NodePatch inverse = Inverse(slot->view->node, patch);
  pool::Node next = slot->view->node;
  Apply(next, patch);
  ++next.revision;
  Result<NodePtr> view = MakeView(std::move(next), slot->view.get());
  if (!view) return turn.Later([done, error = std::move(view.error())] { done(tl::unexpected<Error>(error)); });
  Publish(*slot, *view);
  turn.Require({PutNode{*view}}, [this, id, view = *view, inverse = std::move(inverse), done = std::move(done)](const Status& written) {
    if (written) return done(view);
    Turn undo(*this);
    if (NodeSlot* same = FindSlot(id)) {
      pool::Node back = same->view->node;  // with what polls changed meanwhile
      Apply(back, inverse);
      ++back.revision;  // somebody may have seen the one that was given up
      if (Result<NodePtr> restored = MakeView(std::move(back), same->view.get())) {
        Publish(*same, *restored);
        undo.Write(PutNode{*restored});
      }
    }
    undo.Later([done, error = written.error()] { done(tl::unexpected<Error>(error)); });
  });
}

void LiveState::RemoveNode(std::string id, Done<std::vector<MeetingPtr>> done, std::optional<std::uint64_t> if_revision) {
  Turn turn(*this);
  NodeSlot* slot = FindSlot(id);
  if (slot == nullptr) return turn.Later([done, id] { done(tl::unexpected<Error>(NoSuchNode(id))); });
  if (if_revision && *if_revision != slot->view->node.revision) {
    return turn.Later([done] { done(tl::unexpected<Error>(NodeChanged())); });
  }
  // It leaves memory only when it has left the disk; until then nothing new is placed there and nothing more is written for it.
  slot->removing = true;
  turn.Require({DropNode{id}}, [this, slot, done = std::move(done)](const Status& written) {
    Turn after(*this);
    if (!written) {
      slot->removing = false;
      return after.Later([done, error = written.error()] { done(tl::unexpected<Error>(error)); });
    }
    after.Later([done, forgotten = EraseSlot(after, *slot)] { done(forgotten); });
  });
}

void LiveState::SetVersion(std::string id, std::string bbb_version) {
  Turn turn(*this);
  NodeSlot* slot = FindSlot(id);
  if (slot == nullptr || slot->view->node.bbb_version == bbb_version) return;
  auto view = std::make_shared<NodeView>(*slot->view);
  view->node.bbb_version = std::move(bbb_version);
  Publish(*slot, view);
  turn.Write(PutNode{std::move(view)});
}

}  // namespace plenary::state
