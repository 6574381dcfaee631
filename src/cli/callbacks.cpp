// plenary callbacks …: what is still to be told to front-ends.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "base/encoding.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/tenant_view.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

/// "HTTP 503", or the error.
std::string LastOf(const json::object& callback) {
  const std::int64_t status = Integer(callback, "last_status");
  const std::string error = Text(callback, "last_error");
  if (status == 0) return error;
  return error.empty() ? fmt::format("HTTP {}", status) : fmt::format("HTTP {}: {}", status, error);
}

Cell StateCell(const json::object& callback) {
  const std::string state = Text(callback, "state");
  return {state, state == "dead" ? Tone::kBad : state == "delivered" ? Tone::kGood : Tone::kPlain};
}

std::string NextOf(const json::object& callback, std::int64_t now_ms) {
  if (RawText(callback, "state") != "pending") return "–";
  const std::int64_t next = Integer(callback, "next_attempt_ms");
  return next <= now_ms ? "now" : "in " + Duration(next - now_ms);
}

std::string What(const CallbackOptions& options) {
  const auto number = static_cast<std::int64_t>(options.ids.size());
  if (!options.all) return Count(number, "callback", "callbacks");
  return options.tenant ? fmt::format("all pending and dead callbacks of {}", Printable(*options.tenant)) : "all pending and dead callbacks";
}

/// callbacks.retry and callbacks.drop.
int Change(Context& context, const CallbackOptions& options, std::string_view command, std::string_view done) {
  if (options.ids.empty() != options.all) {
    return context.Fail({ErrorCode::kInvalidArgument, "name callbacks by their IDs, or say --all"}, "Try `plenary callbacks list`.");
  }
  json::array ids;
  for (const std::string& text : options.ids) {
    const auto id = ParseInt(text);
    if (!id) return context.Fail({ErrorCode::kInvalidArgument, fmt::format("'{}' is no ID of a callback", text)}, "Try `plenary callbacks list`.");
    ids.emplace_back(*id);
  }
  json::object arguments;
  if (!ids.empty()) arguments["ids"] = std::move(ids);
  if (options.all) arguments["all"] = true;
  if (options.tenant) arguments["tenant"] = *options.tenant;
  const auto result = context.Call(command, arguments);
  if (!result) return context.Fail(result.error());
  const std::int64_t changed = Integer(*result, "changed");
  if (context.json) {
    context.PrintJson(*result);
  } else {
    context.out() << fmt::format("{} {}.\n", done, Count(changed, "callback", "callbacks"));
  }
  const auto others = static_cast<std::int64_t>(options.ids.size()) - changed;
  if (!options.all && others > 0) context.err() << fmt::format("{} of them {} neither pending nor dead.\n", others, others == 1 ? "is" : "are");
  return changed == 0 ? kNothingToChange : kDone;
}

}  // namespace

int CallbacksList(Context& context, const CallbackOptions& options) {
  json::object arguments;
  if (options.state) arguments["state"] = *options.state;
  if (options.tenant) arguments["tenant"] = *options.tenant;
  if (options.after) arguments["after"] = *options.after;
  if (options.limit) arguments["limit"] = *options.limit;
  const auto result = context.Call("callbacks.list", arguments);
  if (!result) return context.Fail(result.error());
  if (context.json) return context.PrintJson(*result);
  const json::array& callbacks = Items(*result, "callbacks");
  const TenantNames names(context, callbacks);
  const std::int64_t now = ToMs(context.hooks().clock->Now());
  Table table({{"ID", true}, {"KIND"}, {"STATE"}, {"TENANT", false, false, 1}, {"MEETING", false, true}, {"TRIES", true}, {"NEXT", true},
               {"LAST", false, true}, {"URL", false, true}});
  for (const json::value& item : callbacks) {
    const json::object& callback = AsObject(item);
    table.Add({fmt::format("{}", Integer(callback, "id")), Text(callback, "kind"), StateCell(callback), names.Of(callback),
               Text(callback, "meeting_id"), fmt::format("{}", Integer(callback, "attempts")), NextOf(callback, now), LastOf(callback),
               Text(callback, "url")});
  }
  if (!table.empty()) context.out() << table.Render(context.style());
  context.err() << fmt::format("{} pending, {} dead.\n", Integer(*result, "pending"), Integer(*result, "dead"));
  return kDone;
}

int CallbacksRetry(Context& context, const CallbackOptions& options) {
  return Change(context, options, "callbacks.retry", "Trying again:");
}

int CallbacksDrop(Context& context, const CallbackOptions& options) {
  const std::string question = fmt::format("This drops {} for good. Type yes to continue: ", What(options));
  if (!options.yes && !context.Confirm(question, "yes")) return context.FailUnconfirmed();
  return Change(context, options, "callbacks.drop", "Dropped");
}

}  // namespace plenary::cli
