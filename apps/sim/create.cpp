// create (spec bbb-api 2.3, 4.1, 4.2) and the XML bodies that create and insertDocument take.
#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/encoding.hpp"
#include "calls.hpp"
#include "xml.hpp"

namespace plenary::sim {
namespace {

std::optional<bool> ParseFlag(std::string_view text) {
  if (text.empty() || text == "0" || EqualsIgnoreCase(text, "false")) return false;
  if (text == "1" || EqualsIgnoreCase(text, "true")) return true;
  return std::nullopt;
}

bool FlagOr(std::string_view text, bool otherwise) { return text.empty() ? otherwise : ParseFlag(text).value_or(otherwise); }

std::int64_t NumberOr(std::string_view text, std::int64_t otherwise) {
  return std::max<std::int64_t>(0, ParseInt(text).value_or(otherwise));
}

bool IsIntegral(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct Refusal {
  std::string_view key;
  std::string_view message;
};

std::optional<Refusal> CheckParameters(const Features& features, const CallInput& input) {
  const std::string_view name = input.Get("name");
  const std::string_view id = input.Get("meetingID");
  const std::string_view id_key = features.meeting_id_is_validation_error ? "validationError" : "missingParamMeetingID";
  const auto is_password = [](std::string_view text) { return text.empty() || (JavaLength(text) >= 2 && JavaLength(text) <= 64); };
  const auto between = [](std::string_view text) { return JavaLength(text) >= 2 && JavaLength(text) <= 256; };
  if (name.empty()) return Refusal{"validationError", "You must provide a meeting name"};
  if (!between(name)) return Refusal{"validationError", "Meeting name must be between 2 and 256 characters"};
  if (id.empty()) return Refusal{id_key, "You must provide a meeting ID"};
  if (!between(id)) return Refusal{"validationError", "Meeting ID must be between 2 and 256 characters"};
  if (id.find(',') != std::string_view::npos) return Refusal{"validationError", "Meeting ID cannot contain ','"};
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(id.begin(), id.end(), is_control)) return Refusal{"validationError", "Invalid meeting ID"};
  if (!is_password(input.Get("attendeePW")) || !is_password(input.Get("moderatorPW")))
    return Refusal{"invalidPassword", "Invalid password"};
  const std::string_view bridge = input.Get("voiceBridge");
  if (!bridge.empty() && !IsIntegral(bridge)) return Refusal{"validationError", "Voice bridge must be an integral value"};
  if (!ParseFlag(input.Get("record"))) return Refusal{"validationError", "Record must be a boolean value (true or false)"};
  if (!ParseFlag(input.Get("isBreakout"))) {
    return Refusal{"validationError", "You must provide a boolean value (true or false) for the breakout room"};
  }
  const std::string_view upload = input.Get("presentationUploadExternalUrl");
  if (!upload.empty() && !upload.starts_with("https://") && !upload.starts_with("http://")) {
    return Refusal{"validationError", "Param 'presentationUploadExternalUrl' is not a valid URL"};
  }
  return std::nullopt;
}

// meta_[a-zA-Z][a-zA-Z0-9-]*, kept in lower case; of a repeated name the first counts.
void ReadMetadata(const Params& params, Meeting& meeting) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  for (const Param& param : params.all()) {
    std::string_view key = param.name;
    if (!key.starts_with("meta_")) continue;
    key.remove_prefix(5);
    if (key.empty() || !is_letter(key.front()) || !std::all_of(key.begin(), key.end(), fits)) continue;
    std::string lower = ToLowerAscii(key);
    const auto known = std::find_if(meeting.metadata.begin(), meeting.metadata.end(), [&](const auto& m) { return m.first == lower; });
    if (known == meeting.metadata.end()) meeting.metadata.emplace_back(std::move(lower), param.value);
  }
}

std::unique_ptr<Meeting> ReadMeeting(Node& node, const CallInput& input) {
  auto meeting = std::make_unique<Meeting>();
  const auto text_or = [&](std::string_view name, std::string_view otherwise) {
    const std::string_view text = input.Get(name);
    return std::string(text.empty() ? otherwise : text);
  };
  meeting->name = input.Get("name");
  meeting->id = input.Get("meetingID");
  const std::string_view bridge = input.Get("voiceBridge");
  meeting->voice_bridge = bridge.find_first_not_of("0") == std::string_view::npos ? std::string_view() : bridge;
  meeting->dial_number = text_or("dialNumber", "613-555-1234");
  Random& random = node.world().random;
  meeting->attendee_pw = input.Get("attendeePW").empty() ? random.Text(8, kAlphanumerics) : std::string(input.Get("attendeePW"));
  meeting->moderator_pw = input.Get("moderatorPW").empty() ? random.Text(8, kAlphanumerics) : std::string(input.Get("moderatorPW"));
  meeting->logout_url = input.Get("logoutURL");
  const std::string_view policy = input.Get("guestPolicy");
  if (policy == "ALWAYS_DENY" || policy == "ASK_MODERATOR" || policy == "ALWAYS_ACCEPT_AUTH") meeting->guest_policy = policy;
  meeting->meeting_ended_url = input.Get("meetingEndedURL");
  meeting->duration_min = NumberOr(input.Get("duration"), 0);
  meeting->max_users = NumberOr(input.Get("maxParticipants"), 0);
  if (node.features().expiry_parameters) {
    meeting->expire_not_joined_min = NumberOr(input.Get("meetingExpireIfNoUserJoinedInMinutes"), 5);
    meeting->expire_last_left_min = NumberOr(input.Get("meetingExpireWhenLastUserLeftInMinutes"), 1);
  }
  meeting->end_when_no_moderator = FlagOr(input.Get("endWhenNoModerator"), false);
  meeting->expire_no_moderator_min = NumberOr(input.Get("endWhenNoModeratorDelayInMinutes"), 1);
  meeting->record = FlagOr(input.Get("record"), false);
  meeting->recording_marks = meeting->record && FlagOr(input.Get("autoStartRecording"), false);
  meeting->keep_events = meeting->record || FlagOr(input.Get("meetingKeepEvents"), false);
  meeting->is_breakout = FlagOr(input.Get("isBreakout"), false);
  meeting->sequence = NumberOr(input.Get("sequence"), 0);
  meeting->free_join = FlagOr(input.Get("freeJoin"), false);
  ReadMetadata(input.params, *meeting);
  const std::string_view slides = input.Get("preUploadedPresentation");
  if (!slides.empty()) meeting->documents.emplace_back(slides);
  return meeting;
}

void AnswerCreated(WireReply& reply, const Meeting& meeting, bool is_repeat, bool omit_empty_passwords) {
  std::string inner;
  AppendElement(inner, "meetingID", meeting.id);
  AppendElement(inner, "internalMeetingID", meeting.internal_id);
  AppendElement(inner, "parentMeetingID", meeting.is_breakout ? std::string_view(meeting.parent_id) : "bbb-none");
  if (!meeting.attendee_pw.empty() || !omit_empty_passwords) AppendElement(inner, "attendeePW", meeting.attendee_pw);
  if (!meeting.moderator_pw.empty() || !omit_empty_passwords) AppendElement(inner, "moderatorPW", meeting.moderator_pw);
  AppendElement(inner, "createTime", meeting.create_time);
  AppendElement(inner, "voiceBridge", meeting.voice_bridge);
  AppendElement(inner, "dialNumber", meeting.dial_number);
  AppendElement(inner, "createDate", meeting.create_date);
  AppendFlag(inner, "hasUserJoined", meeting.has_user_joined);
  AppendElement(inner, "duration", meeting.duration_min);
  AppendFlag(inner, "hasBeenForciblyEnded", false);
  AppendElement(inner, "messageKey", is_repeat ? "duplicateWarning" : "");
  AppendElement(inner, "message", is_repeat ? "This conference was already in existence and may currently be in progress." : "");
  AnswerSuccess(reply, inner);
}

// Spec bbb-api 4.1: both passwords equal, or none sent.
bool RepeatsPasswords(const Meeting& meeting, const CallInput& input) {
  const std::string_view attendee = input.Get("attendeePW");
  const std::string_view moderator = input.Get("moderatorPW");
  return (attendee.empty() && moderator.empty()) || (attendee == meeting.attendee_pw && moderator == meeting.moderator_pw);
}

void AnswerBridgeTaken(const Features& features, WireReply& reply) {
  constexpr std::string_view kMessage = "The selected voice bridge is already in use.";
  const std::string error = features.old_bridge_envelope
                                ? fmt::format(R"(<error key="nonUniqueVoiceBridge" message="{}"/>)", kMessage)
                                : fmt::format("<error>\n<key>nonUniqueVoiceBridge</key>\n<message>{}</message>\n</error>", kMessage);
  reply.body = fmt::format("<response>\n<returncode>FAILED</returncode>\n<errors>\n{}\n</errors>\n</response>", error);
}

}  // namespace

