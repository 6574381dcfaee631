#include "orders.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "calls.hpp"

namespace plenary::sim {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMaxPeople = 100'000;

tl::unexpected<Error> Bad(std::string why) { return Fail(ErrorCode::kInvalidArgument, std::move(why)); }

std::string_view View(const json::string& text) { return {text.data(), text.size()}; }

// A scalar as a query parameter would carry it.
std::string TextOf(const json::value& value) { return value.is_string() ? std::string(View(value.get_string())) : json::serialize(value); }

std::string TextOf(const json::object& object, std::string_view key, std::string_view otherwise) {
  const json::value* const value = object.if_contains(key);
  return value == nullptr ? std::string(otherwise) : TextOf(*value);
}

double NumberOf(const json::object& object, std::string_view key, double otherwise) {
  const json::value* const value = object.if_contains(key);
  if (value == nullptr) return otherwise;
  boost::system::error_code error;
  const double number = value->to_number<double>(error);
  return error ? otherwise : number;
}

std::optional<std::int64_t> CountOf(const json::object& object, std::string_view key) {
  if (!object.contains(key)) return std::nullopt;
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(NumberOf(object, key, 0)), 0, kMaxPeople);
}

Result<Meeting*> MeetingOf(Node& node, std::string_view id) {
  Meeting* const meeting = id.empty() ? nullptr : node.Find(id);
  if (meeting == nullptr) return Bad(fmt::format("node {} has no meeting {}", node.number(), id));
  return meeting;
}

Status OrderFault(Simulation& simulation, Node& node, const json::value& value) {
  if (!value.is_object()) return Bad("faults: an object");
  const json::object& object = value.get_object();
  const std::optional<FaultMode> mode = ParseFaultMode(TextOf(object, "mode", "ok"));
  if (!mode) return Bad("faults.mode: unknown");
  Fault fault;
  fault.mode = *mode;
  if (const json::value* const calls = object.if_contains("calls")) {
    if (!calls->is_array()) return Bad("faults.calls: a list");
    for (const json::value& call : calls->get_array()) fault.calls.push_back(TextOf(call));
  }
  const json::value* const after = object.if_contains("after");
  fault.execute_first = after != nullptr && *after == true;
  fault.delay = std::chrono::milliseconds(static_cast<std::int64_t>(NumberOf(object, "delay_ms", 3000)));
  fault.key = TextOf(object, "key", fault.key);
  fault.message = TextOf(object, "message", fault.message);
  return simulation.SetFault(node, std::move(fault), NumberOf(object, "seconds", 0));
}

Status AddMeeting(Node& node, const Params& params) {
  const WireRequest request;
  WireReply reply;
  Create(node, CallInput{.name = "create", .request = request, .params = params}, reply);
  if (reply.body.find("<returncode>SUCCESS") == std::string::npos) return Bad(reply.body);
  return {};
}

Status OrderAdd(Simulation&, Node& node, const json::value& value) {
  if (!value.is_object()) return Bad("add: an object of create parameters");
  Params params;
  for (const auto& [name, parameter] : value.get_object()) params.Add(name, TextOf(parameter));
  if (!params.Has("name")) params.Add("name", std::string(params.Get("meetingID")));
  return AddMeeting(node, params);
}

std::vector<User*> Online(Meeting& meeting) {
  std::vector<User*> online;
  for (User& user : meeting.users) {
    if (!user.left && !user.waiting && user.connected) online.push_back(&user);
  }
  return online;
}

// People of one role come or go until there are `wanted`.
void SetRole(Node& node, Meeting& meeting, bool moderators, std::int64_t wanted) {
  std::vector<std::string> present;
  for (const User* const user : Online(meeting)) {
    if (user->moderator == moderators) present.push_back(user->internal_id);
  }
  for (; static_cast<std::int64_t>(present.size()) > wanted; present.pop_back()) node.Leave(meeting, present.back());
  for (std::int64_t number = static_cast<std::int64_t>(present.size()) + 1; number <= wanted; ++number) {
    User user;
    user.moderator = moderators;
    user.name = fmt::format("{} {}", moderators ? "Moderator" : "Viewer", number);
    user.external_id = fmt::format("sim-{}-{}", moderators ? "m" : "v", number);
    node.Join(meeting, std::move(user));
  }
}

