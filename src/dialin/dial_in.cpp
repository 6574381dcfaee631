#include "dialin/dial_in.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "base/hmac.hpp"
#include "bbb/calls.hpp"
#include "bbb/message_keys.hpp"
#include "bbb/params.hpp"
#include "bbb/reply_writer.hpp"
#include "http/client_side.hpp"

namespace plenary::dialin {

namespace {

constexpr std::uint64_t kMaxFormBytes = 64 * 1024;  // FreeSWITCH sends about 10 kB of variables
constexpr std::size_t kShortestPin = 5;             // a longer one may end with the digit of a breakout room
constexpr std::string_view kPath = "/fsapi";
constexpr std::string_view kUser = "fsapi";
constexpr std::string_view kHtmlContentType = "text/html; charset=utf-8";

/// Basic credentials are compared encoded: every client writes the same text for the same password.
bool HasPassword(std::string_view authorization, std::string_view password) {
  constexpr std::string_view kScheme = "Basic ";
  if (!EqualsIgnoreCase(authorization.substr(0, kScheme.size()), kScheme)) return false;
  const std::string expected = Base64Of(std::string(kUser) + ":" + std::string(password));
  return EqualConstantTime(TrimBlanks(authorization.substr(kScheme.size())), expected);
}

void ReplyDenied(std::string_view realm, http::Reply& reply) {
  reply.status = 401;
  reply.outcome = "denied";
  reply.SetContentType(kHtmlContentType);
  reply.AddHeader("WWW-Authenticate", "Basic realm=\"" + std::string(realm.empty() ? "Plenary" : realm) + "\"");
  reply.body = "HTTP Basic: Access denied.\n";
}

void ReplyUnsupported(http::Reply& reply) {
  reply.outcome = bbb::kUnsupportedRequest.key;
  reply.SetContentType(bbb::kXmlContentType);
  bbb::AppendFailed(reply.body, bbb::kUnsupportedRequest);
}

CallerId CallerOf(const bbb::Params& params) {
  return {.name = params.Get("Caller-Caller-ID-Name"),
          .hide_name = params.Get("Caller-Privacy-Hide-Name") == "true",
          .hide_number = params.Get("Caller-Privacy-Hide-Number") == "true"};
}

}  // namespace

std::optional<state::TenantPtr> DialIn::TenantOf(const http::Request& request) const {
  const http::ClientSide client = http::ClientSideOf(request, options_.trusted_proxies);
  std::string path_buffer;
  state::TenantRoute route = tenants_.Locate(http::HostWithoutPort(client.host), bbb::NormalizePath(request.path, path_buffer));
  if (route.path != kPath || (route.by_path && !route.tenant)) return std::nullopt;
  return std::move(route.tenant);
}

bool DialIn::Authorized(const http::Request& request, const state::TenantPtr& tenant) const {
  if (options_.password.empty()) return true;
  const std::string_view authorization = request.Header("Authorization");
  if (HasPassword(authorization, options_.password)) return true;
  if (!tenant) return false;
  const std::vector<std::string>& secrets = tenant->policy.secrets;
  return std::any_of(secrets.begin(), secrets.end(), [&](const std::string& secret) { return HasPassword(authorization, secret); });
}

state::MeetingPtr DialIn::FindMeeting(std::string_view pin, const state::TenantPtr& tenant) const {
  const auto find = [&](std::string_view number) -> state::MeetingPtr {
    state::MeetingPtr meeting = store_.FindVoiceBridge(number);
    if (meeting && tenant && meeting->tenant_id != tenant->tenant.id) return nullptr;
    return meeting;
  };
  state::MeetingPtr meeting = find(pin);
  if (!meeting && pin.size() > kShortestPin) meeting = find(pin.substr(0, pin.size() - 1));
  return meeting;
}

bool DialIn::HandleNow(const http::Request& request, http::Reply& reply) {
  if (request.method != "POST") {
    ReplyUnsupported(reply);
    return true;
  }
  const std::optional<state::TenantPtr> tenant = TenantOf(request);
  if (!tenant || !Authorized(request, *tenant)) {
    ReplyDenied(options_.realm, reply);
    return true;
  }
  return false;
}

Task<void> DialIn::Handle(const http::Request& request, http::Reply& reply) {
  bbb::Params params;
  if (bbb::BodyKindOf(request.Header("Content-Type")) == bbb::BodyKind::kForm) {
    http::SpooledBody body;
    Status read = co_await request.body->ReadAll(body, kMaxFormBytes);
    if (read) read = params.AddForm(body.memory());
    if (!read) {
      reply.status = read.error().code == ErrorCode::kTooLarge ? 413 : 400;
      reply.outcome = "unreadable";
      reply.close = true;
      co_return;
    }
  }

  reply.SetContentType(bbb::kXmlContentType);
  const std::string_view number = params.Get("Caller-Destination-Number");
  if (params.Get("section") != "dialplan" || !params.Present("Caller-Destination-Number")) {
    reply.outcome = "reject";
    AppendReject(reply.body);
    co_return;
  }
  if (!params.Present("variable_pin")) {
    reply.outcome = "prompt";
    AppendPrompt(reply.body, number, options_.prompt);
    co_return;
  }
  const std::string_view pin = params.Get("variable_pin");
  const std::optional<state::TenantPtr> tenant = TenantOf(request);
  const state::MeetingPtr meeting = tenant ? FindMeeting(pin, *tenant) : nullptr;  // removed while the form came in
  const state::NodePtr node = meeting ? store_.Nodes()->Find(meeting->node_id) : nullptr;
  if (!node) {
    reply.outcome = "reprompt";
    AppendReprompt(reply.body, number, options_.prompt);
    co_return;
  }
  reply.outcome = "bridge";
  reply.upstream = node->node.id;
  const std::string shown_caller = ShownCaller(CallerOf(params));
  const Bridge bridge{.meeting_id = meeting->meeting_id, .shown_caller = shown_caller, .pin = pin, .node_host = node->endpoint.host};
  AppendBridge(reply.body, number, bridge);
}

}  // namespace plenary::dialin
