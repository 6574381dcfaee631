// join and its many error routes (spec bbb-api 2.4, 4.4, 4.5).
#include <algorithm>
#include <optional>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"
#include "calls.hpp"
#include "xml.hpp"

namespace plenary::sim {
namespace {

enum class ErrorKind {
  kChecksum,
  kValidation,
  kRefused,   // after validation: full, denied
  kPassword,  // role and password: never redirected
};

void AppendUriEncoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
}

// A redirect target that comes from a parameter can't end the header line: the parameter was percent-encoded.
std::string HeaderValue(std::string text) {
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return text;
}

void Redirect(WireReply& reply, const std::string& url) {
  reply.status = 302;
  reply.headers += "Location: " + HeaderValue(url) + "\r\n";
  reply.content_type = "text/html;charset=utf-8";
}

struct Refusal {
  ErrorKind kind;
  std::string_view key;
  std::string_view message;
};

// `meeting`: the one to be joined, if there is one.
void AnswerJoinError(Node& node, const CallInput& input, WireReply& reply, const Meeting* meeting, const Refusal& why) {
  const auto& [kind, key, message] = why;
  const Features& features = node.features();
  const bool no_redirect = input.Get("redirect") == "false" && features.xml_join_errors && kind == ErrorKind::kRefused;
  if (kind == ErrorKind::kPassword || no_redirect) return AnswerFailed(input, reply, key, message);
  std::string url = node.base_url();
  const bool trusted = kind != ErrorKind::kChecksum || !features.trusts_no_url_of_unsigned_joins;
  const std::string_view error_url = input.Get("errorRedirectUrl");
  const std::string_view logout_url = input.Get("logoutURL");
  const bool takes_error_url = features.error_redirect_url && (kind == ErrorKind::kRefused || features.error_redirect_for_validation);
  if (trusted && takes_error_url && !error_url.empty()) {
    url = error_url;
  } else if (trusted && features.logout_url_on_join && !logout_url.empty()) {
    url = logout_url;
  } else if (meeting != nullptr && !meeting->logout_url.empty()) {
    url = meeting->logout_url;
  }
  url += url.find('?') == std::string::npos ? "?errors=" : "&errors=";
  const boost::json::value errors = {boost::json::object{{"message", message}, {"key", key}}};
  AppendUriEncoded(url, boost::json::serialize(errors));
  Redirect(reply, url);
}

std::optional<Refusal> CheckParameters(Node& node, const CallInput& input, const Meeting* meeting) {
  const Features& features = node.features();
  const bool has_both_names = features.send_chat_message && !input.Get("firstName").empty() && !input.Get("lastName").empty();
  if (input.Get("fullName").empty() && !has_both_names) {
    return Refusal{ErrorKind::kValidation, "missingParamFullName", "You must provide your name"};
  }
  if (input.Get("meetingID").empty()) return Refusal{ErrorKind::kValidation, "missingParamMeetingID", "You must provide a meeting ID"};
  if (meeting == nullptr) return Refusal{ErrorKind::kValidation, "invalidMeetingIdentifier", "A meeting with that ID does not exist"};
  const std::string_view create_time = input.Get("createTime");
  if (!create_time.empty()) {
    const std::optional<std::int64_t> number = ParseInt(create_time);
    if (!number) return Refusal{ErrorKind::kValidation, "validationError", "Value must be an integral number"};
    if (*number != meeting->create_time) {
      return Refusal{ErrorKind::kValidation, "mismatchCreateTimeParam",
                     "The createTime parameter submitted mismatches with the current meeting."};
    }
  }
  return std::nullopt;
}

// The role, by `role`, else by password; nothing when neither says it.
std::optional<bool> IsModerator(const CallInput& input, const Meeting& meeting, Refusal& why) {
  const std::string_view role = input.Get("role");
  const std::string_view password = input.Get("password");
  if (EqualsIgnoreCase(role, "MODERATOR")) return true;
  if (EqualsIgnoreCase(role, "VIEWER")) return false;
  if (!password.empty() && password == meeting.moderator_pw) return true;
  if (!password.empty() && password == meeting.attendee_pw) return false;
  constexpr std::string_view kKey = "Params required";
  if (!password.empty()) {
    why = {ErrorKind::kPassword, kKey, "You must enter a valid password"};
  } else if (meeting.moderator_pw.empty() && meeting.attendee_pw.empty()) {
    why = {ErrorKind::kPassword, kKey, "You must send the 'role' parameter, since this meeting doesn't have any password."};
  } else {
    why = {ErrorKind::kPassword, kKey, "You must either send the valid role of the user, or the password, sould the meeting has one."};
  }
  return std::nullopt;
}

enum class GuestStatus { kAllow, kWait, kDeny };

GuestStatus GuestStatusOf(const Meeting& meeting, bool moderator, std::string_view guest) {
  if (moderator || meeting.guest_policy == "ALWAYS_ACCEPT") return GuestStatus::kAllow;
  if (meeting.guest_policy == "ALWAYS_DENY") return GuestStatus::kDeny;
  const bool is_guest = EqualsIgnoreCase(guest, "true");
  if (meeting.guest_policy == "ALWAYS_ACCEPT_AUTH") return is_guest ? GuestStatus::kWait : GuestStatus::kAllow;
  return EqualsIgnoreCase(guest, "false") ? GuestStatus::kAllow : GuestStatus::kWait;
}

// Only keys that split at '-' into two parts; kept per external user ID.
void ReadUserdata(const Params& params, Meeting& meeting, const std::string& external_id) {
  std::vector<std::pair<std::string, std::string>> data;
  for (const Param& param : params.all()) {
    constexpr std::string_view kPrefix = "userdata-";
    if (!param.name.starts_with(kPrefix)) continue;
    std::string key = param.name.substr(kPrefix.size());
    if (!key.empty() && key.find('-') == std::string::npos) data.emplace_back(std::move(key), param.value);
  }
  if (!data.empty()) meeting.userdata[external_id] = std::move(data);
}

std::string ClientUrl(const Node& node, const User& user, const CallInput& input) {
  const std::string& base = node.base_url();
  if (node.features().guest_wait_page) {
    return fmt::format("{}/html5client/{}?sessionToken={}", base, user.waiting ? "guestWait" : "join", user.session_token);
  }
  return fmt::format("{}/html5client/?{}sessionToken={}", base, input.Get("enforceLayout").empty() ? "" : "waitLayout=1&",
                     user.session_token);
}

void AnswerJoined(const Node& node, const CallInput& input, WireReply& reply, const Meeting& meeting, const User& user,
                  const std::string& url) {
  const bool waits_aside = user.waiting && node.features().guest_wait_page;
  std::string inner;
  AppendElement(inner, "messageKey", waits_aside ? "guestWait" : "successfullyJoined");
  AppendElement(inner, "message", waits_aside ? "Guest waiting for approval to join meeting." : "You have joined successfully.");
  AppendElement(inner, "meeting_id", meeting.internal_id);
  AppendElement(inner, "user_id", user.internal_id);
  AppendElement(inner, "auth_token", user.auth_token);
  AppendElement(inner, "session_token", user.session_token);
  AppendElement(inner, "guestStatus", user.waiting ? "WAIT" : "ALLOW");
  AppendElement(inner, "url", url);
  AnswerSuccess(reply, inner);
}

}  // namespace

