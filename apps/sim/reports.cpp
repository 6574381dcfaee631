#include "reports.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/hmac.hpp"

namespace plenary::sim {
namespace {

namespace json = boost::json;

constexpr std::int64_t kTokenSeconds = 86'400;

std::string Jwt(std::string_view header, const json::object& claims, DigestAlgorithm algorithm, std::string_view secret) {
  std::string token = fmt::format("{}.{}", Base64UrlOf(header), Base64UrlOf(json::serialize(claims)));
  const std::string mac = Base64UrlOf(Hmac(algorithm, secret, token));
  return fmt::format("{}.{}", token, mac);
}

json::object Attendee(const User& user) {
  return {{"ext_user_id", user.external_id},
          {"name", user.name},
          {"moderator", user.moderator},
          {"joins", json::array()},
          {"leaves", json::array()},
          {"duration", 0},
          {"engagement", {{"chats", 0}, {"talks", 0}, {"raisehand", 0}, {"emojis", 0}, {"poll_votes", 0}, {"talk_time", 0}}}};
}

}  // namespace

Outgoing AnalyticsPost(const Meeting& meeting, std::string url, std::string_view secret, std::int64_t now_ms) {
  json::object metadata;
  for (const auto& [key, value] : meeting.metadata) metadata[key] = value;
  metadata["is_breakout"] = meeting.is_breakout;
  metadata["meeting_name"] = meeting.name;
  json::array attendees;
  for (const User& user : meeting.users) {
    if (user.connected && !user.waiting) attendees.push_back(Attendee(user));
  }
  const json::object report{{"version", "1.0"},
                            {"meeting_id", meeting.id},
                            {"internal_meeting_id", meeting.internal_id},
                            {"data",
                             {{"metadata", metadata},
                              {"duration", (now_ms - meeting.create_time) / 1000},
                              {"start", JavaDate(meeting.create_time)},
                              {"finish", JavaDate(now_ms)},
                              {"attendees", attendees},
                              {"files", json::array()},
                              {"polls", json::array()}}}};
  Outgoing post;
  post.url = std::move(url);
  post.user_agent = "BigBlueButton Analytics Callback";
  post.content_type = "application/json";
  post.body = json::serialize(report);
  post.authorization = "Bearer " + Jwt(R"({"alg":"HS512"})", {{"exp", now_ms / 1000 + kTokenSeconds}}, DigestAlgorithm::kSha512, secret);
  return post;
}

Outgoing RecordingReadyPost(std::string url, std::string_view meeting_id, std::string_view record_id, std::string_view secret) {
  Outgoing post;
  post.url = std::move(url);
  post.user_agent = "Ruby";
  post.content_type = "application/x-www-form-urlencoded";
  post.body = "signed_parameters=" +
              Jwt(R"({"alg":"HS256"})", {{"meeting_id", meeting_id}, {"record_id", record_id}}, DigestAlgorithm::kSha256, secret);
  return post;
}

std::string_view RecordingReadyUrl(const Meeting& meeting) {
  for (const std::string_view key : {"bn-recording-ready-url", "bbb-recording-ready-url", "canvas-recording-ready-url"}) {
    if (const std::string_view url = meeting.Metadata(key); !url.empty()) return url;
  }
  return {};
}

}  // namespace plenary::sim
