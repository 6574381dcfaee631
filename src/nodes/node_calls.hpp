// Calls to a node by name: encode, sign, send, read. The one place that knows how a BBB node is addressed; used by the API, the poller and
// the operator's commands. Stateless but for the client; may be called on any thread of the runtime.
#pragma once

#include <chrono>
#include <string>

#include "bbb/node_reply.hpp"
#include "http/node_client.hpp"
#include "state/state_store.hpp"

namespace plenary::nodes {

struct CallTimeouts {
  std::chrono::milliseconds connect{5'000};    // CONNECT_TIMEOUT
  std::chrono::milliseconds response{10'000};  // RESPONSE_TIMEOUT
  /// For a node that is offline (spec scalelite 1.10.3): a tenth, within [0.2 s, response] and [0.5 s, response].
  CallTimeouts Shortened() const;
};

/// A reply and what it says. `reply.body` is a well-formed document: a broken one was repaired (then `repaired`).
struct NodeAnswer {
  http::NodeReply reply;
  bbb::ParsedReply parsed;
  bool repaired = false;
};

class NodeCalls {
 public:
  NodeCalls(http::NodeClient& client, CallTimeouts timeouts) : client_(client), timeouts_(timeouts) {}

  const CallTimeouts& timeouts() const { return timeouts_; }

  /// `query`: encoded parameters without checksum ("" = none). `body` null: GET, else POST with `content_type`. Errors as
  /// http::NodeClient::Call; kNoReply also for a reply that has no returncode ("Response did not include returncode" in detail).
  Task<Result<NodeAnswer>> Call(state::NodePtr node, std::string call, std::string query, http::Effect effect, CallTimeouts timeouts,
                                const http::SpooledBody* body);
  /// The same without reading the reply (lists are parsed by their readers).
  Task<Result<http::NodeReply>> CallRaw(state::NodePtr node, std::string call, std::string query, http::Effect effect, CallTimeouts timeouts,
                                        const http::SpooledBody* body);

  /// `meeting_id` here and below: as the node knows it (pool::Meeting::node_meeting_id).
  Task<Result<NodeAnswer>> GetMeetingInfo(state::NodePtr node, std::string meeting_id, CallTimeouts timeouts);
  Task<Result<NodeAnswer>> End(state::NodePtr node, std::string meeting_id, std::string password, CallTimeouts timeouts);

 private:
  http::NodeClient& client_;
  CallTimeouts timeouts_;
};

inline constexpr const char* kNoReturncodeDetail = "Response did not include returncode";

}  // namespace plenary::nodes
