// plenary poll …: one full round now.
#include "cli/commands.hpp"

#include <boost/json/array.hpp>

#include "cli/output.hpp"

namespace plenary::cli {
namespace json = boost::json;

int Poll(Context& context, const std::string& what) {
  const auto result = context.Call("poll.run", {{"what", what}});
  if (!result) return context.Fail(result.error());
  if (context.json) return context.PrintJson(*result);
  Table table({{"ID"}, {"STATUS"}, {"LOAD", true}, {"PROBLEM", false, true}});
  for (const json::value& item : Items(*result, "servers")) {
    const json::object& server = AsObject(item);
    const bool online = Flag(server, "online");
    table.Add({Text(server, "id"),
               {online ? "online" : "offline", online ? Tone::kGood : Tone::kBad},
               ShortNumber(Number(server, "load")),
               Text(server, "error")});
  }
  if (table.empty()) {
    context.err() << "There are no servers yet. Add one: plenary servers add URL - --enable\n";
  } else {
    context.out() << table.Render(context.style());
  }
  return kDone;
}

}  // namespace plenary::cli
