#include "api/create_query.hpp"

#include "base/encoding.hpp"
#include "bbb/end_signal.hpp"
#include "bbb/scoped_reply.hpp"
#include "runtime/callback.hpp"

namespace plenary::api {

namespace {

constexpr std::string_view kAnalyticsUrl = "meta_analytics-callback-url";
constexpr std::string_view kMeetingEndedUrl = "meetingEndedURL";
constexpr std::string_view kEndCallbackUrl = "meta_endCallbackUrl";
constexpr std::string_view kTenantId = "meta_tenant-id";
constexpr std::string_view kTenantName = "meta_tenant-name";
constexpr std::string_view kLrsPayload = "meta_secret-lrs-payload";
constexpr std::string_view kOurRecordingReadyUrl = "meta_bbb-recording-ready-url";
/// Who reads which depends on the front-end; the first one counts (spec bbb-api 6.3).
constexpr std::string_view kRecordingReadyUrls[] = {"meta_bn-recording-ready-url", "meta_bbb-recording-ready-url", "meta_canvas-recording-ready-url"};

/// Absent when the parameter is, or stands there without a value.
std::optional<std::string> ValueOf(const bbb::Params& params, std::string_view name) {
  const bbb::Param* param = params.Find(name);
  if (param == nullptr || !param->has_value) return std::nullopt;
  return std::string(param->value);
}

/// Where nodes reach us for this caller; "" while that is unknown.
std::string OurAddress(const Services& services, const CallInput& input) {
  const std::string public_url = services.public_url.Get();
  return public_url.empty() ? std::string() : services.tenants.AddressFor(public_url, input.tenant(), input.route.by_path);
}

/// endCallbackUrl stays the front-end's, except where its node would call it with an ID that the front-end doesn't know.
void TakeEndCallback(const Services& services, CallInput& input, const pool::Meeting& meeting) {
  const std::optional<std::string> url = ValueOf(input.params, kEndCallbackUrl);
  const std::string prefix = OurAddress(services, input) + std::string(bbb::kEndCallbackPath);
  if (!url || prefix == bbb::kEndCallbackPath || url->starts_with(prefix)) return;  // the last: of an earlier node
  const bbb::EndCallback callback{meeting.tenant_id, meeting.meeting_id, *url};
  input.params.Set(kEndCallbackUrl, OurAddress(services, input) + bbb::EndCallbackTarget(services.options.end_signal_key, callback));
}

/// What front-end and nodes see of it: default slide and logo of the tenant, where the client brings none.
void AddLook(const pool::Tenant& tenant, bool has_body, bbb::Params& params) {
  if (!tenant.presentation_url.empty() && !has_body && !params.Has("preUploadedPresentation")) {
    params.Set("preUploadedPresentation", tenant.presentation_url);
  }
  if (!tenant.logo_url.empty() && !params.Has("logo")) params.Set("logo", tenant.logo_url);
}

/// The parameter under another spelling; nothing when there is none.
std::optional<std::string> OtherSpelling(const bbb::Params& params, std::string_view name) {
  for (const bbb::Param& param : params.all()) {
    const std::string_view base = bbb::WithoutListMark(param.name);
    if (param.name != name && EqualsIgnoreCase(base, name)) return std::string(base);
  }
  return std::nullopt;
}

}  // namespace

void NormalizeMetadata(bool has_tenant, bbb::Params& params) {
  const auto unify = [&params](std::string_view name, bool keep) {
    if (!keep) params.Remove(name);
    while (const auto other = OtherSpelling(params, name)) {
      const std::optional<std::string> value = ValueOf(params, *other);
      params.Remove(*other);
      if (keep && value && !params.Has(name)) params.Set(name, *value);
    }
  };
  unify(kAnalyticsUrl, true);
  for (const std::string_view name : kRecordingReadyUrls) unify(name, true);
  unify(kLrsPayload, true);
  unify(kEndCallbackUrl, true);
  if (!has_tenant) return;
  for (const std::string_view name : {kTenantId, kTenantName, bbb::kScopedIdParam}) unify(name, false);
}

Task<Status> TakeCallbackUrls(const Services& services, CallInput& input, const state::ClaimResult& claim) {
  bbb::Params& params = input.params;
  const pool::Meeting& meeting = *claim.meeting;
  records::CallbackUrls urls{.tenant_id = meeting.tenant_id, .meeting_id = meeting.meeting_id, .scoped_id = meeting.scoped_id};

  const std::string ours = OurAddress(services, input);
  std::optional<std::string> analytics = ValueOf(params, kAnalyticsUrl);
  if (analytics && !ours.empty()) {
    urls.analytics_url = std::move(analytics);
    params.Set(kAnalyticsUrl, ours + "/bigbluebutton/api/analytics_callback");
  }
  for (const std::string_view name : kRecordingReadyUrls) {
    std::optional<std::string> url = ValueOf(params, name);
    if (!url) continue;
    if (!urls.recording_ready_url) urls.recording_ready_url = std::move(url);
    params.Remove(name);
  }
  if (urls.recording_ready_url && services.options.recording_ready_here && !ours.empty()) {
    params.Set(kOurRecordingReadyUrl, ours + "/bigbluebutton/api/callbacks/recording-ready");
  }
  if (services.options.end_signals && !ours.empty()) urls.meeting_ended_url = ValueOf(params, kMeetingEndedUrl);
  if (!urls.analytics_url && !urls.recording_ready_url && !urls.meeting_ended_url) co_return Status();
  auto start = [&](std::function<void(Status)> done) { services.callback_urls.Remember(std::move(urls), std::move(done)); };
  Status kept = co_await runtime::AwaitCallback<Status>(std::move(start));
  co_return kept;
}

Task<std::string> CreateQuery(const Services& services, CallInput& input, const state::ClaimResult& claim) {
  bbb::Params& params = input.params;
  const pool::Meeting& meeting = *claim.meeting;
  const pool::Tenant* tenant = input.tenant();
  // A generated password goes out with the first create only; later ones must not name what their client doesn't know.
  if (claim.kind != state::ClaimKind::kExisting) params.Set("moderatorPW", meeting.moderator_pw);
  if (!meeting.voice_bridge.empty()) params.Set("voiceBridge", meeting.voice_bridge);
  if (tenant != nullptr) {
    params.Set(kTenantId, tenant->id);
    params.Set(kTenantName, tenant->name);
  }
  if (!meeting.scoped_id.empty()) {
    params.Set("meetingID", meeting.scoped_id);
    params.Set(bbb::kScopedIdParam, meeting.meeting_id);
  }
  if (claim.node->node.tag.empty()) {
    params.Remove(kServerTag);
  } else {
    params.Set(kServerTag, claim.node->node.tag);
  }
  if (const std::int64_t most = services.options.max_meeting_duration; most != 0) {
    const std::int64_t wanted = LeadingInt(params.Get("duration"));
    if (wanted == 0 || wanted > most) params.Set("duration", std::to_string(most));
  }
  if (tenant != nullptr) {
    const std::string payload = co_await services.lrs.For(*tenant, claim.node->node.secret);
    if (!payload.empty()) params.Set(kLrsPayload, payload);
  }
  if (const std::string ours = services.options.end_signals ? OurAddress(services, input) : std::string(); !ours.empty()) {
    const bbb::EndSignal signal{meeting.tenant_id, meeting.meeting_id, meeting.claim_id};
    params.Set(kMeetingEndedUrl, ours + bbb::EndSignalTarget(services.options.end_signal_key, signal));
  }
  if (!meeting.scoped_id.empty()) TakeEndCallback(services, input, meeting);
  bbb::Params decided;
  ApplyPolicy(services.options.create_policy, tenant, params, decided);
  if (tenant != nullptr) AddLook(*tenant, input.xml_body != nullptr, decided);
  std::string query;
  bbb::AppendQuery(query, decided);
  co_return query;
}

}  // namespace plenary::api
