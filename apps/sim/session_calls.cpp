// What a browser asks its node with a session token (spec bbb-api 2.5).
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "calls.hpp"

namespace plenary::sim {
namespace {

struct Session {
  Meeting* meeting = nullptr;
  const User* user = nullptr;
};

Session FindSession(Node& node, std::string_view token) {
  const SessionPlace* const place = node.FindSession(token);
  Meeting* const meeting = place == nullptr ? nullptr : node.FindByInternalId(place->meeting);
  const User* const user = meeting == nullptr ? nullptr : meeting->FindUser(place->user);
  return user == nullptr ? Session{} : Session{meeting, user};
}

void AnswerJson(WireReply& reply, boost::json::object object) {
  reply.content_type = kJsonType;
  reply.body = boost::json::serialize(object);
}

boost::json::object FailedSession(std::string_view token) {
  return {{"response", boost::json::object{{"returncode", "FAILED"},
                                           {"messageKey", token.empty() ? "missingToken" : "missingSession"},
                                           {"message", token.empty() ? "You must provide a session token" : "Invalid session token"},
                                           {"sessionToken", token}}}};
}

boost::json::object Enter(const Session& session) {
  const auto& [meeting, user] = session;
  return {{"response", boost::json::object{{"returncode", "SUCCESS"},
                                           {"fullname", user->name},
                                           {"confname", meeting->name},
                                           {"meetingID", meeting->internal_id},
                                           {"externMeetingID", meeting->id},
                                           {"externUserID", user->external_id},
                                           {"internalUserID", user->internal_id},
                                           {"authToken", user->auth_token},
                                           {"role", user->role()},
                                           {"guest", user->guest},
                                           {"guestStatus", user->waiting ? "WAIT" : "ALLOW"},
                                           {"voicebridge", meeting->voice_bridge},
                                           {"dialnumber", meeting->dial_number},
                                           {"mode", "LIVE"},
                                           {"record", meeting->record ? "true" : "false"},
                                           {"isBreakout", meeting->is_breakout}}}};
}

boost::json::object JoinUrl(const Node& node, const Session& session) {
  const auto& [meeting, user] = session;
  std::string query = "&meetingID=";
  AppendFormEncoded(query, meeting->id);
  query += "&fullName=";
  AppendFormEncoded(query, user->name);
  query += std::string("&role=") + std::string(user->role()) + "&userID=";
  AppendFormEncoded(query, user->external_id);
  query += "&existingUserID=" + user->internal_id;
  const HexDigest checksum = Digest(DigestAlgorithm::kSha1, {"join", query, node.secret()});
  const std::string url = node.base_url() + "/bigbluebutton/api/join?" + query + "&checksum=" + std::string(checksum.view());
  return {{"response", boost::json::object{{"returncode", "SUCCESS"}, {"message", "Join URL provided successfully."}, {"url", url}}}};
}

}  // namespace

void SessionCall(Node& node, const CallInput& input, WireReply& reply) {
  const std::string_view token = input.Get("sessionToken");
  const Session session = FindSession(node, token);
  if (input.name == "signOut") {
    if (session.user != nullptr) node.Leave(*session.meeting, std::string(session.user->internal_id));
    reply.body = "<response>\n<returncode>SUCCESS</returncode>\n</response>";
    return;
  }
  if (session.user == nullptr) return AnswerJson(reply, FailedSession(token));
  if (input.name == "enter") return AnswerJson(reply, Enter(session));
  if (input.name == "getJoinUrl") return AnswerJson(reply, JoinUrl(node, session));
  AnswerJson(reply,
             {{"stunServers", boost::json::array()}, {"turnServers", boost::json::array()}, {"remoteIceCandidates", boost::json::array()}});
}

}  // namespace plenary::sim
