// plenary hooks …: the webhook registrations of front-ends.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/tenant_view.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

/// "all", or the events that it asked for.
std::string EventsOf(const json::object& hook) {
  const json::value* events = hook.if_contains("event_ids");
  if (events == nullptr || !events->is_array()) return "all";
  std::string text;
  for (const json::value& event : events->get_array()) {
    if (!event.is_string()) continue;
    if (!text.empty()) text += ",";
    text += Printable(std::string_view(event.get_string()));
  }
  return text;
}

}  // namespace

int HooksList(Context& context, const std::optional<std::string>& tenant) {
  json::object arguments;
  if (tenant) arguments["tenant"] = *tenant;
  const auto result = context.Call("hooks.list", arguments);
  if (!result) return context.Fail(result.error());
  if (context.json) return context.PrintJson(*result);
  const json::array& hooks = Items(*result, "hooks");
  const TenantNames names(context, hooks);
  const std::int64_t now = ToMs(context.hooks().clock->Now());
  Table table({{"ID"},
               {"TENANT", false, false, 1},
               {"MEETING", false, true},
               {"EVENTS", false, true},
               {"CREATED", true, false, 2},
               {"URL", false, true}});
  for (const json::value& item : hooks) {
    const json::object& hook = AsObject(item);
    const std::string meeting = Text(hook, "meeting_id");
    table.Add({Text(hook, "id"), names.Of(hook), meeting.empty() ? "all" : meeting, EventsOf(hook), Ago(Integer(hook, "created_at_ms"), now),
               Text(hook, "callback_url")});
  }
  if (table.empty()) {
    context.err() << "No front-end has registered a webhook.\n";
  } else {
    context.out() << table.Render(context.style());
  }
  return kDone;
}

int HooksRemove(Context& context, const std::string& id) {
  const auto result = context.Call("hooks.remove", {{"id", id}});
  if (!result) return context.Fail(result.error(), result.error().code == ErrorCode::kNotFound ? "Try `plenary hooks list`." : "");
  if (context.json) return context.PrintJson(*result);
  context.out() << fmt::format("Removed {}; {} hears no more events of it.\n", Printable(id), Text(Member(*result, "hook"), "callback_url"));
  return kDone;
}

}  // namespace plenary::cli
