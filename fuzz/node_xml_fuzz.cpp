// Whatever a node answers: it is read without harm, what is repaired is a document, and what is passed on lies in the body and is one, too.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <pugixml.hpp>

#include "base/encoding.hpp"
#include "bbb/node_reply.hpp"
#include "check.hpp"

using namespace plenary;

namespace {

void CheckElement(std::string_view body, std::string_view raw) {
  fuzz::Check(std::greater_equal<>()(raw.data(), body.data()) && std::less_equal<>()(raw.data() + raw.size(), body.data() + body.size()));
  fuzz::Check(raw.starts_with("<meeting") && raw.ends_with(">"));
  fuzz::Check(bbb::ParseReply(raw).well_formed);
  fuzz::Check(pugi::xml_document().load_buffer(raw.data(), raw.size(), pugi::parse_default, pugi::encoding_utf8));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const bbb::ParsedReply reply = bbb::ParseReply(body);
  fuzz::Check(reply.create_time_ms >= 0 && reply.participant_count >= 0);

  const std::string repaired = bbb::RepairXml(body);
  const bbb::ParsedReply again = bbb::ParseReply(repaired);
  fuzz::Check(again.well_formed && IsValidUtf8(repaired));
  // A cut-off start tag becomes an empty element, so there may be more of it than was read before.
  fuzz::Check(again.status.has_returncode || !reply.status.has_returncode);
  fuzz::Check(reply.status.success || !again.status.success);  // no success that was not read
  fuzz::Check(pugi::xml_document().load_buffer(repaired.data(), repaired.size(), pugi::parse_default, pugi::encoding_utf8));

  for (const bbb::NodeMeeting& meeting : bbb::ParseMeetings(body).meetings) {
    CheckElement(body, meeting.raw);
    fuzz::Check(!meeting.meeting_id.empty() && IsValidUtf8(meeting.meeting_id));
    fuzz::Check(meeting.participants >= 0 && meeting.anonymous_attendees <= meeting.attendee_ids.size());
  }
  for (const bbb::Session& session : bbb::ParseSessions(body).sessions) CheckElement(body, session.raw);
  return 0;
}
