// What every call of the BBB API works with: the settings that concern it and the ports it speaks to. Owned by app/; shared by all threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "api/lrs.hpp"
#include "api/param_policy.hpp"
#include "base/clock.hpp"
#include "bbb/calls.hpp"
#include "bbb/checksum.hpp"
#include "bbb/message_keys.hpp"
#include "bbb/params.hpp"
#include "http/client_side.hpp"
#include "http/message.hpp"
#include "http/public_url.hpp"
#include "nodes/node_calls.hpp"
#include "observe/log.hpp"
#include "records/callback_urls.hpp"
#include "records/hook_store.hpp"
#include "state/state_store.hpp"
#include "state/tenant_locator.hpp"

namespace plenary::api {

struct ApiOptions {
  bbb::SignPolicy policy;                             // without tenants
  std::string build_number;
  bool get_meetings_disabled = false;
  std::chrono::milliseconds get_meetings_max_age{0};  // 0: always ask the nodes
  std::int64_t max_meeting_duration = 0;              // minutes, 0 = none
  state::OfflineMeetings offline_meetings = state::OfflineMeetings::kKeep;
  std::uint64_t max_body_bytes = 64ull << 20;
  std::string spool_dir;                              // for XML bodies that don't fit into memory
  ParamPolicy create_policy, join_policy;
  bool end_signals = true;                            // ask nodes to tell us when a meeting is over (POLL_ON_CHANGE)
  bool recording_ready_here = false;                  // nodes announce recordings to us (RECORDINGS_SOURCE nodes, both)
  std::string end_signal_key;
};

struct Services {
  const ApiOptions& options;
  state::StateStore& store;
  nodes::NodeCalls& nodes;
  const state::TenantLocator& tenants;
  const IpNetworks& trusted_proxies;
  http::PublicUrl& public_url;
  records::CallbackUrlStore& callback_urls;
  records::HookStore& hooks;
  LrsPayloads& lrs;
  const Clock& clock;
  observe::Log& log;
};

/// One verified call. Views live as long as the request.
struct CallInput {
  const http::Request& request;
  bbb::Call call;
  bbb::Params& params;                        // decoded, merged
  const state::TenantRoute& route;            // whose call it is
  const http::SpooledBody* xml_body = nullptr;  // non-blank XML body, or null

  /// Null without multitenancy.
  const pool::Tenant* tenant() const { return route.tenant ? &route.tenant->tenant : nullptr; }
  std::string_view tenant_id() const { return route.tenant ? std::string_view(route.tenant->tenant.id) : std::string_view(); }
};

inline constexpr std::string_view kHtmlContentType = "text/html; charset=utf-8";

/// HTTP 200 with a FAILED document.
void ReplyFailed(http::Reply& reply, std::string_view key, std::string_view message);
inline void ReplyFailed(http::Reply& reply, const bbb::MessageKey& error) { ReplyFailed(reply, error.key, error.message); }

/// The node's answer: its document as it is, or for FAILED without messageKey and message (spec scalelite 1.10.4) `otherwise`.
void ReplyNodeAnswer(http::Reply& reply, nodes::NodeAnswer answer, const bbb::MessageKey& otherwise);

/// The same about one meeting: under the caller's own meetingID.
void ReplyMeetingAnswer(http::Reply& reply, nodes::NodeAnswer answer, const bbb::MessageKey& otherwise, const pool::Meeting& meeting);

/// A call that brought no answer: "Response did not include returncode" for rubbish, else `otherwise`.
void ReplyNodeError(http::Reply& reply, const Error& error, const bbb::MessageKey& otherwise);

}  // namespace plenary::api
