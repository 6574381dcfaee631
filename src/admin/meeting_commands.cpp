#include "admin/meeting_commands.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>

#include "admin/arguments.hpp"
#include "admin/rows.hpp"
#include "admin/tenant_commands.hpp"
#include "base/encoding.hpp"
#include "bbb/elements.hpp"
#include "bbb/scoped_reply.hpp"
#include "runtime/blocking.hpp"
#include "runtime/gather.hpp"
#include "state/awaited.hpp"

namespace plenary::admin {

namespace {

constexpr std::chrono::hours kForever{24};

/// The meeting that the operator means: in the tenant that is named; else the one without a tenant, else the one that a node knows under this ID.
Result<state::MeetingPtr> FindMeeting(const CommandContext& context, const std::optional<std::string>& tenant_id, const std::string& id) {
  state::MeetingPtr meeting = context.store.FindMeeting(tenant_id.value_or(""), id);
  if (!meeting && !tenant_id) meeting = context.store.FindOnNodes(id);
  if (!meeting) return Fail(ErrorCode::kNotFound, "There is no meeting with the ID " + id + ".");
  return meeting;
}

/// The meetings of `ids`, or all, sorted by ID; of one tenant when it is named.
Result<std::vector<state::MeetingPtr>> Select(const CommandContext& context, const boost::json::object& arguments) {
  const auto ids = TextListArgument(arguments, "ids");
  if (!ids) return tl::unexpected(ids.error());
  const auto tenant_id = TenantFilter(context, arguments);
  if (!tenant_id) return tl::unexpected(tenant_id.error());
  std::vector<state::MeetingPtr> meetings;
  for (const std::string& id : *ids) {
    auto meeting = FindMeeting(context, *tenant_id, id);
    if (!meeting) return tl::unexpected(meeting.error());
    meetings.push_back(std::move(*meeting));
  }
  if (ids->empty()) {
    meetings = context.store.Meetings();
    std::erase_if(meetings, [&](const auto& meeting) { return *tenant_id && meeting->tenant_id != **tenant_id; });
  }
  std::sort(meetings.begin(), meetings.end(), [](const auto& a, const auto& b) {
    return std::tie(a->meeting_id, a->tenant_id) < std::tie(b->meeting_id, b->tenant_id);
  });
  return meetings;
}

boost::json::value TextOrNull(const std::string& text) { return text.empty() ? boost::json::value(nullptr) : boost::json::value(text); }

struct Asked {
  state::MeetingPtr meeting;
  state::NodePtr node;
  std::string error;
  nodes::NodeAnswer answer;
};

std::string Describe(const Result<nodes::NodeAnswer>& answer) {
  if (!answer) return answer.error().detail.empty() ? "no answer" : answer.error().detail;
  if (!answer->parsed.status.success) return answer->parsed.status.message_key + ": " + answer->parsed.status.message;
  return {};
}

/// One node's meetings, one after the other; a node that is silent once is not asked again.
Task<void> AskNode(const CommandContext& context, std::vector<std::shared_ptr<Asked>> of_node) {
  std::string silent;
  for (const std::shared_ptr<Asked>& asked : of_node) {
    if (!asked->node) silent = "its server was removed";
    if (!silent.empty()) {
      asked->error = silent;
      continue;
    }
    Result<nodes::NodeAnswer> answer =
        co_await context.nodes.GetMeetingInfo(asked->node, asked->meeting->node_meeting_id(), context.nodes.timeouts());
    asked->error = Describe(answer);
    if (answer) asked->answer = std::move(*answer);
    else if (answer.error().detail != nodes::kNoReturncodeDetail) silent = asked->error;
  }
}

/// Asks all nodes at once.
Task<std::vector<std::shared_ptr<Asked>>> AskAll(const CommandContext& context, std::vector<state::MeetingPtr> meetings) {
  const auto table = context.store.Nodes();
  std::vector<std::shared_ptr<Asked>> all;
  std::map<std::string, std::vector<std::shared_ptr<Asked>>> by_node;
  for (state::MeetingPtr& meeting : meetings) {
    auto asked = std::make_shared<Asked>();
    asked->node = table->Find(meeting->node_id);
    asked->meeting = std::move(meeting);
    by_node[asked->meeting->node_id].push_back(asked);
    all.push_back(std::move(asked));
  }
  std::vector<Task<void>> tasks;
  for (auto& [id, of_node] : by_node) tasks.push_back(AskNode(context, std::move(of_node)));
  co_await runtime::Gather(std::move(tasks), kForever);
  co_return all;
}

boost::json::value DecisionRow(const std::optional<pool::Decision>& decision, const pool::Meeting& meeting) {
  if (!decision || decision->node_id != meeting.node_id) return nullptr;  // moved by hand, adopted, or too long ago
  boost::json::array best;
  for (const auto& [id, load] : decision->best) best.push_back(boost::json::object{{"id", id}, {"load", load}});
  boost::json::object excluded;
  constexpr const char* kNames[] = {"disabled", "cordoned", "offline", "never_polled", "tried", "tagged"};
  static_assert(std::size(kNames) == pool::kExclusions);
  for (std::size_t i = 0; i < pool::kExclusions; ++i) excluded[kNames[i]] = decision->excluded[i];
  return boost::json::object{
      {"at_ms", decision->at_ms}, {"candidates", decision->candidates}, {"best", std::move(best)}, {"excluded", std::move(excluded)}};
}

}  // namespace

Task<Answer> MeetingsList(const CommandContext& context, const boost::json::object& arguments) {
  const auto meetings = Select(context, arguments);
  if (!meetings) co_return tl::unexpected(meetings.error());
  boost::json::array rows;
  for (const state::MeetingPtr& meeting : *meetings) rows.push_back(MeetingRow(context.store, *meeting));
  boost::json::object result;
  result["meetings"] = std::move(rows);
  co_return result;
}

Task<Answer> MeetingsAsk(const CommandContext& context, const boost::json::object& arguments) {
  auto meetings = Select(context, arguments);
  if (!meetings) co_return tl::unexpected(meetings.error());
  const std::vector<std::shared_ptr<Asked>> all = co_await AskAll(context, std::move(*meetings));
  boost::json::array rows;
  for (const auto& asked : all) {
    boost::json::object row;
    row["meeting_id"] = asked->meeting->meeting_id;
    row["server_id"] = asked->meeting->node_id;
    row["server_url"] = asked->node ? asked->node->node.url : std::string();
    row["reported_id"] = asked->answer.parsed.meeting_id;
    row["error"] = TextOrNull(asked->error);
    rows.push_back(std::move(row));
  }
  boost::json::object result;
  result["meetings"] = std::move(rows);
  co_return result;
}

Task<Answer> MeetingsInfo(const CommandContext& context, const boost::json::object& arguments) {
  const auto id = RequiredText(arguments, "id");
  if (!id) co_return tl::unexpected(id.error());
  const auto tenant_id = TenantFilter(context, arguments);
  if (!tenant_id) co_return tl::unexpected(tenant_id.error());
  const auto found = FindMeeting(context, *tenant_id, *id);
  if (!found) co_return tl::unexpected(found.error());
  const state::MeetingPtr& meeting = *found;
  std::vector<state::MeetingPtr> one{meeting};
  const std::vector<std::shared_ptr<Asked>> all = co_await AskAll(context, std::move(one));
  const Asked& asked = *all.front();
  boost::json::object info;
  boost::json::object metadata;
  const std::string document = bbb::WithClientMeetingId(asked.answer.reply.body, meeting->node_meeting_id(), meeting->meeting_id);
  for (const bbb::Element& element : bbb::ReadElements(document)) {
    if (TrimBlanks(element.text).empty() && !element.in_metadata) continue;  // containers without children
    if (element.in_metadata) metadata[element.name] = element.text;
    else info[element.name] = element.text;
  }
  boost::json::object result;
  result["meeting"] = MeetingRow(context.store, *meeting);
  result["error"] = TextOrNull(asked.error);
  result["info"] = std::move(info);
  result["metadata"] = std::move(metadata);
  using Decision = std::optional<pool::Decision>;
  auto read = [&context, &meeting] { return context.decisions.Last(meeting->tenant_id, meeting->meeting_id); };
  const Decision decision = co_await runtime::Blocking<Decision>(context.runtime, std::move(read));
  result["decision"] = DecisionRow(decision, *meeting);
  co_return result;
}

Task<Answer> MeetingsEnd(const CommandContext& context, const boost::json::object& arguments) {
  const auto meetings = Select(context, arguments);
  if (!meetings) co_return tl::unexpected(meetings.error());
  const auto table = context.store.Nodes();
  boost::json::array rows;
  for (const state::MeetingPtr& meeting : *meetings) {
    const state::NodePtr node = table->Find(meeting->node_id);
    std::string error;
    if (node) {
      const Result<nodes::NodeAnswer> answer =
          co_await context.nodes.End(node, meeting->node_meeting_id(), meeting->moderator_pw, context.nodes.timeouts());
      error = Describe(answer);
      // Nobody heard the end: it is owed to the node for when it is back. A refusal means that the meeting goes on.
      const bool over = answer && (answer->parsed.status.success || answer->parsed.status.message_key == "notFound");
      if (over || !answer) {
        const auto owed = answer ? std::optional<pool::EndReason>() : pool::EndReason::kRequested;
        const Status forgotten = co_await state::AwaitForget(context.store, meeting, owed);
        if (!forgotten) error = forgotten.error().detail;
      }
    }
    boost::json::object row;
    row["meeting_id"] = meeting->meeting_id;
    row["error"] = TextOrNull(error);
    rows.push_back(std::move(row));
  }
  boost::json::object result;
  result["ended"] = std::move(rows);
  co_return result;
}

Task<Answer> MeetingsForget(const CommandContext& context, const boost::json::object& arguments) {
  const auto ids = TextListArgument(arguments, "ids");
  if (!ids) co_return tl::unexpected(ids.error());
  if (ids->empty()) co_return Fail(ErrorCode::kInvalidArgument, "The argument ids is missing.");
  const auto meetings = Select(context, arguments);
  if (!meetings) co_return tl::unexpected(meetings.error());
  boost::json::array forgotten;
  for (const state::MeetingPtr& meeting : *meetings) {
    const Status status = co_await state::AwaitForget(context.store, meeting, std::nullopt, state::Fate::kGoesOn);
    if (!status) co_return tl::unexpected(status.error());
    forgotten.emplace_back(meeting->meeting_id);
  }
  boost::json::object result;
  result["forgotten"] = std::move(forgotten);
  co_return result;
}

}  // namespace plenary::admin
