#include "api/create_query.hpp"

#include "base/encoding.hpp"
#include "bbb/end_signal.hpp"
#include "bbb/scoped_reply.hpp"
#include "runtime/callback.hpp"

namespace plenary::api {

namespace {

constexpr std::string_view kAnalyticsUrl = "meta_analytics-callback-url";
constexpr std::string_view kMeetingEndedUrl = "meetingEndedURL";
constexpr std::string_view kOurRecordingReadyUrl = "meta_bbb-recording-ready-url";
/// Who reads which depends on the front-end; the first one counts (spec bbb-api 6.3).
constexpr std::string_view kRecordingReadyUrls[] = {"meta_bn-recording-ready-url", "meta_bbb-recording-ready-url", "meta_canvas-recording-ready-url"};

/// Absent when the parameter is, or stands there without a value.
std::optional<std::string> ValueOf(const bbb::Params& params, std::string_view name) {
  const bbb::Param* param = params.Find(name);
  if (param == nullptr || !param->has_value) return std::nullopt;
  return std::string(param->value);
}

/// What front-end and nodes see of it: default slide and logo of the tenant, where the client brings none.
void AddLook(const pool::Tenant& tenant, bool has_body, bbb::Params& params) {
  if (!tenant.presentation_url.empty() && !has_body && !params.Has("preUploadedPresentation")) {
    params.Set("preUploadedPresentation", tenant.presentation_url);
  }
  if (!tenant.logo_url.empty() && !params.Has("logo")) params.Set("logo", tenant.logo_url);
}

}  // namespace

Task<Status> TakeCallbackUrls(const Services& services, CallInput& input, const state::ClaimResult& claim) {
  bbb::Params& params = input.params;
  const pool::Meeting& meeting = *claim.meeting;
  records::CallbackUrls urls{.tenant_id = meeting.tenant_id, .meeting_id = meeting.meeting_id, .scoped_id = meeting.scoped_id};

  const std::string public_url = services.public_url.Get();
  const std::string ours = public_url.empty() ? std::string() : state::TenantLocator::AddressFor(public_url, input.tenant(), input.route.by_path);
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
  if (services.options.end_signals && !ours.empty()) {
    urls.meeting_ended_url = ValueOf(params, kMeetingEndedUrl);
    const bbb::EndSignal signal{meeting.tenant_id, meeting.meeting_id, meeting.claim_id};
    params.Set(kMeetingEndedUrl, ours + bbb::EndSignalTarget(services.options.end_signal_key, signal));
  }
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
    params.Set("meta_tenant-id", tenant->id);
    params.Set("meta_tenant-name", tenant->name);
    params.Remove(bbb::kScopedIdParam);  // ours to set
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
    if (!payload.empty()) params.Set("meta_secret-lrs-payload", payload);
  }
  bbb::Params decided;
  ApplyPolicy(services.options.create_policy, tenant, params, decided);
  if (tenant != nullptr) AddLook(*tenant, input.xml_body != nullptr, decided);
  std::string query;
  bbb::AppendQuery(query, decided);
  co_return query;
}

}  // namespace plenary::api