void SetMedia(Node& node, Meeting& meeting, const json::object& spec) {
  const std::vector<User*> online = Online(meeting);
  const auto size = static_cast<std::int64_t>(online.size());
  const std::optional<std::int64_t> voice = CountOf(spec, "voice");
  const std::optional<std::int64_t> listen = CountOf(spec, "listen");
  const std::optional<std::int64_t> video = CountOf(spec, "video");
  for (std::int64_t i = 0; i < size; ++i) {
    User& user = *online[static_cast<std::size_t>(i)];
    if (voice || listen) {
      user.voice = i < voice.value_or(0);
      user.listening = !user.voice && i < voice.value_or(0) + listen.value_or(0);
    }
    // More cameras than people: the later rounds are second cameras.
    if (video) user.cameras = static_cast<int>(*video / size + (i < *video % size ? 1 : 0));
  }
  node.Touch();
}

Status OrderUsers(Simulation&, Node& node, const json::value& value) {
  if (!value.is_object()) return Bad("users: an object");
  const json::object& spec = value.get_object();
  const Result<Meeting*> meeting = MeetingOf(node, TextOf(spec, "meeting", ""));
  if (!meeting) return tl::unexpected(meeting.error());
  if (const auto wanted = CountOf(spec, "moderators")) SetRole(node, **meeting, true, *wanted);
  if (const auto wanted = CountOf(spec, "viewers")) SetRole(node, **meeting, false, *wanted);
  SetMedia(node, **meeting, spec);
  return {};
}

Status OrderBulk(Simulation&, Node& node, const json::value& value) {
  if (!value.is_object()) return Bad("bulk: an object");
  const json::object& spec = value.get_object();
  const std::string prefix = TextOf(spec, "prefix", "m");
  const std::int64_t users = CountOf(spec, "users").value_or(0);
  for (std::int64_t number = 1; number <= CountOf(spec, "meetings").value_or(20); ++number) {
    const std::string id = fmt::format("{}{}-{}", prefix, node.number(), number);
    Params params;
    params.Add("meetingID", id);
    params.Add("name", "Meeting " + id);
    const Status added = AddMeeting(node, params);
    if (!added) return added;
    Meeting& meeting = *node.FindByExternalId(id);
    if (users > 0) SetRole(node, meeting, true, 1);
    SetRole(node, meeting, false, std::max<std::int64_t>(0, users - 1));
  }
  return {};
}

Status OrderRestart(Simulation&, Node& node, const json::value& value) {
  if (value != true) return Bad("restart: true");
  node.Restart();
  return {};
}

Status OrderDrop(Simulation&, Node& node, const json::value& value) {
  if (value.is_array()) {
    for (const json::value& id : value.get_array()) {
      const Result<Meeting*> meeting = MeetingOf(node, TextOf(id));
      if (!meeting) return tl::unexpected(meeting.error());
      node.Forget(std::string((*meeting)->internal_id));
    }
    return {};
  }
  if (value != "all") return Bad("drop: a list of meeting IDs, or \"all\"");
  node.Restart();
  return {};
}

Status OrderExpire(Simulation&, Node& node, const json::value& value) {
  const Result<Meeting*> meeting = MeetingOf(node, TextOf(value));
  if (!meeting) return tl::unexpected(meeting.error());
  node.End((*meeting)->internal_id);
  return {};
}

Status OrderVersion(Simulation&, Node& node, const json::value& value) {
  const Result<Version> version = ParseVersion(TextOf(value));
  if (!version) return tl::unexpected(version.error());
  node.set_version(*version);
  return {};
}

Status OrderSecret(Simulation&, Node& node, const json::value& value) {
  if (!value.is_string() || value.get_string().empty()) return Bad("secret: a text");
  node.set_secret(TextOf(value));
  return {};
}

Status OrderWebhooks(Simulation&, Node& node, const json::value& value) {
  if (!value.is_bool()) return Bad("webhooks: true or false");
  node.hooks().set_installed(value.get_bool());
  return {};
}

Status OrderForgetHooks(Simulation&, Node& node, const json::value& value) {
  if (value != true) return Bad("forget_hooks: true");
  node.hooks().Forget();
  return {};
}

