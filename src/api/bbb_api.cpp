#include "api/bbb_api.hpp"

#include <string>

#include "api/calls.hpp"
#include "base/encoding.hpp"
#include "bbb/multipart.hpp"
#include "bbb/reply_writer.hpp"

namespace plenary::api {

namespace {

constexpr std::uint64_t kMaxFormBytes = 1 << 20;  // BBB's own limit for forms is 2 MB; real ones are below 20 kB
constexpr std::size_t kMaxMeetingIdBytes = 1024;  // 256 characters (bbb-api 0.16), up to four bytes each

bool NeedsMeeting(bbb::Call call) {
  switch (call) {
    case bbb::Call::kIsMeetingRunning:
    case bbb::Call::kGetMeetingInfo:
    case bbb::Call::kCreate:
    case bbb::Call::kJoin:
    case bbb::Call::kEnd:
    case bbb::Call::kInsertDocument:
    case bbb::Call::kSendChatMessage: return true;
    default: return false;
  }
}

void ReplyXmlNow(http::Reply& reply) {
  reply.SetContentType(bbb::kXmlContentType);
  reply.outcome = "ok";
}

/// Before anything else, as Scalelite (1.4): status 400. The document says more than its empty page.
void ReplyBadParameters(http::Reply& reply) {
  ReplyFailed(reply, bbb::kInvalidParameters);
  reply.status = 400;
}

void Refuse(bbb::Call call, const http::Request& request, const bbb::Params* params, bool signed_request, const bbb::MessageKey& error,
            http::Reply& reply) {
  if (call == bbb::Call::kJoin) return JoinFailed(request, params, signed_request, error, reply);
  ReplyFailed(reply, error);
}

/// "meetingID[]=x" is a value, though no meeting has it (spec scalelite 1.4).
bool HasNestedMeetingId(const bbb::Params& params) {
  for (const bbb::Param& param : params.all()) {
    if (param.name.starts_with("meetingID[")) return true;
  }
  return false;
}

/// A call whose checksum holds. True when it was answered without asking a node.
bool AnswerFromMemory(const Services& services, CallInput& input, http::Reply& reply) {
  if (NeedsMeeting(input.call)) {
    const std::string_view meeting_id = input.params.Get("meetingID");
    if (!input.params.Present("meetingID") && (input.call == bbb::Call::kCreate || !HasNestedMeetingId(input.params))) {
      Refuse(input.call, input.request, &input.params, true, bbb::kMissingMeetingId, reply);
      return true;
    }
    if (meeting_id.size() > kMaxMeetingIdBytes) {
      Refuse(input.call, input.request, &input.params, true, bbb::kMeetingIdLength, reply);
      return true;
    }
    if (input.call == bbb::Call::kJoin) {
      Join(services, input, reply);
      return true;
    }
    if (input.call == bbb::Call::kCreate || services.store.FindMeeting(input.tenant_id(), meeting_id)) return false;
    if (input.call == bbb::Call::kIsMeetingRunning) {
      ReplyXmlNow(reply);
      bbb::AppendRunning(reply.body, false);
    } else if (input.call == bbb::Call::kSendChatMessage) {
      ReplyFailed(reply, "meetingNotFound", "Meeting not found");  // BBB's own words (bbb-api 2.6)
    } else {
      ReplyFailed(reply, bbb::kMeetingNotFound);
    }
    return true;
  }
  if (input.call == bbb::Call::kGetRecordings) {
    ReplyXmlNow(reply);
    bbb::AppendNoRecordings(reply.body);
    return true;
  }
  return false;
}

Task<void> AskNodes(const Services& services, CallInput& input, http::Reply& reply) {
  switch (input.call) {
    case bbb::Call::kCreate: return Create(services, input, reply);
    case bbb::Call::kEnd: return End(services, input, reply);
    case bbb::Call::kGetMeetings: return GetMeetings(services, input, reply);
    case bbb::Call::kGetSessions: return GetSessions(services, input, reply);
    case bbb::Call::kHooksCreate:
    case bbb::Call::kHooksList:
    case bbb::Call::kHooksDestroy: return Hooks(services, input, reply);
    default: return Relay(services, input, reply);
  }
}

/// Calls of browsers with a session token (getJoinUrl, learningDashboard …) belong to the meeting's node, which the token doesn't name (bbb-api
/// 9.3). Who asks for JSON, as they do, gets BBB's JSON form of the same refusal (bbb-api 2.0).
void ReplyUnsupported(const http::Request& request, http::Reply& reply) {
  ReplyFailed(reply, bbb::kUnsupportedRequest);
  if (request.Header("Accept").find("application/json") == std::string_view::npos) return;
  reply.SetContentType("application/json; charset=utf-8");
  reply.body = R"({"response":{"returncode":"FAILED","messageKey":")";
  reply.body += bbb::kUnsupportedRequest.key;
  reply.body += R"(","message":")";
  reply.body += bbb::kUnsupportedRequest.message;
  reply.body += R"("}})";
}

