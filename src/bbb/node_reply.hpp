// Reads what nodes answer (spec bbb-api 2, 3, 5): by element name, tolerant of every known quirk, never trusting. What is
// passed on is well-formed in the eyes of a strict parser.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plenary::bbb {

/// Outcome of any call, without its payload.
struct ReplyStatus {
  bool has_returncode = false;   // /response/returncode exists
  bool success = false;          // … and is exactly SUCCESS
  bool has_key_and_message = false;
  std::string message_key, message;
};

/// The common part of a reply and the few values that Plenary itself needs. Broken documents are read as far as they go; a text
/// that was cut off is no value.
struct ParsedReply {
  ReplyStatus status;
  std::string meeting_id, internal_meeting_id, attendee_pw, moderator_pw, voice_bridge, running, version, bbb_version, meeting_name;
  std::int64_t create_time_ms = 0;
  std::int64_t participant_count = 0;
  bool well_formed = true;       // false: RepairXml before passing it on
};
ParsedReply ParseReply(std::string_view body);

/// The longest prefix that ends in a complete tag or text, with the open elements closed: what libxml2's recovery yields (spec scalelite 1.10.4).
std::string RepairXml(std::string_view body);

struct Attendee {
  std::string user_id;
};

/// One <meeting> of getMeetings.
struct NodeMeeting {
  std::string meeting_id, internal_id, name, voice_bridge, attendee_pw, moderator_pw, parent_meeting_id;
  std::string tenant_id, plenary_meeting_id;  // of the metadata: "tenant-id", "plenary-meeting-id" (what create put there)
  std::int64_t create_time_ms = 0;   // 0 when missing
  std::int64_t participants = 0, moderators = 0, videos = 0;  // thousands separators dropped, negative or garbage = 0
  bool running = false, breakout = false, has_user_joined = false;
  std::vector<std::uint64_t> attendee_ids;  // Fnv1a of each userID, in document order
  std::size_t anonymous_attendees = 0;      // those whose userID starts with "w_" (no userID was given on join)
  std::string_view raw;              // its bytes, "<meeting>…</meeting>", well-formed; a view into the body
};

struct MeetingList {
  ReplyStatus status;
  std::vector<NodeMeeting> meetings;
  std::size_t broken = 0;            // <meeting> elements that were left out (not well-formed, or without meetingID); a list that was
                                     // cut off counts, too. While it isn't 0, a meeting's absence from the list says nothing
};
/// A broken meeting is left out and counted; the others survive. `body` must outlive the result. One pass over each meeting.
MeetingList ParseMeetings(std::string_view body);

/// A <meeting>…</meeting> element of getSessions: one session of one person.
struct Session {
  std::string internal_meeting_id;
  std::string_view raw;
};
/// The same tolerance.
struct SessionList {
  ReplyStatus status;
  std::vector<Session> sessions;
};
SessionList ParseSessions(std::string_view body);

/// Integer with ',', '.', blanks, U+00A0 or U+202F inside (bbb-api 3.3); 0 for garbage.
std::int64_t LenientInt(std::string_view text);

}  // namespace plenary::bbb
