// One meeting of a simulated node and the people in it; and how they look in XML (spec bbb-api 3). Values only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plenary::sim {

struct User {
  std::string internal_id;
  std::string external_id;
  std::string name;
  std::string auth_token;
  std::string session_token;
  bool moderator = false;
  bool presenter = false;
  bool guest = false;
  bool listening = false;
  bool voice = false;
  int cameras = 0;
  bool left = false;      // still listed until it is purged, counted no more
  bool waiting = false;   // guest who waits for approval: has a session, is in no list
  bool connected = true;  // false: joined over the API, the browser did not come yet
  std::string_view role() const { return moderator ? "MODERATOR" : "VIEWER"; }
};

struct Meeting {
  std::string name;
  std::string id;
  std::string internal_id;
  std::int64_t create_time = 0;
  std::string create_date;
  std::string voice_bridge;
  std::string dial_number;
  std::string attendee_pw;
  std::string moderator_pw;
  std::string logout_url;
  std::string guest_policy = "ALWAYS_ACCEPT";
  std::string meeting_ended_url;
  std::int64_t duration_min = 0;
  std::int64_t max_users = 0;
  std::int64_t expire_not_joined_min = 5;
  std::int64_t expire_last_left_min = 1;
  std::int64_t expire_no_moderator_min = 1;
  bool end_when_no_moderator = false;
  bool record = false;
  bool recording_marks = false;
  bool keep_events = false;  // what analytics are made from; a recording keeps them, too
  bool has_user_joined = false;
  bool ending = false;
  std::int64_t start_time = 0;
  std::int64_t end_time = 0;
  std::uint64_t emptied = 0;  // how often the last user left: an expiry belongs to one of those
  std::uint64_t moderators_gone = 0;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::map<std::string, std::vector<std::pair<std::string, std::string>>, std::less<>> userdata;  // by external user ID
  std::vector<User> users;
  std::vector<std::string> documents;
  std::vector<std::string> chat;
  bool is_breakout = false;
  std::string parent_id;  // the parent's internal ID
  std::int64_t sequence = 0;
  bool free_join = false;
  std::vector<std::string> breakouts;  // external IDs

  std::string_view Metadata(std::string_view key) const;
  /// Null for an unknown internal ID.
  User* FindUser(std::string_view internal_id);
  /// In the user map: connected, or left a moment ago.
  bool running() const;
};

/// What somebody counts who looks at a meeting.
struct Counts {
  std::int64_t participants = 0;
  std::int64_t listeners = 0;
  std::int64_t voices = 0;
  std::int64_t cameras = 0;
  std::int64_t moderators = 0;
};
Counts CountUsers(const Meeting& meeting);

/// How a version, or a fault, wants it written.
struct MeetingStyle {
  bool thousands = false;
  bool empty_customdata = true;
  bool invalid_customdata = false;
  bool omit_empty_passwords = true;
};

/// Appends the children of the meeting element.
void AppendMeeting(std::string& out, const Meeting& meeting, const MeetingStyle& style);

/// Java's Date.toString() in UTC.
std::string JavaDate(std::int64_t ms);

}  // namespace plenary::sim
