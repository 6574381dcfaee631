// What FreeSWITCH is told to do with a caller: the documents of spec scalelite 3.5.3 and the texts in them. Pure; every text may come from
// a caller.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plenary::dialin {

/// How a caller is asked for the pin of a meeting.
struct PinPrompt {
  int min_digits = 5, max_digits = 9;      // VOICE_BRIDGE_MIN, VOICE_BRIDGE_MAX
  std::int64_t max_duration_minutes = 0;   // FSAPI_MAX_DURATION; 0 = calls may last for ever
};

/// Who calls, as FreeSWITCH knows it.
struct CallerId {
  std::string_view name;
  bool hide_name = false, hide_number = false;
};

/// What a meeting shows of a caller (3.5.2 step 5): numbers without their last four digits, "Unavailable" for who hides.
std::string ShownCaller(const CallerId& caller);

/// The caller's way to a meeting.
struct Bridge {
  std::string_view meeting_id;  // the client's
  std::string_view shown_caller;
  std::string_view pin;         // as dialled, with the digit of a breakout room
  std::string_view node_host;
};

// Each appends a whole document to `out`. `number`: what was dialled; the rule must match it and nothing else.
void AppendReject(std::string& out);
void AppendPrompt(std::string& out, std::string_view number, const PinPrompt& prompt);
void AppendReprompt(std::string& out, std::string_view number, const PinPrompt& prompt);
void AppendBridge(std::string& out, std::string_view number, const Bridge& bridge);

}  // namespace plenary::dialin
