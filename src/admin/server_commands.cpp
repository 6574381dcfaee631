#include "admin/server_commands.hpp"

#include <memory>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>

#include "admin/arguments.hpp"
#include "admin/rows.hpp"
#include "base/url.hpp"
#include "runtime/gather.hpp"
#include "state/awaited.hpp"

namespace plenary::admin {

namespace {

constexpr std::chrono::hours kForever{24};  // every call has its own timeouts

Result<std::optional<std::optional<DigestAlgorithm>>> AlgorithmArgument(const boost::json::object& arguments) {
  const auto text = TextArgument(arguments, "checksum_algorithm");
  if (!text) return tl::unexpected(text.error());
  if (!*text) return std::nullopt;
  if ((*text)->empty()) return std::optional<std::optional<DigestAlgorithm>>(std::in_place);
  const auto algorithm = ParseDigestName(**text);
  if (!algorithm) return Fail(ErrorCode::kInvalidArgument, "The checksum algorithm must be SHA1, SHA256, SHA384 or SHA512, not " + **text + ".");
  return std::optional<std::optional<DigestAlgorithm>>(std::in_place, *algorithm);
}

/// What an operator says about a server: each argument checked, absent ones left out.
Result<pool::NodePatch> PatchOf(const boost::json::object& arguments) {
  const auto url = TextArgument(arguments, "url");
  if (!url) return tl::unexpected(url.error());
  const auto secret = TextArgument(arguments, "secret");
  if (!secret) return tl::unexpected(secret.error());
  const auto tag = TextArgument(arguments, "tag");
  if (!tag) return tl::unexpected(tag.error());
  const auto multiplier = NumberArgument(arguments, "load_multiplier");
  if (!multiplier) return tl::unexpected(multiplier.error());
  const auto algorithm = AlgorithmArgument(arguments);
  if (!algorithm) return tl::unexpected(algorithm.error());
  const auto revision = RevisionArgument(arguments);
  if (!revision) return tl::unexpected(revision.error());
  if (*multiplier && **multiplier == 0) return Fail(ErrorCode::kInvalidArgument, "The load multiplier must not be 0.");
  if (*secret && (*secret)->empty()) return Fail(ErrorCode::kInvalidArgument, "A server's secret must not be empty.");
  const auto any_url = FlagArgument(arguments, "any_url");
  if (!any_url) return tl::unexpected(any_url.error());
  if (*url && !*any_url) {
    if (const auto endpoint = ParseEndpoint(**url); !endpoint) return tl::unexpected(endpoint.error());
  }
  pool::NodePatch patch;
  patch.url = *url;
  patch.secret = *secret;
  patch.tag = *tag;
  patch.load_multiplier = *multiplier;
  patch.checksum_algorithm = *algorithm;
  patch.if_revision = *revision;
  return patch;
}

Answer ServerAnswer(const CommandContext& context, const std::string& id) {
  const state::NodePtr node = context.store.Nodes()->Find(id);
  if (!node) return NoServer(id);
  boost::json::object result;
  result["server"] = ServerRow(context.store, *node);
  return result;
}

/// Ends a meeting on its node, unless that is `unreachable` (learned here) or it is to be left alone, and forgets it: people must be able to
/// meet elsewhere. What the node did not hear is owed to it. Adopted meetings were not made by us, but an operator may end them.
Task<std::string> Clear(const CommandContext& context, state::MeetingPtr meeting, state::NodePtr node, bool skip_end, bool& unreachable) {
  if (skip_end || unreachable) {
    const auto owed = skip_end ? std::optional<pool::EndReason>() : pool::EndReason::kRequested;
    const state::Fate fate = skip_end ? state::Fate::kGoesOn : state::Fate::kOver;
    const Status forgotten = co_await state::AwaitForget(context.store, meeting, owed, fate);
    co_return forgotten ? (skip_end ? "" : "the server can't be reached; it will be asked when it is back") : forgotten.error().detail;
  }
  const Result<nodes::NodeAnswer> answer =
      co_await context.nodes.End(node, meeting->node_meeting_id(), meeting->moderator_pw, context.nodes.timeouts());
  unreachable = !answer && answer.error().detail != nodes::kNoReturncodeDetail;
  const auto owed = answer ? std::optional<pool::EndReason>() : pool::EndReason::kRequested;
  const bool refused = answer && !answer->parsed.status.success && answer->parsed.status.message_key != "notFound";
  const state::Fate fate = refused ? state::Fate::kGoesOn : state::Fate::kOver;
  const Status forgotten = co_await state::AwaitForget(context.store, meeting, owed, fate);
  if (!forgotten) co_return forgotten.error().detail;
  if (!answer) co_return answer.error().detail;
  if (!answer->parsed.status.success) co_return answer->parsed.status.message_key + ": " + answer->parsed.status.message;
  co_return std::string();
}

struct LiveList {
  state::NodePtr node;
  std::string error;
  boost::json::array meetings;
};

Task<void> AskMeetings(const CommandContext& context, std::shared_ptr<LiveList> list) {
  Result<http::NodeReply> reply =
      co_await context.nodes.CallRaw(list->node, "getMeetings", std::string(), http::Effect::kReadOnly, context.nodes.timeouts(), nullptr);
  if (!reply) {
    list->error = reply.error().detail.empty() ? "no answer" : reply.error().detail;
    co_return;
  }
  const bbb::MeetingList parsed = bbb::ParseMeetings(reply->body);
  if (!parsed.status.has_returncode) {
    list->error = std::string("internalError: ") + nodes::kNoReturncodeDetail;
  } else if (!parsed.status.success) {
    list->error = parsed.status.message_key + ": " + parsed.status.message;
  }
  for (const bbb::NodeMeeting& meeting : parsed.meetings) {
    boost::json::object row;
    row["meeting_id"] = meeting.meeting_id;
    row["name"] = meeting.name;
    row["participants"] = meeting.participants;
    list->meetings.push_back(std::move(row));
  }
}

}  // namespace

tl::unexpected<Error> NoServer(std::string_view id) {
  return Fail(ErrorCode::kNotFound, "There is no server with the ID " + std::string(id) + ".");
}

Task<Answer> ServersList(const CommandContext& context, const boost::json::object&) {
  boost::json::array rows;
  const auto table = context.store.Nodes();
  for (const state::NodePtr& node : table->all()) rows.push_back(ServerRow(context.store, *node));
  boost::json::object result;
  result["servers"] = std::move(rows);
  co_return result;
}

Task<Answer> ServersShow(const CommandContext& context, const boost::json::object& arguments) {
  const auto id = RequiredText(arguments, "id");
  if (!id) co_return tl::unexpected(id.error());
  co_return ServerAnswer(context, *id);
}

Task<Answer> ServersAdd(const CommandContext& context, const boost::json::object& arguments) {
  const auto url = RequiredText(arguments, "url");
  if (!url) co_return tl::unexpected(url.error());
  const auto secret = RequiredText(arguments, "secret");
  if (!secret) co_return tl::unexpected(secret.error());
  const auto patch = PatchOf(arguments);
  if (!patch) co_return tl::unexpected(patch.error());
  const auto id = TextArgument(arguments, "id");
  if (!id) co_return tl::unexpected(id.error());
  const auto enable = FlagArgument(arguments, "enable");
  if (!enable) co_return tl::unexpected(enable.error());

  pool::Node node;
  node.url = *url;
  node.secret = *secret;
  node.tag = patch->tag.value_or("");
  node.load_multiplier = patch->load_multiplier.value_or(1.0);
  node.checksum_algorithm = patch->checksum_algorithm.value_or(std::nullopt);
  if (*enable) node.state = pool::AdminState::kEnabled;
  const Result<Endpoint> endpoint = ParseEndpoint(*url);
  if (*id && !(*id)->empty()) {
    node.id = **id;
  } else if (context.options.server_id_is_hostname && endpoint) {
    node.id = endpoint->host;
  } else {
    node.id = context.random.Uuid();
  }
  if (!pool::IsValidNodeId(node.id)) {
    co_return Fail(ErrorCode::kInvalidArgument, "A server's ID may only have letters, digits, '.', '_' and '-': " + node.id);
  }
  const std::string new_id = node.id;
  const Result<state::NodePtr> added = co_await state::AwaitAddNode(context.store, std::move(node));
  if (!added) co_return tl::unexpected(added.error());
  context.log.Info("server added", {{"server", new_id}});
  co_await context.poll.Changed(new_id);
  co_return ServerAnswer(context, new_id);
}

Task<Answer> ServersUpdate(const CommandContext& context, const boost::json::object& arguments) {
  const auto id = RequiredText(arguments, "id");
  if (!id) co_return tl::unexpected(id.error());
  const auto patch = PatchOf(arguments);
  if (!patch) co_return tl::unexpected(patch.error());
  const Result<state::NodePtr> updated = co_await state::AwaitUpdateNode(context.store, *id, *patch);
  if (!updated) co_return updated.error().code == ErrorCode::kNotFound ? NoServer(*id) : tl::unexpected(updated.error());
  context.log.Info("server changed", {{"server", *id}});
  if (patch->url || patch->secret || patch->checksum_algorithm) co_await context.poll.Changed(*id);
  co_return ServerAnswer(context, *id);
}

Task<Answer> ServersSetState(const CommandContext& context, const boost::json::object& arguments) {
  const auto id = RequiredText(arguments, "id");
  if (!id) co_return tl::unexpected(id.error());
  const auto name = RequiredText(arguments, "state");
  if (!name) co_return tl::unexpected(name.error());
  const auto state = pool::ParseAdminState(*name);
  if (!state) co_return Fail(ErrorCode::kInvalidArgument, "The state must be enabled, cordoned or disabled, not " + *name + ".");
  const auto revision = RevisionArgument(arguments);
  if (!revision) co_return tl::unexpected(revision.error());
  pool::NodePatch patch;
  patch.state = *state;
  patch.if_revision = *revision;
  const Result<state::NodePtr> updated = co_await state::AwaitUpdateNode(context.store, *id, std::move(patch));
  if (!updated) co_return updated.error().code == ErrorCode::kNotFound ? NoServer(*id) : tl::unexpected(updated.error());
  context.log.Info("server state set", {{"server", *id}, {"state", *name}});
  if (*state == pool::AdminState::kEnabled) co_await context.poll.Changed(*id);
  co_return ServerAnswer(context, *id);
}

Task<Answer> ServersRemove(const CommandContext& context, const boost::json::object& arguments) {
  const auto id = RequiredText(arguments, "id");
  if (!id) co_return tl::unexpected(id.error());
  const auto force = FlagArgument(arguments, "force");
  if (!force) co_return tl::unexpected(force.error());
  const auto revision = RevisionArgument(arguments);
  if (!revision) co_return tl::unexpected(revision.error());
  if (!context.store.Nodes()->Find(*id)) co_return NoServer(*id);
  const std::size_t meetings = context.store.LoadOf(*id).meetings;
  if (meetings > 0 && !*force) {
    co_return Fail(ErrorCode::kConflict, "The server " + *id + " has " + std::to_string(meetings) +
                                             " meetings. Cordon it and wait until it is empty, panic it, or remove it with --force.");
  }
  const Result<std::vector<state::MeetingPtr>> removed = co_await state::AwaitRemoveNode(context.store, *id, *revision);
  if (!removed) co_return removed.error().code == ErrorCode::kNotFound ? NoServer(*id) : tl::unexpected(removed.error());
  context.log.Info("server removed", {{"server", *id}});
  co_await context.poll.Changed(*id);
  boost::json::array forgotten;
  for (const state::MeetingPtr& meeting : *removed) forgotten.emplace_back(meeting->meeting_id);
  boost::json::object result;
  result["forgotten"] = std::move(forgotten);
  co_return result;
}

Task<Answer> ServersPanic(const CommandContext& context, const boost::json::object& arguments) {
  const auto id = RequiredText(arguments, "id");
  if (!id) co_return tl::unexpected(id.error());
  const auto keep_state = FlagArgument(arguments, "keep_state");
  if (!keep_state) co_return tl::unexpected(keep_state.error());
  const auto skip_end = FlagArgument(arguments, "skip_end_calls");
  if (!skip_end) co_return tl::unexpected(skip_end.error());
  const auto revision = RevisionArgument(arguments);
  if (!revision) co_return tl::unexpected(revision.error());
  const state::NodePtr node = context.store.Nodes()->Find(*id);
  if (!node) co_return NoServer(*id);
  // Closed first, so that nothing new arrives while it is cleared.
  if (!*keep_state) {
    pool::NodePatch patch;
    patch.state = pool::AdminState::kDisabled;
    patch.if_revision = *revision;
    const Result<state::NodePtr> updated = co_await state::AwaitUpdateNode(context.store, *id, std::move(patch));
    if (!updated) co_return tl::unexpected(updated.error());
  }
  boost::json::array cleared;
  bool unreachable = false;
  const std::vector<state::MeetingPtr> meetings = context.store.Meetings(*id);
  for (const state::MeetingPtr& meeting : meetings) {
    const std::string error = co_await Clear(context, meeting, node, *skip_end, unreachable);
    boost::json::object row;
    row["meeting_id"] = meeting->meeting_id;
    row["error"] = error.empty() ? boost::json::value(nullptr) : boost::json::value(error);
    cleared.push_back(std::move(row));
  }
  context.log.Warn("server panicked", {{"server", *id}, {"meetings", static_cast<long long>(meetings.size())}});
  Answer answer = ServerAnswer(context, *id);
  if (answer) (*answer)["cleared"] = std::move(cleared);
  co_return answer;
}

Task<Answer> ServersMeetings(const CommandContext& context, const boost::json::object& arguments) {
  const auto ids = TextListArgument(arguments, "ids");
  if (!ids) co_return tl::unexpected(ids.error());
  const auto table = context.store.Nodes();
  std::vector<std::shared_ptr<LiveList>> lists;
  const auto add = [&lists](const state::NodePtr& node) {
    lists.push_back(std::make_shared<LiveList>());
    lists.back()->node = node;
  };
  for (const std::string& id : *ids) {
    const state::NodePtr node = table->Find(id);
    if (!node) co_return NoServer(id);
    add(node);
  }
  if (ids->empty()) {
    for (const state::NodePtr& node : table->all()) add(node);
  }
  std::vector<Task<void>> tasks;
  for (const auto& list : lists) tasks.push_back(AskMeetings(context, list));
  co_await runtime::Gather(std::move(tasks), kForever);
  boost::json::array rows;
  for (const auto& list : lists) {
    boost::json::object row;
    row["id"] = list->node->node.id;
    row["url"] = list->node->node.url;
    row["error"] = list->error.empty() ? boost::json::value(nullptr) : boost::json::value(list->error);
    row["meetings"] = std::move(list->meetings);
    rows.push_back(std::move(row));
  }
  boost::json::object result;
  result["servers"] = std::move(rows);
  co_return result;
}

}  // namespace plenary::admin
