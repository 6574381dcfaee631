// Writes the documents that Plenary makes itself (spec scalelite 1.9.1): declaration without encoding, two-space indentation,
// non-ASCII characters as numeric references. Appends to a caller's string; no other allocation.
#pragma once

#include <string>
#include <string_view>

#include "bbb/message_keys.hpp"

namespace plenary::bbb {

inline constexpr std::string_view kXmlContentType = "application/xml; charset=utf-8";

/// Escapes & < > and characters illegal in XML (as U+FFFD); non-ASCII as &#xHH; references.
void AppendXmlText(std::string& out, std::string_view text);
/// The same but UTF-8 stays as it is.
void AppendXmlTextUtf8(std::string& out, std::string_view text);

void AppendFailed(std::string& out, std::string_view key, std::string_view message);
inline void AppendFailed(std::string& out, const MessageKey& error) { AppendFailed(out, error.key, error.message); }
void AppendVersion(std::string& out, std::string_view build_number);
void AppendRunning(std::string& out, bool running);
/// SUCCESS with messageKey and message (e.g. sentEndMeetingRequest).
void AppendSuccess(std::string& out, const MessageKey& message);
void AppendNoMeetings(std::string& out);
void AppendNoSessions(std::string& out);
/// getRecordings without a match: no declaration (spec scalelite 1.11.10).
void AppendNoRecordings(std::string& out);

/// Frame of getMeetings / getSessions: begin, any number of raw elements (each a line of its own, indented by four blanks), end. The
/// elements are copied as they are (UTF-8), so the declaration names the encoding.
void BeginMeetings(std::string& out);
void EndMeetings(std::string& out);
void BeginSessions(std::string& out);
void EndSessions(std::string& out);

/// What a create told us, for a meeting whose node has never listed it.
struct KnownMeeting {
  std::string_view meeting_id, name, internal_id, voice_bridge, attendee_pw, moderator_pw;
  long long create_time_ms = 0;
};
/// A whole line of the frame above: "    <meeting>…</meeting>\n".
void AppendKnownMeeting(std::string& out, const KnownMeeting& meeting);

}  // namespace plenary::bbb
