#include "meeting.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "xml.hpp"

namespace plenary::sim {

std::string_view Meeting::Metadata(std::string_view key) const {
  const auto found = std::find_if(metadata.begin(), metadata.end(), [key](const auto& pair) { return pair.first == key; });
  return found == metadata.end() ? std::string_view() : std::string_view(found->second);
}

User* Meeting::FindUser(std::string_view internal_id) {
  const auto found = std::find_if(users.begin(), users.end(), [internal_id](const User& u) { return u.internal_id == internal_id; });
  return found == users.end() ? nullptr : &*found;
}

bool Meeting::running() const {
  return std::any_of(users.begin(), users.end(), [](const User& user) { return !user.waiting && user.connected; });
}

Counts CountUsers(const Meeting& meeting) {
  Counts counts;
  for (const User& user : meeting.users) {
    if (user.left || user.waiting || !user.connected) continue;
    ++counts.participants;
    counts.listeners += user.listening ? 1 : 0;
    counts.voices += user.voice ? 1 : 0;
    counts.cameras += user.cameras;
    counts.moderators += user.moderator ? 1 : 0;
  }
  return counts;
}

namespace {

void AppendCount(std::string& out, std::string_view name, std::int64_t number, const MeetingStyle& style) {
  if (style.thousands && number >= 1000) {
    AppendElement(out, name, WithThousands(number));
  } else {
    AppendElement(out, name, number);
  }
}

void AppendUser(std::string& out, const Meeting& meeting, const User& user, const MeetingStyle& style) {
  out += "<attendee>\n";
  AppendElement(out, "userID", user.external_id);
  AppendElement(out, "fullName", user.name);
  AppendElement(out, "role", user.role());
  AppendFlag(out, "isPresenter", user.presenter);
  AppendFlag(out, "isListeningOnly", user.listening);
  AppendFlag(out, "hasJoinedVoice", user.voice);
  AppendFlag(out, "hasVideo", user.cameras > 0);
  out += "<clientType>HTML5</clientType>\n";
  const auto data = meeting.userdata.find(user.external_id);
  const bool has_data = data != meeting.userdata.end();
  if (has_data || style.invalid_customdata || style.empty_customdata) {
    out += "<customdata>\n";
    if (style.invalid_customdata) out += "<1 bad&name>true</1 bad&name>\n";
    if (has_data) {
      // Names go out unescaped, as bbb-web does it: a strange userdata- key breaks the document.
      for (const auto& [key, value] : data->second) AppendElement(out, key, value);
    }
    out += "</customdata>\n";
  }
  out += "</attendee>\n";
}

}  // namespace

void AppendMeeting(std::string& out, const Meeting& meeting, const MeetingStyle& style) {
  const Counts counts = CountUsers(meeting);
  AppendElement(out, "meetingName", meeting.name);
  AppendElement(out, "meetingID", meeting.id);
  AppendElement(out, "internalMeetingID", meeting.internal_id);
  AppendElement(out, "createTime", meeting.create_time);
  AppendElement(out, "createDate", meeting.create_date);
  AppendElement(out, "voiceBridge", meeting.voice_bridge);
  AppendElement(out, "dialNumber", meeting.dial_number);
  if (!meeting.attendee_pw.empty() || !style.omit_empty_passwords) AppendElement(out, "attendeePW", meeting.attendee_pw);
  if (!meeting.moderator_pw.empty() || !style.omit_empty_passwords) AppendElement(out, "moderatorPW", meeting.moderator_pw);
  AppendFlag(out, "running", meeting.running());
  AppendElement(out, "duration", meeting.duration_min);
  AppendFlag(out, "hasUserJoined", meeting.has_user_joined);
  AppendFlag(out, "recording", meeting.record);
  AppendFlag(out, "hasBeenForciblyEnded", false);
  AppendElement(out, "startTime", meeting.start_time);
  AppendElement(out, "endTime", meeting.end_time);
  AppendCount(out, "participantCount", counts.participants, style);
  AppendCount(out, "listenerCount", counts.listeners, style);
  AppendCount(out, "voiceParticipantCount", counts.voices, style);
  AppendCount(out, "videoCount", counts.cameras, style);
  AppendCount(out, "maxUsers", meeting.max_users, style);
  AppendCount(out, "moderatorCount", counts.moderators, style);
  out += "<attendees>\n";
  for (const User& user : meeting.users) {
    if (!user.waiting && user.connected) AppendUser(out, meeting, user, style);
  }
  out += "</attendees>\n<metadata>\n";
  for (const auto& [key, value] : meeting.metadata) AppendElement(out, key, value);
  out += "</metadata>\n";
  AppendFlag(out, "isBreakout", meeting.is_breakout);
  if (meeting.is_breakout) {
    AppendElement(out, "parentMeetingID", meeting.parent_id);
    AppendCount(out, "sequence", meeting.sequence, style);
    AppendFlag(out, "freeJoin", meeting.free_join);
  }
  if (!meeting.breakouts.empty()) {
    out += "<breakoutRooms>\n";
    for (const std::string& id : meeting.breakouts) AppendElement(out, "breakout", id);
    out += "</breakoutRooms>\n";
  }
}

std::string JavaDate(std::int64_t ms) {
  const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%a %b %d %H:%M:%S UTC %Y", &utc);
  return {text.data(), length};
}

}  // namespace plenary::sim
