// Whose meeting it was: events still come when a meeting is over and the live state has forgotten it. Keyed by node and internal meeting ID, which
// are never used again, unlike meetingIDs; the least recently used ones are dropped. Any thread.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/encoding.hpp"
#include "pool/meeting.hpp"

namespace plenary::callbacks {

struct MeetingOwner {
  std::string tenant_id;        // "" = none
  std::string meeting_id;       // the client's
  std::string node_meeting_id;  // as its node knows it
};

inline MeetingOwner OwnerOf(const pool::Meeting& meeting) { return {meeting.tenant_id, meeting.meeting_id, meeting.node_meeting_id()}; }

class SeenMeetings {
 public:
  explicit SeenMeetings(std::size_t limit) : limit_(limit) {}

  void Learn(std::string_view node_id, std::string_view internal_id, MeetingOwner owner);
  std::optional<MeetingOwner> Find(std::string_view node_id, std::string_view internal_id);

 private:
  using Entry = std::pair<std::string, MeetingOwner>;  // by "<node>\n<internal ID>"

  const std::size_t limit_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // the last used one is in front
  std::unordered_map<std::string_view, std::list<Entry>::iterator, StringHash, std::equal_to<>> by_key_;
};

}  // namespace plenary::callbacks
