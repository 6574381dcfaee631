// The calls, one file each. The `…Now` functions answer from memory and never wait; they return false when a node has to be asked.
// The coroutines get everything by reference to the request's own coroutine, which outlives them.
#pragma once

#include "api/services.hpp"

namespace plenary::api {

/// version.cpp
void Version(const Services& services, http::Reply& reply);

/// join.cpp (spec scalelite 1.11.6): a signed redirect to the node, from memory only.
void Join(const Services& services, const CallInput& input, http::Reply& reply);

/// join_error.cpp (design: what a browser shows). `params` null or `signed_request` false: never redirects.
void JoinFailed(const http::Request& request, const bbb::Params* params, bool signed_request, const bbb::MessageKey& error, http::Reply& reply);

/// create.cpp (spec scalelite 1.11.5)
Task<void> Create(const Services& services, CallInput& input, http::Reply& reply);

/// end.cpp (spec scalelite 1.11.7; asks first, forgets after)
Task<void> End(const Services& services, CallInput& input, http::Reply& reply);

/// relay.cpp: getMeetingInfo, isMeetingRunning, insertDocument, sendChatMessage go to the meeting's node.
Task<void> Relay(const Services& services, CallInput& input, http::Reply& reply);

/// hooks.cpp: hooks/create, hooks/list, hooks/destroy (bbb-api 2.9).
Task<void> Hooks(const Services& services, CallInput& input, http::Reply& reply);

/// get_meetings.cpp, get_sessions.cpp: all nodes at once.
Task<void> GetMeetings(const Services& services, CallInput& input, http::Reply& reply);
Task<void> GetSessions(const Services& services, CallInput& input, http::Reply& reply);

}  // namespace plenary::api
