#include "control.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"
#include "calls.hpp"
#include "orders.hpp"

namespace plenary::sim {
namespace {

namespace json = boost::json;

constexpr int kMaxRedirects = 5;
constexpr std::chrono::milliseconds kFollowTimeout{10'000};

void AnswerJson(WireReply& reply, int status, const json::object& object) {
  reply.status = status;
  reply.content_type = kJsonType;
  reply.body = json::serialize(object);
}

void AnswerError(WireReply& reply, int status, std::string_view why) { AnswerJson(reply, status, {{"ok", false}, {"error", why}}); }

json::object UserJson(const User& user) {
  return {{"internalUserID", user.internal_id},
          {"userID", user.external_id},
          {"name", user.name},
          {"role", user.role()},
          {"presenter", user.presenter},
          {"listening", user.listening},
          {"voice", user.voice},
          {"cameras", user.cameras},
          {"left", user.left},
          {"waiting", user.waiting},
          {"connected", user.connected},
          {"guest", user.guest},
          {"session_token", user.session_token}};
}

json::object MeetingJson(const Meeting& meeting) {
  json::array users;
  for (const User& user : meeting.users) users.push_back(UserJson(user));
  json::object metadata;
  for (const auto& [key, value] : meeting.metadata) metadata[key] = value;
  return {{"meetingID", meeting.id},
          {"internalMeetingID", meeting.internal_id},
          {"name", meeting.name},
          {"createTime", meeting.create_time},
          {"voiceBridge", meeting.voice_bridge},
          {"attendeePW", meeting.attendee_pw},
          {"moderatorPW", meeting.moderator_pw},
          {"isBreakout", meeting.is_breakout},
          {"ending", meeting.ending},
          {"running", meeting.running()},
          {"participants", CountUsers(meeting).participants},
          {"metadata", metadata},
          {"documents", json::value_from(meeting.documents)},
          {"chat", json::value_from(meeting.chat)},
          {"breakouts", json::value_from(meeting.breakouts)},
          {"users", users}};
}

json::object HookJson(const Hook& hook) {
  return {{"hookID", hook.id},
          {"callbackURL", hook.callback_url},
          {"meetingID", hook.meeting_id ? json::value(*hook.meeting_id) : json::value()},
          {"eventID", hook.event_ids ? json::value_from(*hook.event_ids) : json::value()},
          {"rawData", hook.raw}};
}

json::object NodeJson(const Node& node) {
  json::array hooks;
  for (const Hook& hook : node.hooks().all()) hooks.push_back(HookJson(hook));
  json::array meetings;
  for (const auto& [id, meeting] : node.meetings()) meetings.push_back(MeetingJson(*meeting));
  return {{"node", node.number()},
          {"url", node.base_url() + "/bigbluebutton/api/"},
          {"version", node.version().Text()},
          {"fault", FaultModeName(node.fault().mode)},
          {"hooks", hooks},
          {"meetings", meetings}};
}

json::object LogJson(const LogEntry& entry) {
  Params parsed;
  parsed.Parse(entry.query);
  json::array params;
  for (const Param& param : parsed.all()) params.push_back(json::array{param.name, param.value});
  return {{"time_ms", entry.time_ms},
          {"method", entry.method},
          {"call", entry.call},
          {"query", entry.query},
          {"params", params},
          {"content_type", entry.content_type},
          {"body_bytes", entry.body_bytes},
          {"body_sha256", entry.body_sha256},
          {"checksum_ok", entry.checksum_ok}};
}

void AnswerState(const Simulation& simulation, WireReply& reply) {
  json::array nodes;
  for (const auto& node : simulation.nodes()) nodes.push_back(NodeJson(*node));
  AnswerJson(reply, 200, {{"nodes", nodes}});
}

void AnswerLog(Simulation& simulation, const WireRequest& request, WireReply& reply) {
  Params params;
  params.Parse(request.query);
  const std::int64_t number = ParseInt(params.Get("node")).value_or(0);
  if (number < 1 || number > static_cast<std::int64_t>(simulation.nodes().size())) return AnswerError(reply, 400, "node: which?");
  json::array entries;
  for (const LogEntry& entry : simulation.nodes()[static_cast<std::size_t>(number - 1)]->TakeLog()) entries.push_back(LogJson(entry));
  AnswerJson(reply, 200, {{"node", number}, {"requests", entries}});
}

Result<json::object> ReadOrder(std::string_view body) {
  boost::system::error_code error;
  const json::value value = json::parse(json::string_view(body.data(), body.size()), error);
  if (error || !value.is_object()) return Fail(ErrorCode::kInvalidArgument, "the body must be a JSON object");
  return value.get_object();
}

void AnswerOrder(Simulation& simulation, const WireRequest& request, WireReply& reply) {
  const Result<json::object> order = ReadOrder(request.body);
  if (!order) return AnswerError(reply, 400, order.error().detail);
  const Status done = CarryOut(simulation, *order);
  if (!done) return AnswerError(reply, 400, done.error().detail);
  AnswerJson(reply, 200, {{"ok", true}});
}

// Where a browser stands after following `url`.
json::object Landing(const Simulation& simulation, const std::string& url, const Fetched& page, const json::array& hops) {
  json::object landing{{"ok", page.status != 0}, {"status", page.status}, {"url", url}, {"hops", hops}};
  if (!page.error.empty()) landing["error"] = page.error;
  if (!page.cookie.empty()) landing["cookie"] = page.cookie;
  for (const auto& node : simulation.nodes()) {
    const std::string& base = node->base_url();
    const bool is_here = url.starts_with(base) && (url.size() == base.size() || url[base.size()] == '/' || url[base.size()] == '?');
    if (is_here) landing["node"] = node->number();
  }
  Params params;
  const std::size_t question = url.find('?');
  if (question != std::string::npos) params.Parse(std::string_view(url).substr(question + 1));
  if (params.Has("sessionToken")) landing["session_token"] = params.Get("sessionToken");
  boost::system::error_code error;
  const std::string errors(params.Get("errors"));
  if (!errors.empty()) landing["errors"] = json::parse(errors, error);
  if (page.status != 0) landing["body"] = page.body;
  return landing;
}

}  // namespace

bool Control::AnswerNow(const WireRequest& request, WireReply& reply) {
  const bool is_get = request.method == "GET";
  const bool is_post = request.method == "POST";
  if (is_post && request.path == "/follow") return false;
  if (is_get && request.path == "/health") {
    AnswerJson(reply, 200, {{"ok", true}, {"nodes", simulation_.nodes().size()}});
  } else if (is_get && request.path == "/state") {
    AnswerState(simulation_, reply);
  } else if (is_get && request.path == "/log") {
    AnswerLog(simulation_, request, reply);
  } else if (is_post && request.path == "/control") {
    AnswerOrder(simulation_, request, reply);
  } else {
    AnswerError(reply, 404, "no such thing here");
  }
  return true;
}

Task<void> Control::Answer(const WireRequest& request, WireReply& reply, PeerWatch&) {
  const Result<json::object> order = ReadOrder(request.body);
  const json::value* const wanted = order ? order->if_contains("url") : nullptr;
  if (wanted == nullptr || !wanted->is_string()) {
    AnswerError(reply, 400, "url: a text");
    co_return;
  }
  std::string url(wanted->get_string().data(), wanted->get_string().size());
  json::array hops;
  Fetched page;
  for (int redirects = 0; redirects <= kMaxRedirects; ++redirects) {
    Outgoing call;
    call.url = url;
    call.user_agent = "Mozilla/5.0 (plenary-sim)";
    page = co_await CallLoopback(std::move(call), kFollowTimeout);
    const std::string cookie = page.cookie;
    hops.push_back({{"status", page.status}, {"url", url}, {"cookie", cookie}});
    if (page.status < 300 || page.status >= 400 || page.location.empty()) break;
    url = ResolveUrl(url, page.location);
  }
  const json::object landing = Landing(simulation_, url, page, hops);
  AnswerJson(reply, 200, landing);
}

}  // namespace plenary::sim
