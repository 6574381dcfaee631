// plenary meetings …
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/tenant_view.hpp"

namespace plenary::cli {
namespace json = boost::json;

int MeetingsList(Context& context) {
  const auto result = context.Call("meetings.list");
  if (!result) return context.Fail(result.error());
  if (context.json) return context.PrintJson(*result);
  const std::int64_t now = ToMs(context.hooks().clock->Now());
  const TenantNames names(context, Items(*result, "meetings"));
  std::vector<Column> columns = {{"MEETING", false, true}, {"NAME", false, true}, {"SERVER"}, {"PHASE"}, {"VOICE"}, {"CREATED", true}};
  if (names.any()) columns.insert(columns.begin(), {"TENANT"});
  Table table(std::move(columns));
  for (const json::value& item : Items(*result, "meetings")) {
    const json::object& meeting = AsObject(item);
    const bool settled = RawText(meeting, "phase") == "settled";
    const std::int64_t created = Integer(meeting, settled ? "create_time_ms" : "claimed_at_ms");
    // The ID that tells it from another tenant's: every command takes it.
    const std::string at_node = Text(meeting, "node_meeting_id");
    std::vector<Cell> row = {at_node.empty() ? Text(meeting, "meeting_id") : at_node,
                             Text(meeting, "name"),
                             Text(meeting, "server_id"),
                             {settled ? "running" : "starting"},
                             Text(meeting, "voice_bridge"),
                             created == 0 ? "–" : Ago(created, now)};
    if (names.any()) row.insert(row.begin(), names.Of(meeting));
    table.Add(std::move(row));
  }
  if (table.empty()) {
    context.err() << "No meetings are running.\n";
  } else {
    context.out() << table.Render(context.style());
  }
  return kDone;
}

namespace {

/// Why it is on its server: "of 3: n1 (0), n2 (15), n3 (30); 1 offline", the lowest loads first. "" when nothing is known.
std::string DescribeDecision(const json::object& decision) {
  std::string best;
  for (const json::value& item : Items(decision, "best")) {
    best += fmt::format("{}{} ({})", best.empty() ? "" : ", ", Text(AsObject(item), "id"), ShortNumber(Number(AsObject(item), "load")));
  }
  if (best.empty()) return {};
  std::string text = fmt::format("of {}: {}", ShortNumber(Number(decision, "candidates")), best);
  const json::object& excluded = Member(decision, "excluded");
  for (const auto& reason : excluded) {
    const double count = Number(excluded, reason.key()).value_or(0);
    if (count > 0) text += fmt::format("; {} {}", ShortNumber(count), Printable(reason.key()));
  }
  return text;
}

}  // namespace

int MeetingsInfo(Context& context, const std::string& id) {
  const auto result = context.Call("meetings.info", {{"id", id}});
  if (!result) return context.FailForMeeting(result.error(), id);
  const json::object& meeting = Member(*result, "meeting");
  const std::string error = Text(*result, "error");
  if (context.json) {
    context.PrintJson(*result);
    return error.empty() ? kDone : kFailed;
  }
  const auto line = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) context.out() << fmt::format("{:<24}{}\n", name, value);
  };
  line("Meeting ID", Text(meeting, "meeting_id"));
  line("Server", fmt::format("{} ({})", Text(meeting, "server_id"), Text(meeting, "server_url")));
  line("Tenant", Text(meeting, "tenant_id"));
  line("Phase", Text(meeting, "phase"));
  line("Voice bridge", Text(meeting, "voice_bridge"));
  line("Chosen", DescribeDecision(Member(*result, "decision")));
  if (!error.empty()) return context.Fail({ErrorCode::kBadReply, "the server did not tell more: " + error});
  const json::object& info = Member(*result, "info");
  for (const auto& element : info) {
    if (element.key() != "returncode") line(Printable(element.key()), Text(info, element.key()));
  }
  const json::object& metadata = Member(*result, "metadata");
  for (const auto& element : metadata) line("meta_" + Printable(element.key()), Text(metadata, element.key()));
  return kDone;
}

int MeetingsEnd(Context& context, const std::vector<std::string>& ids, bool yes) {
  if (!yes) {
    const std::string what = ids.size() == 1 ? Printable(ids.front()) : Count(static_cast<std::int64_t>(ids.size()), "meeting", "meetings");
    if (!context.Confirm(fmt::format("This ends {} for everybody who is in it. Type yes to continue: ", what), "yes")) {
      return context.FailUnconfirmed();
    }
  }
  json::array list;
  for (const std::string& id : ids) list.emplace_back(id);
  const auto result = context.Call("meetings.end", {{"ids", list}});
  if (!result) return context.FailForMeeting(result.error(), ids.front());
  int status = kDone;
  for (const json::value& item : Items(*result, "ended")) {
    const json::object& meeting = AsObject(item);
    if (const std::string error = Text(meeting, "error"); !error.empty()) {
      context.err() << fmt::format("Could not end {}: {}\n", Text(meeting, "meeting_id"), error);
      status = kFailed;
    } else if (!context.json) {
      context.out() << fmt::format("Ended {}.\n", Text(meeting, "meeting_id"));
    }
  }
  if (context.json) context.PrintJson(*result);
  return status;
}

}  // namespace plenary::cli
