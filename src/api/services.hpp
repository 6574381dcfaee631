// What every call of the BBB API works with: the settings that concern it and the ports it speaks to. Owned by app/; shared by all threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "bbb/calls.hpp"
#include "bbb/checksum.hpp"
#include "bbb/message_keys.hpp"
#include "bbb/params.hpp"
#include "http/message.hpp"
#include "nodes/node_calls.hpp"
#include "observe/access_log.hpp"
#include "observe/log.hpp"
#include "state/state_store.hpp"

namespace plenary::api {

struct ApiOptions {
  bbb::SignPolicy policy;
  std::string url_host;                               // URL_HOST; "" = every host
  std::string build_number;
  bool get_meetings_disabled = false;
  std::chrono::milliseconds get_meetings_max_age{0};  // 0: always ask the nodes
  std::int64_t max_meeting_duration = 0;              // minutes, 0 = none
  state::OfflineMeetings offline_meetings = state::OfflineMeetings::kKeep;
  std::uint64_t max_body_bytes = 64ull << 20;
  std::string spool_dir;                              // for XML bodies that don't fit into memory
};

struct Services {
  const ApiOptions& options;
  state::StateStore& store;
  nodes::NodeCalls& nodes;
  const Clock& clock;
  observe::Log& log;
};

/// One verified call. Views live as long as the request.
struct CallInput {
  const http::Request& request;
  bbb::Call call;
  bbb::Params& params;                        // decoded, merged
  const http::SpooledBody* xml_body = nullptr;  // non-blank XML body, or null
};

inline constexpr std::string_view kHtmlContentType = "text/html; charset=utf-8";

/// HTTP 200 with a FAILED document.
void ReplyFailed(http::Reply& reply, std::string_view key, std::string_view message);
inline void ReplyFailed(http::Reply& reply, const bbb::MessageKey& error) { ReplyFailed(reply, error.key, error.message); }

/// The node's answer: its document as it is, or for FAILED without messageKey and message (spec scalelite 1.10.4) `otherwise`.
void ReplyNodeAnswer(http::Reply& reply, nodes::NodeAnswer answer, const bbb::MessageKey& otherwise);

/// A call that brought no answer: "Response did not include returncode" for rubbish, else `otherwise`.
void ReplyNodeError(http::Reply& reply, const Error& error, const bbb::MessageKey& otherwise);

}  // namespace plenary::api
