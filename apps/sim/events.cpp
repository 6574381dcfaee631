#include "events.hpp"

#include <boost/json/object.hpp>

namespace plenary::sim {
namespace {

namespace json = boost::json;

json::object MeetingIds(const Meeting& meeting) {
  return {{"internal-meeting-id", meeting.internal_id}, {"external-meeting-id", meeting.id}};
}

json::value Mapped(std::string_view id, json::object attributes, std::int64_t now_ms) {
  return {{"data", {{"type", "event"}, {"id", id}, {"attributes", std::move(attributes)}, {"event", {{"ts", now_ms}}}}}};
}

/// `routing` and `header` hold the meeting for what happens within one, and nothing for its birth and its end.
json::value Raw(std::string_view name, json::object routing, json::object body, std::int64_t now_ms) {
  json::object header{{"name", name}};
  for (const std::string_view key : {"meetingId", "userId"}) {
    if (const json::value* const value = routing.if_contains(key)) header[key] = *value;
  }
  return {{"envelope", {{"name", name}, {"routing", std::move(routing)}, {"timestamp", now_ms}}},
          {"core", {{"header", std::move(header)}, {"body", std::move(body)}}}};
}

json::object Within(const Meeting& meeting, const User& user) {
  return {{"msgType", "BROADCAST_TO_MEETING"}, {"meetingId", meeting.internal_id}, {"userId", user.internal_id}};
}

json::object UserIds(const User& user) { return {{"internal-user-id", user.internal_id}, {"external-user-id", user.external_id}}; }

json::object MetadataOf(const Meeting& meeting) {
  json::object metadata;
  for (const auto& [key, value] : meeting.metadata) metadata[key] = value;
  return metadata;
}

std::string_view ParentOf(const Meeting& meeting) { return meeting.is_breakout ? std::string_view(meeting.parent_id) : "bbb-none"; }

}  // namespace

HookEvent MeetingCreated(const Meeting& meeting, std::int64_t now_ms) {
  const json::object metadata = MetadataOf(meeting);
  json::object mapped = MeetingIds(meeting);
  mapped["name"] = meeting.name;
  mapped["is-breakout"] = meeting.is_breakout;
  mapped["parent-id"] = ParentOf(meeting);
  mapped["duration"] = meeting.duration_min;
  mapped["create-time"] = meeting.create_time;
  mapped["create-date"] = meeting.create_date;
  mapped["moderator-pass"] = meeting.moderator_pw;
  mapped["viewer-pass"] = meeting.attendee_pw;
  mapped["record"] = meeting.record;
  mapped["voice-conf"] = meeting.voice_bridge;
  mapped["dial-number"] = meeting.dial_number;
  mapped["max-users"] = meeting.max_users;
  mapped["metadata"] = metadata;
  json::object props{
      {"meetingProp", {{"name", meeting.name}, {"extId", meeting.id}, {"intId", meeting.internal_id}, {"isBreakout", meeting.is_breakout}}},
      {"breakoutProps", {{"parentId", ParentOf(meeting)}, {"sequence", meeting.sequence}, {"freeJoin", meeting.free_join}}},
      {"durationProps", {{"duration", meeting.duration_min}, {"createdTime", meeting.create_time}, {"createdDate", meeting.create_date}}},
      {"password", {{"moderatorPass", meeting.moderator_pw}, {"viewerPass", meeting.attendee_pw}}},
      {"recordProp", {{"record", meeting.record}}},
      {"voiceProp", {{"voiceConf", meeting.voice_bridge}, {"dialNumber", meeting.dial_number}}},
      {"usersProp", {{"maxUsers", meeting.max_users}, {"guestPolicy", meeting.guest_policy}}},
      {"metadataProp", {{"metadata", metadata}}}};
  return {.meeting_id = meeting.id,
          .mapped = Mapped("meeting-created", {{"meeting", std::move(mapped)}}, now_ms),
          .raw = Raw("MeetingCreatedEvtMsg", {{"sender", "bbb-apps-akka"}}, {{"props", std::move(props)}}, now_ms)};
}

HookEvent MeetingEnded(const Meeting& meeting, std::int64_t now_ms) {
  return {.meeting_id = meeting.id,
          .mapped = Mapped("meeting-ended", {{"meeting", MeetingIds(meeting)}}, now_ms),
          .raw = Raw("MeetingDestroyedEvtMsg", {{"sender", "bbb-apps-akka"}}, {{"meetingId", meeting.internal_id}}, now_ms)};
}

HookEvent UserJoined(const Meeting& meeting, const User& user, std::int64_t now_ms) {
  json::object mapped = UserIds(user);
  mapped["name"] = user.name;
  mapped["role"] = user.role();
  mapped["presenter"] = user.presenter;
  mapped["guest"] = user.guest;
  json::object body{{"intId", user.internal_id}, {"extId", user.external_id}, {"name", user.name},
                    {"role", user.role()},       {"guest", user.guest},       {"presenter", user.presenter}};
  return {.meeting_id = meeting.id,
          .mapped = Mapped("user-joined", {{"meeting", MeetingIds(meeting)}, {"user", std::move(mapped)}}, now_ms),
          .raw = Raw("UserJoinedMeetingEvtMsg", Within(meeting, user), std::move(body), now_ms)};
}

HookEvent UserLeft(const Meeting& meeting, const User& user, std::int64_t now_ms) {
  json::object mapped = UserIds(user);
  mapped["guest"] = user.guest;
  return {.meeting_id = meeting.id,
          .mapped = Mapped("user-left", {{"meeting", MeetingIds(meeting)}, {"user", std::move(mapped)}}, now_ms),
          .raw = Raw("UserLeftMeetingEvtMsg", Within(meeting, user), {{"intId", user.internal_id}, {"eject", false}, {"reason", ""}}, now_ms)};
}

}  // namespace plenary::sim
