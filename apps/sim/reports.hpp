// What a node's scripts post after a meeting, signed as JWT with the shared secret: the analytics report (spec bbb-api 6.4) and the announcement
// of a recording (6.3). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "meeting.hpp"
#include "wire.hpp"

namespace plenary::sim {

/// A post of the learning analytics of a meeting that ends now. Nobody who left more than a minute ago is in it.
Outgoing AnalyticsPost(const Meeting& meeting, std::string url, std::string_view secret, std::int64_t now_ms);

Outgoing RecordingReadyPost(std::string url, std::string_view meeting_id, std::string_view record_id, std::string_view secret);

/// Where the announcement goes: Moodle's name for it, BBB's, Canvas's; "" = nowhere.
std::string_view RecordingReadyUrl(const Meeting& meeting);

}  // namespace plenary::sim