void JoinWithBadChecksum(Node& node, const CallInput& input, WireReply& reply) {
  AnswerJoinError(node, input, reply, nullptr, {ErrorKind::kChecksum, "checksumError", "Checksums do not match"});
}

void Join(Node& node, const CallInput& input, WireReply& reply) {
  const std::string_view id = input.Get("meetingID");
  Meeting* const meeting = id.empty() ? nullptr : node.Find(id);
  const auto refuse = [&](const Refusal& why) { AnswerJoinError(node, input, reply, meeting, why); };
  if (const auto refusal = CheckParameters(node, input, meeting)) return refuse(*refusal);
  Refusal why{};
  const std::optional<bool> moderator = IsModerator(input, *meeting, why);
  if (!moderator && node.features().join_without_role_is_invalid_password) {
    return refuse({ErrorKind::kValidation, "invalidPassword",
                   input.Get("password").empty() ? "You must provide either the moderator or attendee password"
                                                 : "The provided password is neither a moderator or attendee password"});
  }
  if (!moderator) return refuse(why);
  if (meeting->max_users > 0 && CountUsers(*meeting).participants >= meeting->max_users) {
    return refuse({ErrorKind::kRefused, "maxParticipantsReached", "The number of participants allowed for this meeting has been reached."});
  }
  const GuestStatus status = GuestStatusOf(*meeting, *moderator, input.Get("guest"));
  if (status == GuestStatus::kDeny) {
    return refuse(
        {ErrorKind::kRefused, "guestDeniedAccess", "You have been denied access to this meeting based on the meeting's guest policy"});
  }
  const bool redirects = input.Get("redirect") != "false";
  User user;
  const std::string_view full_name = input.Get("fullName");
  user.name = full_name.empty() ? fmt::format("{} {}", input.Get("firstName"), input.Get("lastName")) : std::string(full_name);
  user.external_id = input.Get("userID");
  user.moderator = *moderator;
  user.guest = EqualsIgnoreCase(input.Get("guest"), "true");
  user.waiting = status == GuestStatus::kWait;
  user.connected = redirects;  // a browser follows the redirect; without one, it counts when it fetches the client
  const User& joined = node.Join(*meeting, std::move(user));
  ReadUserdata(input.params, *meeting, joined.external_id);
  const std::string url = ClientUrl(node, joined, input);
  reply.headers += "Set-Cookie: JSESSIONID=" + node.world().random.Text(32, "0123456789ABCDEF") + "; Path=/bigbluebutton; HttpOnly\r\n";
  if (redirects) return Redirect(reply, url);
  AnswerJoined(node, input, reply, *meeting, joined, url);
}

}  // namespace plenary::sim