void Create(Node& node, const CallInput& input, WireReply& reply) {
  const Features& features = node.features();
  if (const auto refusal = CheckParameters(features, input)) return AnswerFailed(input, reply, refusal->key, refusal->message);
  std::unique_ptr<Meeting> meeting = ReadMeeting(node, input);
  if (meeting->is_breakout) {
    const std::string_view parent_id = input.Get("parentMeetingID");
    if (parent_id.empty()) {
      return AnswerFailed(input, reply, features.lower_case_parent_key ? "parentMeetingIdMissing" : "parentMeetingIDMissing",
                          "No parent meeting ID was provided for the breakout room");
    }
    const Meeting* const parent = node.Find(parent_id);
    if (parent == nullptr) {
      return AnswerFailed(input, reply, "parentMeetingDoesNotExist", "No parent meeting exists for the breakout room");
    }
    meeting->parent_id = parent->internal_id;
    meeting->internal_id = meeting->id;  // of a breakout, the given ID is the internal one
  }
  const Meeting* const existing = meeting->is_breakout ? node.FindByInternalId(meeting->internal_id) : node.FindByExternalId(meeting->id);
  if (existing != nullptr) {
    if (RepeatsPasswords(*existing, input)) return AnswerCreated(reply, *existing, true, features.omits_empty_passwords);
    return AnswerFailed(input, reply, "idNotUnique", "A meeting already exists with that meeting ID.  Please use a different meeting ID.");
  }
  if (!meeting->voice_bridge.empty() && node.VoiceBridgeIsTaken(meeting->voice_bridge)) return AnswerBridgeTaken(features, reply);
  if (!input.request.body.empty() && !IsFormType(input.request.content_type)) {
    const auto documents = ReadDocuments(input.request.body);
    if (!documents && features.malformed_xml_is_failed) {
      return AnswerFailed(input, reply, "malformedXml", "The request body contains malformed XML.");
    }
    if (!documents) return AnswerHtml(reply, 500, "Internal Server Error");
    meeting->documents.insert(meeting->documents.end(), documents->begin(), documents->end());
  }
  AnswerCreated(reply, node.Start(std::move(meeting)), false, features.omits_empty_passwords);
}

Result<std::vector<std::string>> ReadDocuments(std::string_view body) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(body.data(), body.size());
  if (!parsed) return Fail(ErrorCode::kInvalidArgument, parsed.description());
  std::vector<std::string> names;
  for (const pugi::xml_node module : document.child("modules").children("module")) {
    if (std::string_view(module.attribute("name").value()) != "presentation") continue;
    for (const pugi::xml_node entry : module.children("document")) {
      const pugi::xml_attribute url = entry.attribute("url");
      names.emplace_back(url ? url.value() : entry.attribute("name").value());
    }
  }
  return names;
}

}  // namespace plenary::sim
