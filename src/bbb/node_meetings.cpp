// getMeetings and getSessions: documents in which one broken element must not cost the others (spec bbb-api 3.1).
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/encoding.hpp"
#include "bbb/node_reply.hpp"
#include "bbb/status_reader.hpp"
#include "bbb/xml_scanner.hpp"

namespace plenary::bbb {

using Token = XmlScanner::Token;

namespace {

constexpr std::size_t kMeetingDepth = 3;  // response, meetings, meeting
constexpr std::size_t kNone = std::string_view::npos;
/// A document with more broken elements than this is not worth the search for the next sound one.
constexpr std::size_t kMaxBroken = 100;

enum class Field {
  kNone, kName, kMeetingId, kInternalId, kCreateTime, kVoiceBridge, kAttendeePw, kModeratorPw, kRunning, kHasUserJoined, kParticipants,
  kModerators, kVideos, kIsBreakout, kParentMeetingId, kUserId, kTenantId, kPlenaryMeetingId,
};

struct NamedField {
  std::string_view name;
  Field field;
};

constexpr std::array<NamedField, 14> kMeetingFields{{
    {"meetingName", Field::kName},
    {"meetingID", Field::kMeetingId},
    {"internalMeetingID", Field::kInternalId},
    {"createTime", Field::kCreateTime},
    {"voiceBridge", Field::kVoiceBridge},
    {"attendeePW", Field::kAttendeePw},
    {"moderatorPW", Field::kModeratorPw},
    {"running", Field::kRunning},
    {"hasUserJoined", Field::kHasUserJoined},
    {"participantCount", Field::kParticipants},
    {"moderatorCount", Field::kModerators},
    {"videoCount", Field::kVideos},
    {"isBreakout", Field::kIsBreakout},
    {"parentMeetingID", Field::kParentMeetingId},
}};

/// What the element that was just opened holds, by its place: below the meeting, in its <breakout> wrapper or its metadata, or in an attendee.
Field FieldOf(const XmlScanner& scanner) {
  const auto open = scanner.open_elements();
  const std::string_view name = scanner.name();
  if (open.size() == kMeetingDepth + 3) {
    return name == "userID" && open[kMeetingDepth] == "attendees" && open[kMeetingDepth + 1] == "attendee" ? Field::kUserId : Field::kNone;
  }
  if (open.size() == kMeetingDepth + 2 && open[kMeetingDepth] == "metadata") {
    if (name == "tenant-id") return Field::kTenantId;
    return name == "plenary-meeting-id" ? Field::kPlenaryMeetingId : Field::kNone;
  }
  const bool wrapped = open.size() == kMeetingDepth + 2 && open[kMeetingDepth] == "breakout";
  if (open.size() != kMeetingDepth + 1 && !wrapped) return Field::kNone;
  for (const NamedField& known : kMeetingFields) {
    if (known.name != name) continue;
    return wrapped && known.field != Field::kIsBreakout && known.field != Field::kParentMeetingId ? Field::kNone : known.field;
  }
  return Field::kNone;
}

class MeetingReader {
 public:
  void Take(const XmlScanner& scanner, Token token) {
    if (token == Token::kStart) {
      field_ = FieldOf(scanner);
      value_ = {};
      joined_.clear();
    } else if (field_ != Field::kNone) {
      if (token == Token::kText) {
        AddText(scanner);
      } else {
        Store();
        field_ = Field::kNone;
      }
    }
  }

  NodeMeeting& meeting() { return meeting_; }

 private:
  void AddText(const XmlScanner& scanner) {
    if (value_.empty() && scanner.literal()) {  // the ordinary case: nothing is copied
      value_ = scanner.raw_text();
      return;
    }
    if (joined_.empty()) joined_ = value_;
    scanner.AppendText(joined_);
    value_ = joined_;
  }

  void Store() {
    const auto bit = 1u << static_cast<unsigned>(field_);
    if (field_ != Field::kUserId && (std::exchange(seen_, seen_ | bit) & bit) != 0) return;  // the first one counts
    switch (field_) {
      case Field::kName: meeting_.name = value_; break;
      case Field::kMeetingId: meeting_.meeting_id = value_; break;
      case Field::kInternalId: meeting_.internal_id = value_; break;
      case Field::kCreateTime: meeting_.create_time_ms = std::max<std::int64_t>(LenientInt(value_), 0); break;
      case Field::kVoiceBridge: meeting_.voice_bridge = value_; break;
      case Field::kAttendeePw: meeting_.attendee_pw = value_; break;
      case Field::kModeratorPw: meeting_.moderator_pw = value_; break;
      case Field::kRunning: meeting_.running = Flag(); break;
      case Field::kHasUserJoined: meeting_.has_user_joined = Flag(); break;
      case Field::kParticipants: meeting_.participants = Count(); break;
      case Field::kModerators: meeting_.moderators = Count(); break;
      case Field::kVideos: meeting_.videos = Count(); break;
      case Field::kIsBreakout: meeting_.breakout = Flag(); break;
      case Field::kParentMeetingId: meeting_.parent_meeting_id = value_; break;
      case Field::kTenantId: meeting_.tenant_id = value_; break;
      case Field::kPlenaryMeetingId: meeting_.plenary_meeting_id = value_; break;
      case Field::kUserId:
        meeting_.attendee_ids.push_back(Fnv1a(value_));
        if (value_.empty() || value_.starts_with("w_")) ++meeting_.anonymous_attendees;
        break;
      case Field::kNone: break;
    }
  }

