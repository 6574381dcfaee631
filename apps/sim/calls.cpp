#include "calls.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "xml.hpp"

namespace plenary::sim {
namespace {

constexpr std::string_view kNotFound = "A meeting with that ID does not exist";

std::string_view MimeOf(std::string_view content_type) { return TrimBlanks(content_type.substr(0, content_type.find(';'))); }

bool IsOneOf(std::string_view type, std::initializer_list<std::string_view> allowed) {
  return std::any_of(allowed.begin(), allowed.end(), [type](std::string_view a) { return EqualsIgnoreCase(type, a); });
}

bool ContentTypeIsGood(const Features& features, std::string_view call, const WireRequest& request) {
  if (!features.checks_content_type || request.body.empty()) return true;
  const std::string_view type = features.compares_whole_content_type ? request.content_type : MimeOf(request.content_type);
  const bool form = IsOneOf(type, {"application/x-www-form-urlencoded", "multipart/form-data"});
  if (call == "create") return form || IsOneOf(type, {"application/xml", "text/xml"});
  if (call == "insertDocument") return IsOneOf(type, {"application/xml", "text/xml"});
  return form;
}

// A meeting ID that is fit to be looked up; else the error is in `reply`.
bool CheckMeetingId(Node& node, const CallInput& input, WireReply& reply) {
  const std::string_view id = input.Get("meetingID");
  const std::size_t length = JavaLength(id);
  if (id.empty()) {
    AnswerFailed(input, reply, node.features().meeting_id_is_validation_error ? "validationError" : "missingParamMeetingID",
                 "You must provide a meeting ID");
  } else if (input.name != "isMeetingRunning" && (length < 2 || length > 256)) {
    // isMeetingRunning takes any length: Greenlight's health check asks for "0".
    AnswerFailed(input, reply, "validationError", "Meeting ID must be between 2 and 256 characters");
  } else if (id.find(',') != std::string_view::npos) {
    AnswerFailed(input, reply, "validationError", "Meeting ID cannot contain ','");
  } else {
    return true;
  }
  return false;
}

void Index(Node& node, const CallInput& input, WireReply& reply) {
  const std::string version = node.quirks().reveal_version ? node.version().Text() : "";
  const bool json = input.wants_json() || IsOneOf(MimeOf(input.request.content_type), {"application/json"});
  const std::string_view base = node.base_url();
  const std::string_view authority = base.substr(base.find("://") + 3);
  if (json) {
    reply.content_type = kJsonType;
    reply.body = fmt::format(R"({{"response":{{"returncode":"SUCCESS","version":"2.0","apiVersion":"2.0","bbbVersion":"{}"}}}})", version);
    return;
  }
  std::string inner = "<version>2.0</version>\n<apiVersion>2.0</apiVersion>\n";
  if (version.empty()) {
    inner += "<bbbVersion/>\n";
  } else {
    AppendElement(inner, "bbbVersion", version);
  }
  if (node.features().graphql_in_index) {
    inner += "<html5PluginSdkVersion>0.0.95</html5PluginSdkVersion>\n";
    AppendElement(inner, "graphqlWebsocketUrl", fmt::format("ws://{}/graphql", authority));
    AppendElement(inner, "graphqlApiUrl", fmt::format("http://{}/api/rest", authority));
  }
  AnswerSuccess(reply, inner);
}

void IsMeetingRunning(Node& node, const CallInput& input, WireReply& reply) {
  if (!CheckMeetingId(node, input, reply)) return;
  const Meeting* const meeting = node.Find(input.Get("meetingID"));
  AnswerSuccess(reply, meeting != nullptr && meeting->running() ? "<running>true</running>\n" : "<running>false</running>\n");
}

void GetMeetingInfo(Node& node, const CallInput& input, WireReply& reply) {
  if (!CheckMeetingId(node, input, reply)) return;
  const Meeting* const meeting = node.Find(input.Get("meetingID"));
  if (meeting == nullptr) return AnswerFailed(input, reply, "notFound", kNotFound);
  MeetingStyle style = node.StyleOfMeetings();
  style.thousands = node.quirks().thousands.value_or(false);  // corrected years before getMeetings (spec bbb-api 3.3)
  std::string inner;
  AppendMeeting(inner, *meeting, style);
  AnswerSuccess(reply, inner);
}

void GetSessions(Node& node, const CallInput&, WireReply& reply) {
  std::string inner;
  for (const auto& [token, place] : node.sessions()) {
    Meeting* const meeting = node.FindByInternalId(place.meeting);
    const User* const user = meeting == nullptr ? nullptr : meeting->FindUser(place.user);
    if (user == nullptr) continue;
    inner += "<meeting>\n";
    AppendElement(inner, "meetingID", meeting->internal_id);
    AppendElement(inner, "meetingName", meeting->name);
    AppendElement(inner, "userName", user->name);
    inner += "</meeting>\n";
  }
  AnswerSuccess(reply, inner.empty()
                           ? "<sessions/>\n<messageKey>noSessions</messageKey>\n<message>no sessions were found on this serverr</message>\n"
                           : "<sessions>\n" + inner + "</sessions>\n");
}

void End(Node& node, const CallInput& input, WireReply& reply) {
  if (!CheckMeetingId(node, input, reply)) return;
  const std::string_view password = input.Get("password");
  const bool old = node.features().password_on_end;
  if (old && !input.params.Has("password")) {
    return AnswerFailed(input, reply, "validationError", "You must provide the moderator password");
  }
  Meeting* const meeting = node.Find(input.Get("meetingID"));
  if (meeting == nullptr) return AnswerFailed(input, reply, "notFound", kNotFound);
  if ((old || !password.empty()) && password != meeting->moderator_pw) {
    return AnswerFailed(
        input, reply, "invalidPassword",
        node.version().minor == 4 ? "The supplied moderator password is incorrect" : "Provided moderator password is incorrect");
  }
  node.EndSoon(*meeting);
  AnswerSuccess(
      reply,
      "<messageKey>sentEndMeetingRequest</messageKey>\n<message>A request to end the meeting was sent.  Please wait a few seconds, "
      "and then use the getMeetingInfo or isMeetingRunning API calls to verify that it was ended.</message>\n");
}

void GetMeetings(Node& node, const CallInput&, WireReply& reply) { reply.shared_body = node.MeetingsXml(); }

enum Methods : unsigned { kGet = 1, kPost = 2 };
enum class Guard { kChecksum, kRecordingChecksum, kNone };

struct Route {
  std::string_view name;
  unsigned methods;
  Guard guard;
  void (*run)(Node&, const CallInput&, WireReply&);
  bool Features::*feature = nullptr;
  bool cacheable = false;  // no "Cache-Control: no-cache" (spec bbb-api 5.2)
};

constexpr std::array kRoutes{
    Route{"index", kGet | kPost, Guard::kNone, Index},
    Route{"getMeetings", kGet | kPost, Guard::kChecksum, GetMeetings},
    Route{"create", kGet | kPost, Guard::kChecksum, Create},
    Route{"join", kGet, Guard::kChecksum, Join},
    Route{"getMeetingInfo", kGet | kPost, Guard::kChecksum, GetMeetingInfo, nullptr, true},
    Route{"isMeetingRunning", kGet | kPost, Guard::kChecksum, IsMeetingRunning},
    Route{"end", kGet | kPost, Guard::kChecksum, End},
    Route{"getSessions", kGet | kPost, Guard::kChecksum, GetSessions},
    Route{"insertDocument", kPost, Guard::kChecksum, InsertDocument, &Features::insert_document, true},
    Route{"sendChatMessage", kGet, Guard::kChecksum, SendChatMessage, &Features::send_chat_message},
    Route{"getRecordings", kGet | kPost, Guard::kRecordingChecksum, Recordings, nullptr, true},
    Route{"publishRecordings", kGet, Guard::kRecordingChecksum, Recordings},
    Route{"deleteRecordings", kGet, Guard::kRecordingChecksum, Recordings},
    Route{"updateRecordings", kGet | kPost, Guard::kRecordingChecksum, Recordings},
    Route{"hooks/create", kGet, Guard::kNone, HookCall, nullptr, true},
    Route{"hooks/list", kGet, Guard::kNone, HookCall, nullptr, true},
    Route{"hooks/destroy", kGet, Guard::kNone, HookCall, nullptr, true},
    Route{"hooks/ping", kGet, Guard::kNone, HookCall, nullptr, true},
    Route{"signOut", kGet | kPost, Guard::kNone, SessionCall},
    Route{"stuns", kGet | kPost, Guard::kNone, SessionCall},
    Route{"enter", kGet | kPost, Guard::kNone, SessionCall, &Features::enter},
    Route{"getJoinUrl", kGet | kPost, Guard::kNone, SessionCall, &Features::get_join_url},
};

bool AcceptsXml(std::string_view accept) {
  return accept.empty() || accept.find("xml") != std::string_view::npos || accept.find("*/*") != std::string_view::npos;
}

}  // namespace

bool CallInput::wants_json() const { return request.accept.starts_with("application/json"); }

bool IsFormType(std::string_view content_type) { return IsOneOf(MimeOf(content_type), {"application/x-www-form-urlencoded"}); }

CallInput ReadCall(const Node& node, std::string_view name, const WireRequest& request) {
  CallInput input{.name = name, .request = request, .params = {}};
  Params form;
  if (!request.body.empty() && IsFormType(request.content_type)) form.Parse(request.body);
  input.params.Parse(request.query);
  input.checksum_ok = ChecksumIsGood(node.features(), name, request.query, input.params, form, node.secret());
  input.content_type_ok = ContentTypeIsGood(node.features(), name, request);
  for (const Param& param : form.all()) input.params.Add(param.name, param.value);
  return input;
}

void RunCall(Node& node, const CallInput& input, WireReply& reply) {
  const Features& features = node.features();
  const auto* const route = std::find_if(kRoutes.begin(), kRoutes.end(), [&](const Route& r) { return r.name == input.name; });
  if (route == kRoutes.end() || (route->feature != nullptr && !(features.*route->feature))) return AnswerHtml(reply, 404, "Not Found");
  const bool method_fits =
      (input.request.method == "GET" && (route->methods & kGet) != 0) || (input.request.method == "POST" && (route->methods & kPost) != 0);
  if (!method_fits) return AnswerHtml(reply, 405, "Method Not Allowed");
  if (!route->cacheable) reply.headers += "Cache-Control: no-cache\r\n";
  if (features.refuses_two_checksums && input.params.Count("checksum") > 1) {
    return AnswerFailed(input, reply, "checksumError", "Checksums do not match");
  }
  if (route->guard == Guard::kChecksum && !input.content_type_ok) {
    return AnswerFailed(input, reply, "unsupportedContentType", "POST request Content-Type is missing or unsupported");
  }
  if (route->guard == Guard::kChecksum && !input.checksum_ok) {
    if (input.name == "join") return JoinWithBadChecksum(node, input, reply);
    return AnswerFailed(input, reply, "checksumError", "Checksums do not match");
  }
  route->run(node, input, reply);
  const bool is_success =
      reply.status == 200 && reply.body.find("<returncode>FAILED") == std::string::npos && reply.content_type != kJsonType;
  if (features.empty_on_foreign_accept && is_success && !AcceptsXml(input.request.accept)) {
    reply.body.clear();
    reply.shared_body.reset();
  }
}

void AnswerFailed(const CallInput& input, WireReply& reply, std::string_view key, std::string_view message) {
  if (!input.wants_json()) {
    reply.body = FailedXml(key, message);
    return;
  }
  // Keys and messages are constants of this program without anything to escape.
  reply.content_type = kJsonType;
  reply.body = fmt::format(R"({{"response":{{"returncode":"FAILED","messageKey":"{}","message":"{}"}}}})", key, message);
}

void AnswerHtml(WireReply& reply, int status, std::string_view title) {
  reply.status = status;
  reply.content_type = kHtmlType;
  reply.body =
      fmt::format("<html>\r\n<head><title>{0} {1}</title></head>\r\n<body>\r\n<center><h1>{0} {1}</h1></center>\r\n</body>\r\n</html>\r\n",
                  status, title);
}

void AnswerSuccess(WireReply& reply, std::string_view inner) {
  reply.body = "<response>\n<returncode>SUCCESS</returncode>\n";
  reply.body += inner;
  reply.body += "</response>";
}

}  // namespace plenary::sim
