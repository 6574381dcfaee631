// What happens on a node, in the words of its webhooks (spec bbb-api 6.5): mapped, and as the Redis message it was made from. Values only.
#pragma once

#include <cstdint>

#include "meeting.hpp"
#include "webhooks.hpp"

namespace plenary::sim {

HookEvent MeetingCreated(const Meeting& meeting, std::int64_t now_ms);
HookEvent MeetingEnded(const Meeting& meeting, std::int64_t now_ms);
HookEvent UserJoined(const Meeting& meeting, const User& user, std::int64_t now_ms);
HookEvent UserLeft(const Meeting& meeting, const User& user, std::int64_t now_ms);

}  // namespace plenary::sim
