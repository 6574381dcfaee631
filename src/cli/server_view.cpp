#include "cli/server_view.hpp"

#include "cli/output.hpp"

namespace plenary::cli {
namespace json = boost::json;

Cell StateCell(const json::object& server) {
  const std::string state = Text(server, "state");
  return {state, state == "enabled" ? Tone::kPlain : state == "cordoned" ? Tone::kWarning : Tone::kOff};
}

bool NeverPolled(const json::object& server) {
  return !Flag(server, "online") && Integer(server, "last_poll_ms") == 0 && RawText(server, "last_error").empty();
}

Cell StatusCell(const json::object& server) {
  if (NeverPolled(server)) return {"new", Tone::kWarning};
  if (Flag(server, "online")) return {"online", Tone::kGood};
  return {"offline", RawText(server, "state") == "disabled" ? Tone::kOff : Tone::kBad};
}

std::optional<double> LoadOf(const json::object& server) {
  if (RawText(server, "state") == "disabled" || !Flag(server, "online")) return std::nullopt;
  return Number(server, "load");
}

std::string PolledNumber(const json::object& server, std::string_view key) { return ShortNumber(Number(server, key)); }

}  // namespace plenary::cli
