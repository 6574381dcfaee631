#include "api/bbb_api.hpp"

#include <string>

#include "api/calls.hpp"
#include "api/host_guard.hpp"
#include "base/encoding.hpp"
#include "bbb/multipart.hpp"
#include "bbb/reply_writer.hpp"

namespace plenary::api {

namespace {

constexpr std::uint64_t kMaxFormBytes = 1 << 20;  // BBB's own limit for forms is 2 MB; real ones are below 20 kB
constexpr std::size_t kMaxMeetingIdBytes = 1024;  // 256 characters (bbb-api 0.16), up to four bytes each

bool IsHealthCheck(std::string_view path) {
  return path.empty() || path == "/" || path == "/health_check" || (path.starts_with("/health_check.") && path.find('/', 1) == std::string_view::npos);
}

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
    if (input.call == bbb::Call::kCreate || services.store.FindMeeting({}, meeting_id)) return false;
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
    default: return Relay(services, input, reply);
  }
}

/// Calls that need neither checksum nor parameters. True when it was one.
bool AnswerOpen(const Services& services, bbb::Call call, http::Reply& reply) {
  if (call == bbb::Call::kUnsupported) {
    ReplyFailed(reply, bbb::kUnsupportedRequest);
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

bool IsBlank(const http::SpooledBody& body) { return body.in_memory() && TrimBlanks(body.memory()).empty(); }

}  // namespace

bool BbbApi::HandleNow(const http::Request& request, http::Reply& reply) {
  thread_local std::string path_buffer;
  const std::string_view path = bbb::NormalizePath(request.path, path_buffer);
  if (IsHealthCheck(path)) {
    reply.SetContentType("text/plain; charset=utf-8");
    reply.outcome = "ok";
    reply.body = "success";
    return true;
  }
  if (!HostAllowed(request, services_.options.url_host)) {
    reply.status = 403;  // as Scalelite: an empty page
    reply.SetContentType(kHtmlContentType);
    reply.outcome = "host-refused";
    return true;
  }
  const bbb::Call call = bbb::RouteCall(request.method, path);
  const bool post_body = request.has_body && request.method == "POST";
  if (post_body && call != bbb::Call::kUnsupported) return false;
  thread_local bbb::Params params;
  params.Clear();
  if (!params.AddQuery(request.query)) {
    ReplyBadParameters(reply);
    return true;
  }
  if (AnswerOpen(services_, call, reply)) return true;
  if (!bbb::VerifyChecksum(bbb::CallName(call), request.query, {}, services_.options.policy)) {
    Refuse(call, request, &params, false, bbb::kChecksumError, reply);
    return true;
  }
  CallInput input{request, call, params};
  return AnswerFromMemory(services_, input, reply);
}

Task<void> BbbApi::Handle(const http::Request& request, http::Reply& reply) {
  std::string path_buffer;
  const bbb::Call call = bbb::RouteCall(request.method, bbb::NormalizePath(request.path, path_buffer));
  bbb::Params params;
  http::SpooledBody body(services_.options.spool_dir);
  bool xml = false;
  bool read = false;
  std::string body_checksum;

  if (request.has_body && request.method == "POST") {
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
  if (AnswerOpen(services_, call, reply)) co_return;
  if (!bbb::VerifyChecksum(bbb::CallName(call), request.query, body_checksum, services_.options.policy)) {
    Refuse(call, request, &params, false, bbb::kChecksumError, reply);
    co_return;
  }
  CallInput input{request, call, params};
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

void BbbApi::Finished(const http::Request& request, const http::Reply& reply, std::uint64_t elapsed_us) {
  if (!access_log_.enabled()) return;
  thread_local std::string path_buffer;
  observe::AccessEntry entry;
  entry.wall_ms = ToMs(services_.clock.Now());
  entry.request_id = request.id;
  entry.method = request.method;
  const bbb::Call call = bbb::RouteCall(request.method, bbb::NormalizePath(request.path, path_buffer));
  entry.call = call == bbb::Call::kUnsupported ? "-" : call == bbb::Call::kVersion ? "version" : bbb::CallName(call);
  entry.outcome = reply.outcome;
  entry.server_id = reply.upstream.empty() ? std::string_view("-") : std::string_view(reply.upstream);
  entry.peer = request.peer;
  entry.status = reply.status;
  entry.bytes = reply.body.size();
  entry.elapsed_us = elapsed_us;
  access_log_.Write(entry);
}

}  // namespace plenary::api
