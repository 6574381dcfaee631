// rake meetings, meetings:list/end/info (spec scalelite 10.6).
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "cli/output.hpp"
#include "cli/rake.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

json::object IdsOf(const RakeArguments& arguments) {
  json::object request;
  if (!arguments.Given(0)) return request;
  json::array ids;
  for (const std::string& id : arguments.Ids(0)) ids.emplace_back(id);
  request["ids"] = ids;
  return request;
}

int List(Context& context, const RakeArguments& arguments) {
  const auto result = context.Call("meetings.ask", IdsOf(arguments));
  if (!result) return RakeAbort(context, Printable(result.error().detail));
  for (const json::value& item : Items(*result, "meetings")) {
    const json::object& meeting = AsObject(item);
    if (!RawText(meeting, "error").empty()) continue;  // Scalelite tells that to its log only
    context.out() << fmt::format("\nMeetingID: {}\n\tServer ID: {}\n\tServer Url: {}\n", Text(meeting, "reported_id"),
                                 Text(meeting, "server_id"), Text(meeting, "server_url"));
  }
  return kDone;
}

int End(Context& context, const RakeArguments& arguments) {
  context.out() << "WARNING: You are trying to clear active meetings.\n";
  if (RakeConfirm(context)) {
    const auto result = context.Call("meetings.end", IdsOf(arguments));
    if (!result) return RakeAbort(context, Printable(result.error().detail));
    const json::array& ended = Items(*result, "ended");
    if (ended.empty()) context.err() << "No meetings to clear\n";
    json::array failed;
    for (const json::value& item : ended) {
      const json::object& meeting = AsObject(item);
      if (RawText(meeting, "error").empty()) {
        context.err() << fmt::format("Clearing Meeting id={}\n", Text(meeting, "meeting_id"));
      } else {
        failed.emplace_back(RawText(meeting, "meeting_id"));
      }
    }
    if (!failed.empty()) {
      // The task forgets a meeting whatever its node says.
      const auto forgotten = context.Call("meetings.forget", {{"ids", failed}});
      if (!forgotten && forgotten.error().code != ErrorCode::kNotFound) return RakeAbort(context, Printable(forgotten.error().detail));
    }
  }
  context.out() << "OK\n";
  return kDone;
}

int Info(Context& context, const RakeArguments& arguments) {
  if (!arguments.Given(0)) {
    context.err() << "Error: Please input a meetingID!\n";
    return kFailed;
  }
  const auto result = context.Call("meetings.info", {{"id", arguments.At(0)}});
  if (!result) return RakeAbort(context, Printable(result.error().detail));
  if (const std::string error = Text(*result, "error"); !error.empty()) {
    context.err() << fmt::format("WARNING: Could not get info for meeting id={}: {}\n", Printable(arguments.At(0)), error);
    return kDone;
  }
  const json::object& meeting = Member(*result, "meeting");
  const json::object& info = Member(*result, "info");
  const json::object& metadata = Member(*result, "metadata");
  context.out() << fmt::format(
      "\nMeeting ID: {}\n\tMeeting Name: {}\n\tInternal MeetingID: {}\n\tCreated Date: {}\n\tRecording Enabled: {}\n",
      Text(info, "meetingID"), Text(info, "meetingName"), Text(info, "internalMeetingID"), Text(info, "createDate"),
      Text(info, "recording"));
  context.out() << fmt::format("\tServer id: {}\n\tSerevr url: {}\n\tMetaData:\n", Text(meeting, "server_id"),
                               Text(meeting, "server_url"));  // sic
  constexpr std::pair<std::string_view, std::string_view> kShown[] = {
      {"bbb-context-name", "bbb-context-name"},
      {"analytics-callback-url", "analytics-callback-url"},
      {"bbb-recording-tags", "bbb-recording-tags"},
      {"bbb-origin-server-common-name", "bbb-origin-server-common-name"},
      {"bbb-context-label", "bbb-context-label"},
      {"bbb-origin", "bbb-context-name"},  // as Scalelite does
      {"bbb-context", "bbb-context"},
      {"bbb-context-id", "bbb-context-id"},
      {"bbb-recording-name", "bbb-recording-name"},
      {"bbb-origin-server-name", "bbb-origin-server-name"},
      {"bbb-recording-description", "bbb-recording-description"},
      {"bbb-origin-tag", "bbb-origin-tag"},
  };
  for (const auto& [name, key] : kShown) context.out() << fmt::format("\t\t{}: {}\n", name, Text(metadata, key));
  return kDone;
}

constexpr RakeTask kTasks[] = {
    {"meetings", "[ids]", "List all meetings running in specified BigBlueButton servers", List},
    {"meetings:list", "[ids]", "List meetings by their IDs", List},
    {"meetings:end", "[ids]", "End meetings by their IDs", End},
    {"meetings:info", "[id]", "Show what is known of a meeting", Info},
};

}  // namespace

std::span<const RakeTask> RakeMeetingTasks() { return kTasks; }

}  // namespace plenary::cli
