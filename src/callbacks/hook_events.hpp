// The events that nodes post to hooks (spec bbb-api 6.5): what of them decides who hears of it, in both forms, mapped and raw. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.hpp"

namespace plenary::callbacks {

/// The events of one post; older webhooks send several. kInvalidArgument when the body is no such form.
Result<std::vector<boost::json::value>> ReadHookPost(std::string_view body);

/// "" for what an event does not tell.
struct HookEventInfo {
  std::string id;                  // "user-joined"; of a raw message its name; lower case
  std::string internal_id;         // of the meeting
  std::string external_id;         // as its node knows it
  std::string parent_internal_id;  // of a breakout's first event
  bool of_recording = false;       // may come days after the meeting
  std::string tenant_id;           // from the metadata of the recording
  std::string client_meeting_id;   // likewise, when its node knew the meeting under another
};
HookEventInfo ReadHookEvent(const boost::json::value& event);

/// Every text in `event` that is exactly `from` becomes `to`.
void ReplaceText(boost::json::value& event, std::string_view from, std::string_view to);

}  // namespace plenary::callbacks