Status OrderEmit(Simulation&, Node& node, const json::value& value) {
  const json::value* const content = value.is_object() ? value.get_object().if_contains("event") : nullptr;
  if (content == nullptr || !content->is_object()) return Bad("emit: {\"meeting\", \"event\": an object, \"copies\"}");
  const json::object& spec = value.get_object();
  HookEvent event;
  event.meeting_id = TextOf(spec, "meeting", "");
  (content->get_object().contains("data") ? event.mapped : event.raw) = *content;
  const std::int64_t copies = CountOf(spec, "copies").value_or(1);
  for (std::int64_t copy = 0; copy < copies; ++copy) node.Tell(event);
  return {};
}

Status OrderRecordingReady(Simulation&, Node& node, const json::value& value) {
  if (!value.is_object()) return Bad("recording_ready: an object");
  const json::object& spec = value.get_object();
  return node.AnnounceRecording(TextOf(spec, "meeting", ""), TextOf(spec, "record_id", ""), static_cast<int>(CountOf(spec, "formats").value_or(1)));
}

Status OrderQuirk(Node& node, std::string_view name, const json::value& value) {
  Quirks quirks = node.quirks();
  if (name == "clock_skew_ms") {
    if (!value.is_int64()) return Bad("clock_skew_ms: a whole number");
    quirks.clock_skew_ms = value.get_int64();
  } else {
    if (!value.is_bool()) return Bad(fmt::format("{}: true or false", name));
    const bool on = value.get_bool();
    if (name == "thousands") quirks.thousands = on;
    if (name == "invalid_customdata") quirks.invalid_customdata = on;
    if (name == "reveal_version") quirks.reveal_version = on;
  }
  node.set_quirks(quirks);
  return {};
}

using Order = Status (*)(Simulation&, Node&, const json::value&);

constexpr std::array<std::pair<std::string_view, Order>, 17> kOrders{{
    {"faults", OrderFault},
    {"restart", OrderRestart},
    {"add", OrderAdd},
    {"bulk", OrderBulk},
    {"users", OrderUsers},
    {"drop", OrderDrop},
    {"expire", OrderExpire},
    {"version", OrderVersion},
    {"webhooks", OrderWebhooks},
    {"forget_hooks", OrderForgetHooks},
    {"emit", OrderEmit},
    {"recording_ready", OrderRecordingReady},
    {"secret", OrderSecret},
    {"thousands", [](Simulation&, Node& node, const json::value& value) { return OrderQuirk(node, "thousands", value); }},
    {"invalid_customdata", [](Simulation&, Node& node, const json::value& value) { return OrderQuirk(node, "invalid_customdata", value); }},
    {"reveal_version", [](Simulation&, Node& node, const json::value& value) { return OrderQuirk(node, "reveal_version", value); }},
    {"clock_skew_ms", [](Simulation&, Node& node, const json::value& value) { return OrderQuirk(node, "clock_skew_ms", value); }},
}};

Result<std::vector<Node*>> NodesOf(Simulation& simulation, const json::object& order) {
  const auto& nodes = simulation.nodes();
  std::vector<Node*> chosen;
  const json::value* const which = order.if_contains("node");
  if (which != nullptr && *which == "all") {
    for (const auto& node : nodes) chosen.push_back(node.get());
    return chosen;
  }
  json::array numbers;
  if (which != nullptr && which->is_array()) {
    numbers = which->get_array();
  } else if (which != nullptr) {
    numbers.push_back(*which);
  }
  for (const json::value& number : numbers) {
    if (!number.is_int64() || number.get_int64() < 1 || number.get_int64() > static_cast<std::int64_t>(nodes.size())) {
      return Bad(fmt::format("node: 1 to {}, a list of these, or \"all\"", nodes.size()));
    }
    chosen.push_back(nodes[static_cast<std::size_t>(number.get_int64() - 1)].get());
  }
  if (chosen.empty()) return Bad("node: which?");
  return chosen;
}

}  // namespace

Status CarryOut(Simulation& simulation, const json::object& order) {
  const Result<std::vector<Node*>> nodes = NodesOf(simulation, order);
  if (!nodes) return tl::unexpected(nodes.error());
  for (const auto& [key, value] : order) {
    const std::string_view name(key.data(), key.size());
    if (name == "node") continue;
    const auto* const found = std::find_if(kOrders.begin(), kOrders.end(), [name](const auto& entry) { return entry.first == name; });
    if (found == kOrders.end()) return Bad(fmt::format("unknown order {}", name));
    for (Node* const node : *nodes) {
      const Status done = found->second(simulation, *node, value);
      if (!done) return done;
    }
  }
  return {};
}

}  // namespace plenary::sim