/// Calls that need neither checksum nor parameters. True when it was one.
bool AnswerOpen(const Services& services, const http::Request& request, bbb::Call call, http::Reply& reply) {
  if (call == bbb::Call::kUnsupported) {
    ReplyUnsupported(request, reply);
    return true;
  }
  if (call == bbb::Call::kVersion) {
    Version(services, reply);
    return true;
  }
  if (call == bbb::Call::kGetMeetings && services.options.get_meetings_disabled) {
    ReplyXmlNow(reply);
    bbb::AppendNoMeetings(reply.body);
    return true;
  }
  return false;
}

/// Which call it is, and whose. Views into the request and `path_buffer`.
struct Address {
  state::TenantRoute route;
  bbb::Call call = bbb::Call::kUnsupported;
};

Address AddressOf(const Services& services, const http::Request& request, std::string& path_buffer) {
  Address address;
  std::string_view host;  // of interest to tenants only
  if (services.tenants.multitenancy()) host = http::HostWithoutPort(http::ClientSideOf(request, services.trusted_proxies).host);
  address.route = services.tenants.Locate(host, bbb::NormalizePath(request.path, path_buffer));
  address.call = bbb::RouteCall(request.method, address.route.path);
  return address;
}

bool Verified(const Services& services, const http::Request& request, const Address& address, std::string_view body_checksum) {
  const bbb::SignPolicy* policy = &services.options.policy;
  if (services.tenants.multitenancy()) {
    if (!address.route.tenant) return false;
    policy = &address.route.tenant->policy;
  }
  return bbb::VerifyChecksum(bbb::CallName(address.call), request.query, body_checksum, *policy);
}

/// The public address is the host without what a tenant's label adds to it.
void LearnPublicUrl(const Services& services, const http::Request& request, const Address& address) {
  // Who comes without a proxy, perhaps an operator on this machine, only helps out while nothing is known.
  const bool proxied = request.HasHeader("X-Forwarded-Host");
  if ((!proxied && services.public_url.known()) || !http::IsTrusted(request, services.trusted_proxies)) return;
  const http::ClientSide client = http::ClientSideOf(request, services.trusted_proxies);
  std::string_view host = client.host;
  if (address.route.tenant && !address.route.by_path) {
    const std::size_t dot = host.find('.');
    host = dot == std::string_view::npos ? std::string_view() : host.substr(dot + 1);
  }
  if (!(proxied ? services.public_url.Learn(client.secure, host) : services.public_url.GuessFrom(client.secure, host))) return;
  services.log.Info("learned the public address from a client; set PUBLIC_URL if it is another one", {{"address", services.public_url.Get()}});
}

/// What every verified call passes. False when the tenant calls too often.
bool Admit(const Services& services, const http::Request& request, const Address& address) {
  if (!services.public_url.settled()) LearnPublicUrl(services, request, address);
  const state::TenantPtr& tenant = address.route.tenant;
  if (!tenant || tenant->meters->max_calls.load(std::memory_order_relaxed) == 0) return true;
  return tenant->meters->AdmitCall(std::chrono::duration_cast<std::chrono::microseconds>(services.clock.Steady().time_since_epoch()).count());
}

void RefuseBusy(const Address& address, const http::Request& request, const bbb::Params& params, http::Reply& reply) {
  reply.AddHeader("Retry-After", "1");
  Refuse(address.call, request, &params, true, bbb::kTooManyCalls, reply);
}

