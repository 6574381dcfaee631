#include "callbacks/receiver.hpp"

#include <chrono>
#include <functional>
#include <utility>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/encoding.hpp"
#include "bbb/calls.hpp"
#include "bbb/params.hpp"
#include "bbb/reply_writer.hpp"
#include "callbacks/json_members.hpp"
#include "callbacks/jwt.hpp"
#include "callbacks/key.hpp"
#include "http/client_side.hpp"
#include "runtime/callback.hpp"

namespace plenary::callbacks {

namespace json = boost::json;

namespace {

constexpr std::string_view kAnalyticsPath = "/bigbluebutton/api/analytics_callback";
constexpr std::string_view kRecordingReadyPath = "/bigbluebutton/api/callbacks/recording-ready";

constexpr std::size_t kMaxAnalyticsBytes = 4 << 20;
constexpr std::size_t kMaxFormBytes = 64 * 1024;
constexpr std::size_t kMaxIdBytes = 1024;  // 256 characters (spec bbb-api 0.16), up to four bytes each

constexpr std::chrono::hours kAnalyticsQuiet{7 * 24};
// BBB sends one for each published format (spec bbb-api 6.3), within minutes when there are several: the front-end, which looks up the recording
// when it hears of it, is told once. A format that comes later, or a recording that was processed anew, is told again.
constexpr std::chrono::minutes kRecordingReadyQuiet{5};

// Scalelite answers the node when the front-end has answered, and what is built on that order (a script on the node that asks the front-end next)
// goes on to work. But the callback is durable and tried again in any case, so a slow front-end must not hold the node for long.
constexpr std::chrono::seconds kAnalyticsPatience{1};

// A node calls an endCallbackUrl twice: a probe, then the call (spec bbb-api 6.1).
constexpr std::chrono::seconds kProbeQuiet{20};

constexpr std::string_view kBearer = "Bearer ";

void ReplyStatus(http::Reply& reply, int status, std::string_view outcome) {
  reply.status = status;
  reply.outcome = outcome;
}

void ReplyXml(http::Reply& reply, const bbb::MessageKey& error) {
  reply.SetContentType(bbb::kXmlContentType);
  reply.outcome = error.key;
  bbb::AppendFailed(reply.body, error);
}

std::string JsonText(std::string_view text) { return json::serialize(json::value(text)); }

/// The node's document with the client's meetingID and who it is for; the rest byte for byte.
std::string ForwardedAnalytics(const std::vector<JsonMember>& members, std::string_view meeting_id, std::string_view customer) {
  std::string forwarded = "{";
  for (const JsonMember& member : members) {
    if (member.name == "customer") continue;
    forwarded.append(member.raw_name).append(":");
    if (member.name == "meeting_id") forwarded += JsonText(meeting_id);
    else forwarded += member.value;
    forwarded += ',';
  }
  return forwarded.append("\"customer\":").append(JsonText(customer)).append("}");
}

/// A text of a sensible length; "" otherwise.
std::string TextOf(const json::value* value) {
  if (value == nullptr || !value->is_string() || value->get_string().size() > kMaxIdBytes) return {};
  return std::string(value->get_string());
}

/// The last one counts, as everywhere.
std::string MeetingIdOf(const std::vector<JsonMember>& members) {
  std::string meeting_id;
  for (const JsonMember& member : members) {
    if (member.name != "meeting_id") continue;
    const json::value value = json::parse(member.value);
    meeting_id = TextOf(&value);
  }
  return meeting_id;
}

}  // namespace

struct Receiver::News {
  records::CallbackKind kind;
  std::optional<std::string> records::CallbackUrls::*receiver;
  std::string tenant_id;
  std::string meeting_id;                                      // the client's or the node's
  std::function<std::string(std::string_view meeting_id)> payload;  // for the client's
  std::string identity;                                        // within kind and meeting: the same again is not news
  std::chrono::milliseconds quiet;
  std::chrono::milliseconds patience{0};                       // the end of the first attempt is waited for
};

bool Receiver::Takes(std::string_view path) {
  return path == kAnalyticsPath || path == kRecordingReadyPath || path == bbb::kEndSignalPath || path == bbb::kEndCallbackPath;
}

bool Receiver::HandleNow(const http::Request&, http::Reply&) { return false; }

Task<void> Receiver::Handle(const http::Request& request, http::Reply& reply) {
  std::string path_buffer;
  const std::string_view path = bbb::NormalizePath(request.path, path_buffer);
  const std::string_view host = http::HostWithoutPort(http::ClientSideOf(request, services_.trusted_proxies).host);
  const state::TenantRoute route = services_.locator.Locate(host, path);
  const state::TenantPtr tenant = route.tenant;
  const bool known = tenant != nullptr || !services_.locator.multitenancy();
  const bool post = request.method == "POST";
  const bool get = request.method == "GET" || request.method == "HEAD";
  if (post && route.path == kAnalyticsPath) {
    co_await Analytics(request, reply, tenant, known);
  } else if (post && route.path == kRecordingReadyPath) {
    co_await RecordingReady(request, reply, tenant, known);
  } else if (get && route.path == bbb::kEndSignalPath) {
    co_await MeetingEnded(request, reply);
  } else if (get && route.path == bbb::kEndCallbackPath) {
    co_await EndCallback(request, reply);
  } else {
    ReplyXml(reply, bbb::kUnsupportedRequest);
  }
}

/// Spec scalelite 1.11.9: always 204, so that nobody learns what is known here; but a failure of ours is worth another try of the node.
Task<void> Receiver::Analytics(const http::Request& request, http::Reply& reply, state::TenantPtr tenant, bool known) {
  if (!known) {
    ReplyXml(reply, bbb::kChecksumError);
    co_return;
  }
  ReplyStatus(reply, 204, "refused");
  std::string_view token = request.Header("Authorization");
  if (EqualsIgnoreCase(token.substr(0, kBearer.size()), kBearer)) token.remove_prefix(kBearer.size());
  const std::vector<std::string> secrets = NodeSecrets();
  const Result<json::object> claims = VerifyJwt(token, secrets, {DigestAlgorithm::kSha512}, NowSeconds());
  if (!claims) {
    Tell("analytics callback refused", request, claims.error().detail);
    co_return;
  }
  const Result<std::string> body = co_await ReadBody(request, kMaxAnalyticsBytes);
  if (!body) {
    Tell("analytics callback: the body could not be read", request, body.error().detail);
    if (body.error().code == ErrorCode::kIo) ReplyStatus(reply, 503, "not-stored");
    co_return;
  }
  const std::optional<std::vector<JsonMember>> members = JsonMembers(*body);
  const std::string meeting_id = members ? MeetingIdOf(*members) : std::string();
  if (meeting_id.empty()) {
    Tell("analytics callback: no JSON object with a meeting_id", request, "");
    co_return;
  }
  News news;
  news.kind = records::CallbackKind::kAnalytics;
  news.receiver = &records::CallbackUrls::analytics_url;
  news.tenant_id = tenant ? tenant->tenant.id : std::string();
  news.meeting_id = meeting_id;
  const std::string customer = tenant ? tenant->tenant.name : "scalelite";
  news.payload = [&members, customer](std::string_view client_id) { return ForwardedAnalytics(*members, client_id, customer); };
  news.identity = Digest(DigestAlgorithm::kSha256, {*body}).view();
  news.quiet = kAnalyticsQuiet;
  news.patience = kAnalyticsPatience;
  const Kept kept = co_await Keep(std::move(news));
  switch (kept) {
    case Kept::kYes: reply.outcome = "ok"; break;
    case Kept::kNobodyListens: reply.outcome = "nobody-listens"; break;
    case Kept::kNotStored: ReplyStatus(reply, 503, "not-stored"); break;
  }
}

/// Spec bbb-api 6.3.
Task<void> Receiver::RecordingReady(const http::Request& request, http::Reply& reply, state::TenantPtr tenant, bool known) {
  if (!known) {
    ReplyStatus(reply, 404, "nobody-listens");
    co_return;
  }
  const Result<std::string> body = co_await ReadBody(request, kMaxFormBytes);
  if (!body) {
    const ErrorCode code = body.error().code;
    ReplyStatus(reply, code == ErrorCode::kTooLarge ? 413 : code == ErrorCode::kIo ? 503 : 400, "refused");
    co_return;
  }
  bbb::Params form;
  const Status readable = form.AddForm(*body);
  const std::vector<std::string> secrets = NodeSecrets();
  const std::string_view token = readable ? form.Get("signed_parameters") : std::string_view();
  const Result<json::object> claims = VerifyJwt(token, secrets, {DigestAlgorithm::kSha256, DigestAlgorithm::kSha512}, NowSeconds());
  if (!claims) {
    Tell("recording-ready callback refused", request, claims.error().detail);
    ReplyStatus(reply, 401, "refused");
    co_return;
  }
  const std::string meeting_id = TextOf(claims->if_contains("meeting_id"));
  const std::string record_id = TextOf(claims->if_contains("record_id"));
  if (meeting_id.empty() || record_id.empty()) {
    ReplyStatus(reply, 400, "refused");
    co_return;
  }
  News news;
  news.kind = records::CallbackKind::kRecordingReady;
  news.receiver = &records::CallbackUrls::recording_ready_url;
  news.tenant_id = tenant ? tenant->tenant.id : std::string();
  news.meeting_id = meeting_id;
  news.payload = [&record_id](std::string_view client_id) {
    return R"({"meeting_id":)" + JsonText(client_id) + R"(,"record_id":)" + JsonText(record_id) + "}";
  };
  news.identity = record_id;
  news.quiet = kRecordingReadyQuiet;
  const Kept kept = co_await Keep(std::move(news));
  switch (kept) {
    case Kept::kYes: ReplyStatus(reply, 200, "ok"); break;
    case Kept::kNobodyListens: ReplyStatus(reply, 404, "nobody-listens"); break;
    case Kept::kNotStored: ReplyStatus(reply, 503, "not-stored"); break;
  }
}

Task<void> Receiver::MeetingEnded(const http::Request& request, http::Reply& reply) {
  std::optional<bbb::EndSignal> signal = bbb::ReadEndSignal(services_.end_signal_key, request.query);
  if (!signal) {
    ReplyStatus(reply, 403, "refused");
    co_return;
  }
  const EndCheck outcome = co_await services_.end_checks.Check(std::move(*signal));
  switch (outcome) {
    case EndCheck::kGone: ReplyStatus(reply, 200, "ok"); break;
    case EndCheck::kStillThere: ReplyStatus(reply, 200, "still-there"); break;
    case EndCheck::kUnknown: ReplyStatus(reply, 503, "no-answer"); break;
    case EndCheck::kNotStored: ReplyStatus(reply, 503, "not-stored"); break;
  }
}

/// A scoped meeting is over: its node would have told the front-end the ID that it knows (spec bbb-api 6.1).
Task<void> Receiver::EndCallback(const http::Request& request, http::Reply& reply) {
  std::optional<bbb::EndCallback> told = bbb::ReadEndCallback(services_.end_signal_key, request.query);
  if (!told) {
    ReplyStatus(reply, 403, "refused");
    co_return;
  }
  records::Callback callback;
  callback.kind = records::CallbackKind::kMeetingEnded;
  callback.tenant_id = std::move(told->tenant_id);
  callback.meeting_id = std::move(told->meeting_id);
  callback.url = std::move(told->url);
  callback.order_key = OrderKeyOf(callback);
  callback.dedupe_key = KeyOf({"end-callback", callback.tenant_id, callback.meeting_id, callback.url});
  auto enqueue = [this, &callback](std::function<void(Result<bool>)> done) {
    services_.outbox.Enqueue(std::move(callback), kProbeQuiet, std::move(done));
  };
  const Result<bool> kept = co_await runtime::AwaitCallback<Result<bool>>(std::move(enqueue));
  if (!kept) services_.log.Error("callback: it could not be stored", {{"reason", kept.error().detail}});
  ReplyStatus(reply, kept ? 200 : 503, kept ? "ok" : "not-stored");
}

Task<Receiver::Kept> Receiver::Keep(News news) {
  using Found = Result<std::optional<records::CallbackUrls>>;
  auto find = [this, &news](std::function<void(Found)> done) {
    services_.runtime.Block([this, tenant_id = news.tenant_id, meeting_id = news.meeting_id, done = std::move(done)] {
      done(services_.urls.Find(tenant_id, meeting_id));
    });
  };
  const Found urls = co_await runtime::AwaitCallback<Found>(std::move(find));
  if (!urls) {
    services_.log.Error("callback: the receiver could not be looked up", {{"meeting", news.meeting_id}, {"reason", urls.error().detail}});
    co_return Kept::kNotStored;
  }
  const std::string url = *urls ? ((**urls).*news.receiver).value_or("") : std::string();
  if (url.empty()) co_return Kept::kNobodyListens;

  records::Callback callback;
  callback.kind = news.kind;
  callback.tenant_id = news.tenant_id;
  callback.meeting_id = (*urls)->meeting_id;
  callback.url = url;
  callback.payload = news.payload(callback.meeting_id);
  callback.order_key = OrderKeyOf(callback);
  callback.dedupe_key = KeyOf({records::CallbackKindName(news.kind), news.tenant_id, callback.meeting_id, news.identity});
  const runtime::Executor executor = co_await runtime::ThisExecutor();
  Attempts::Watch watch(services_.attempts, callback.dedupe_key, executor);
  auto enqueue = [this, &callback, &news](std::function<void(Result<bool>)> done) {
    services_.outbox.Enqueue(std::move(callback), news.quiet, std::move(done));
  };
  const Result<bool> added = co_await runtime::AwaitCallback<Result<bool>>(std::move(enqueue));
  if (added) {
    if (*added) co_await watch.Wait(news.patience);
    co_return Kept::kYes;
  }
  services_.log.Error("callback: it could not be stored", {{"meeting", news.meeting_id}, {"reason", added.error().detail}});
  co_return added.error().code == ErrorCode::kTooLarge ? Kept::kNobodyListens : Kept::kNotStored;  // it won't become smaller
}

Task<Result<std::string>> Receiver::ReadBody(const http::Request& request, std::size_t max_bytes) {
  http::SpooledBody body(services_.spool_dir);
  const Status read = co_await request.body->ReadAll(body, max_bytes);
  if (!read) co_return tl::unexpected(read.error());
  std::string text;
  const Status loaded = body.ReadAt(0, max_bytes, text);
  if (!loaded) co_return tl::unexpected(loaded.error());
  co_return text;
}

std::vector<std::string> Receiver::NodeSecrets() const {
  std::vector<std::string> secrets;
  const auto nodes = services_.store.Nodes();
  for (const state::NodePtr& node : nodes->all()) secrets.push_back(node->node.secret);
  return secrets;
}

void Receiver::Tell(std::string_view what, const http::Request& request, std::string_view reason) const {
  const http::ClientSide client = http::ClientSideOf(request, services_.trusted_proxies);
  services_.log.Warn(what, {{"peer", client.address}, {"reason", reason}});
}

}  // namespace plenary::callbacks
