// insertDocument, sendChatMessage and, as far as a node without recordings answers them, the recording calls
// (spec bbb-api 2.6 to 2.8).
#include <fmt/format.h>

#include "calls.hpp"
#include "xml.hpp"

namespace plenary::sim {

void InsertDocument(Node& node, const CallInput& input, WireReply& reply) {
  // The answers of this call have no messageKey.
  const auto answer = [&reply](std::string_view code, std::string_view message) {
    reply.body = fmt::format("<response>\n<returncode>{}</returncode>\n", code);
    AppendElement(reply.body, "message", message);
    reply.body += "</response>";
  };
  const std::string_view id = input.Get("meetingID");
  Meeting* const meeting = id.empty() ? nullptr : node.Find(id);
  if (meeting == nullptr) return answer("FAILED", fmt::format("Meeting with id [{}] not found.", id));
  if (input.request.body.empty()) return;
  const auto documents = ReadDocuments(input.request.body);
  if (!documents) return AnswerHtml(reply, 500, "Internal Server Error");
  meeting->documents.insert(meeting->documents.end(), documents->begin(), documents->end());
  answer("SUCCESS", "Presentation is being uploaded");
}

void SendChatMessage(Node& node, const CallInput& input, WireReply& reply) {
  const std::string_view id = input.Get("meetingID");
  const std::string_view message = input.Get("message");
  if (id.empty()) return AnswerFailed(input, reply, "missingParamMeetingID", "You must provide a meeting ID");
  if (message.empty()) return AnswerFailed(input, reply, "validationError", "You must provide the param message");
  if (JavaLength(message) > 500) {
    return AnswerFailed(input, reply, "validationError", "Param message must be between 1 and 500 characters");
  }
  Meeting* const meeting = node.Find(id);
  if (meeting == nullptr || !meeting->running()) return AnswerFailed(input, reply, "meetingNotFound", "Meeting not found");
  const std::string_view sender = input.Get("userName");
  meeting->chat.push_back(fmt::format("{}: {}", sender.empty() ? "System" : sender, message));
  AnswerSuccess(reply, "<messageKey></messageKey>\n<message></message>\n");
}

void Recordings(Node&, const CallInput& input, WireReply& reply) {
  const bool is_search = input.name == "getRecordings";
  // Arguments come before the checksum (spec bbb-api 2.8).
  if (input.Get("checksum").empty()) return AnswerFailed(input, reply, "checksumError", "You did not pass the checksum security check");
  if (!is_search && input.Get("recordID").empty()) {
    return AnswerFailed(input, reply, "missingParamRecordID", "You must specify a recordID.");
  }
  if (input.name == "publishRecordings" && input.Get("publish").empty()) {
    return AnswerFailed(input, reply, "missingParamPublish", "You must specify a publish value true or false.");
  }
  if (!input.checksum_ok) return AnswerFailed(input, reply, "checksumError", "You did not pass the checksum security check");
  if (!is_search) return AnswerFailed(input, reply, "notFound", "We could not find recordings");
  AnswerSuccess(reply,
                "<recordings></recordings>\n<messageKey>noRecordings</messageKey>\n"
                "<message>There are no recordings for the meeting(s).</message>\n");
}

}  // namespace plenary::sim