bool HasPostBody(const http::Request& request) { return request.has_body && request.method == "POST"; }

bool IsBlank(const http::SpooledBody& body) { return body.in_memory() && TrimBlanks(body.memory()).empty(); }

}  // namespace

bool BbbApi::HandleNow(const http::Request& request, http::Reply& reply) {
  thread_local std::string path_buffer;
  const Address address = AddressOf(services_, request, path_buffer);
  if (HasPostBody(request) && address.call != bbb::Call::kUnsupported) return false;
  thread_local bbb::Params params;
  params.Clear();
  if (!params.AddQuery(request.query)) {
    ReplyBadParameters(reply);
    return true;
  }
  if (AnswerOpen(services_, request, address.call, reply)) return true;
  if (!Verified(services_, request, address, {})) {
    Refuse(address.call, request, &params, false, bbb::kChecksumError, reply);
    return true;
  }
  if (!Admit(services_, request, address)) {
    RefuseBusy(address, request, params, reply);
    return true;
  }
  CallInput input{request, address.call, params, address.route};
  return AnswerFromMemory(services_, input, reply);
}

Task<void> BbbApi::Handle(const http::Request& request, http::Reply& reply) {
  std::string path_buffer;
  const Address address = AddressOf(services_, request, path_buffer);
  const bbb::Call call = address.call;
  bbb::Params params;
  http::SpooledBody body(services_.options.spool_dir);
  bool xml = false;
  bool read = false;
  std::string body_checksum;

  if (HasPostBody(request)) {
    const std::string_view content_type = request.Header("Content-Type");
    const bool allowed = bbb::ContentTypeAllowed(call, content_type);
    if (!allowed && request.content_length > 0) {
      ReplyFailed(reply, bbb::kUnsupportedContentType);
      co_return;
    }
    xml = allowed && bbb::BodyKindOf(content_type) == bbb::BodyKind::kXml;
    if (!xml) {
      // A chunked body may turn out to be empty, and then its type doesn't matter.
      Status status = co_await request.body->ReadAll(body, kMaxFormBytes);
      if (!status) {
        if (status.error().code == ErrorCode::kTooLarge) ReplyFailed(reply, bbb::kBodyTooLarge);
        else ReplyFailed(reply, bbb::kStoreFailed);
        reply.close = true;
        co_return;
      }
      read = true;
      if (!allowed && !body.empty()) {
        ReplyFailed(reply, bbb::kUnsupportedContentType);
        co_return;
      }
      if (!body.empty()) {
        std::string text;
        Status loaded = body.ReadAt(0, kMaxFormBytes, text);
        const bool multipart = bbb::BodyKindOf(content_type) == bbb::BodyKind::kMultipart;
        if (loaded) loaded = multipart ? bbb::AddMultipart(params, content_type, text) : params.AddForm(text);
        if (!loaded) {
          ReplyBadParameters(reply);
          co_return;
        }
        body_checksum = params.Get("checksum");
      }
    }
  }

  if (!params.AddQuery(request.query)) {
    ReplyBadParameters(reply);
    co_return;
  }
  if (AnswerOpen(services_, request, call, reply)) co_return;
  if (!Verified(services_, request, address, body_checksum)) {
    Refuse(call, request, &params, false, bbb::kChecksumError, reply);
    co_return;
  }
  if (HasPostBody(request) && !Admit(services_, request, address)) {  // the others were admitted by HandleNow
    RefuseBusy(address, request, params, reply);
    co_return;
  }
  CallInput input{request, call, params, address.route};
  if (xml && !read) {
    // Only now, so that nobody without a secret can make us spool.
    Status status = co_await request.body->ReadAll(body, services_.options.max_body_bytes);
    if (!status) {
      if (status.error().code == ErrorCode::kTooLarge) ReplyFailed(reply, bbb::kBodyTooLarge);
      else ReplyFailed(reply, bbb::kStoreFailed);
      reply.close = true;
      co_return;
    }
    if (!IsBlank(body)) input.xml_body = &body;
  }
  if (AnswerFromMemory(services_, input, reply)) co_return;
  reply.AddHeader("Cache-Control", "no-cache");
  co_await AskNodes(services_, input, reply);
}

}  // namespace plenary::api