  static constexpr std::int64_t kMostPeople = 1'000'000;  // sums of it can't overflow
  std::int64_t Count() const { return std::clamp<std::int64_t>(LenientInt(value_), 0, kMostPeople); }
  bool Flag() const { return EqualsIgnoreCase(TrimBlanks(value_), "true"); }

  NodeMeeting meeting_;
  Field field_ = Field::kNone;
  std::string_view value_;  // of the document or of joined_
  std::string joined_;
  unsigned seen_ = 0;
};

/// The meetingID of a session.
class SessionReader {
 public:
  void Take(const XmlScanner& scanner, Token token) {
    const bool below_session = scanner.depth() == kMeetingDepth + 1;
    if (token == Token::kStart) in_id_ = below_session && scanner.name() == "meetingID";
    if (token == Token::kText && in_id_) scanner.AppendText(internal_meeting_id_);
    if (token == Token::kEnd) in_id_ = false;
  }
  std::string& internal_meeting_id() { return internal_meeting_id_; }

 private:
  bool in_id_ = false;
  std::string internal_meeting_id_;
};

/// A tag at the beginning of `text` ("<meeting" or "</meeting"), up to and with its '>'; 0 when it is another one.
std::size_t TagLength(std::string_view text, std::string_view tag) {
  if (!text.starts_with(tag)) return 0;
  const std::size_t close = text.find_first_not_of(" \t\r\n", tag.size());
  return close != kNone && text[close] == '>' ? close + 1 : 0;
}

/// Where to go on behind a broken piece of the list: at a <meeting>, behind the end of the broken one, or at the end of the list.
/// Understands comments and CDATA, but takes nothing else for granted. A metadata key called "meeting" is told from a meeting by its
/// content, which is text.
std::optional<std::size_t> FindResume(std::string_view document, std::size_t from, std::string_view list_end) {
  const auto skip = [document](std::size_t at, std::string_view end) {
    const std::size_t found = document.find(end, at);
    return found == kNone ? at : found + end.size();
  };
  std::size_t nested = 0;
  for (std::size_t at = document.find('<', from); at != kNone; at = document.find('<', at)) {
    const std::string_view rest = document.substr(at);
    if (rest.starts_with("<!--")) {
      at = skip(at + 4, "-->");
    } else if (rest.starts_with("<![CDATA[")) {
      at = skip(at + 9, "]]>");
    } else if (TagLength(rest, list_end) != 0) {
      return at;
    } else if (const std::size_t end_length = TagLength(rest, "</meeting"); end_length != 0) {
      at += end_length;
      if (nested == 0 || --nested == 0) return at;
    } else if (const std::size_t start_length = TagLength(rest, "<meeting"); start_length != 0) {
      const std::size_t content = rest.find_first_not_of(" \t\r\n", start_length);
      const bool has_children = content != kNone && rest[content] == '<' && !rest.substr(content).starts_with("</");
      if (has_children && at != from) return at;
      ++nested;
      at += start_length;
    } else {
      ++at;
    }
  }
  return std::nullopt;
}

/// Drives a scanner over /response/<list>/meeting. For each sound meeting `on_meeting(reader, raw)` is called with a Reader that has seen
/// all of its tokens, and says whether it is of use. Returns how many were not, a missing end of the document included.
template <class Reader, class OnMeeting>
std::size_t WalkMeetings(std::string_view body, std::string_view list, ReplyStatus& outcome, const OnMeeting& on_meeting) {
  const std::string_view document = StripLeading(body);
  const std::string list_end = "</" + std::string(list);
  XmlScanner scanner(document);
  StatusReader status;
  std::size_t broken = 0;
  bool more = true;
  const auto resume = [&](std::size_t from) {
    const auto open = scanner.open_elements();
    const bool in_list = open.size() >= 2 && open[0] == "response" && open[1] == list;
    if (!open.empty()) ++broken;  // what follows a complete document is no concern of ours
    const auto at = in_list && broken < kMaxBroken ? FindResume(document, from, list_end) : std::nullopt;
    if (at) scanner.Resume(*at, 2);
    more = at.has_value();
  };

  while (more) {
    Token token = scanner.Next();
    if (token == Token::kFinished) break;
    if (token == Token::kBroken) {
      resume(scanner.position());
      continue;
    }
    const auto open = scanner.open_elements();
    if (token != Token::kStart || open.size() != kMeetingDepth || open[2] != "meeting" || open[1] != list || open[0] != "response") {
      status.Take(scanner, token);
      continue;
    }
    const std::size_t begin = scanner.token_begin();
    Reader reader;
    while (token != Token::kBroken && scanner.depth() >= kMeetingDepth) {
      token = scanner.Next();
      reader.Take(scanner, token);
    }
    if (token == Token::kBroken) {
      resume(begin);
    } else if (!on_meeting(reader, document.substr(begin, scanner.position() - begin))) {
      ++broken;
    }
  }
  outcome = status.Finish();
  return broken;
}

}  // namespace

MeetingList ParseMeetings(std::string_view body) {
  MeetingList list;
  list.broken = WalkMeetings<MeetingReader>(body, "meetings", list.status, [&list](MeetingReader& reader, std::string_view raw) {
    if (reader.meeting().meeting_id.empty()) return false;
    reader.meeting().raw = raw;
    list.meetings.push_back(std::move(reader.meeting()));
    return true;
  });
  return list;
}

SessionList ParseSessions(std::string_view body) {
  SessionList list;
  WalkMeetings<SessionReader>(body, "sessions", list.status, [&list](SessionReader& reader, std::string_view raw) {
    list.sessions.push_back({std::move(reader.internal_meeting_id()), raw});
    return true;
  });
  return list;
}

}  // namespace plenary::bbb
