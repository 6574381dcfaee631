#include "bbb/reply_writer.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/encoding.hpp"
#include "bbb/xml_chars.hpp"

namespace plenary::bbb {
namespace {

constexpr std::string_view kHead = "<?xml version=\"1.0\"?>\n<response>\n  <returncode>";
constexpr std::string_view kSuccessHead = "<?xml version=\"1.0\"?>\n<response>\n  <returncode>SUCCESS</returncode>\n";
constexpr std::string_view kUtf8SuccessHead =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response>\n  <returncode>SUCCESS</returncode>\n";
constexpr std::string_view kTail = "</response>\n";
constexpr char32_t kReplacement = 0xFFFD;

void AppendReference(std::string& out, char32_t c) {
  std::array<char, 8> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<std::uint32_t>(c), 16);
  out += "&#x";
  for (const char* p = digits.data(); p != end; ++p) out += *p >= 'a' ? static_cast<char>(*p - 32) : *p;
  out += ';';
}

void AppendEscaped(std::string& out, std::string_view text, bool keep_utf8) {
  while (!text.empty()) {
    const std::string_view rest = text;
    const auto code_point = TakeCodePoint(text);
    if (!code_point) text.remove_prefix(1);
    const char32_t c = code_point && IsXmlCharacter(*code_point) ? *code_point : kReplacement;
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '\r') {
      AppendReference(out, c);  // a literal one would be read as a line feed
    } else if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (!keep_utf8) {
      AppendReference(out, c);
    } else if (c == kReplacement) {
      AppendUtf8(out, c);
    } else {
      out += rest.substr(0, rest.size() - text.size());
    }
  }
}

/// "  <name>text</name>", or "  <name/>" without text, as Nokogiri writes it.
void AppendElement(std::string& out, std::string_view name, std::string_view text) {
  out += "  <";
  out += name;
  if (text.empty()) {
    out += "/>\n";
    return;
  }
  out += '>';
  AppendXmlText(out, text);
  out += "</";
  out += name;
  out += ">\n";
}

void AppendMessage(std::string& out, std::string_view key, std::string_view message) {
  AppendElement(out, "messageKey", key);
  AppendElement(out, "message", message);
}

void AppendTwoDigits(std::string& out, std::int64_t number) {
  out += static_cast<char>('0' + number / 10);
  out += static_cast<char>('0' + number % 10);
}

/// As java.util.Date writes it, e.g. "Fri May 10 13:32:10 UTC 2024".
void AppendJavaDate(std::string& out, std::int64_t ms) {
  constexpr std::array<std::string_view, 7> kDays{"Sun ", "Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat "};
  constexpr std::array<std::string_view, 12> kMonths{"Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ",
                                                     "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "};
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(ms)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  out += kDays[std::chrono::weekday(day).c_encoding()];
  out += kMonths[static_cast<unsigned>(date.month()) - 1];
  AppendTwoDigits(out, static_cast<unsigned>(date.day()));
  out += ' ';
  AppendTwoDigits(out, clock.hours().count());
  out += ':';
  AppendTwoDigits(out, clock.minutes().count());
  out += ':';
  AppendTwoDigits(out, clock.seconds().count());
  out += " UTC ";
  out += std::to_string(static_cast<int>(date.year()));
}

}  // namespace

void AppendXmlText(std::string& out, std::string_view text) { AppendEscaped(out, text, false); }

void AppendXmlTextUtf8(std::string& out, std::string_view text) { AppendEscaped(out, text, true); }

void AppendFailed(std::string& out, std::string_view key, std::string_view message) {
  out += kHead;
  out += "FAILED</returncode>\n";
  AppendMessage(out, key, message);
  out += kTail;
}

void AppendVersion(std::string& out, std::string_view build_number) {
  out += kSuccessHead;
  AppendElement(out, "version", "2.0");
  if (!build_number.empty()) AppendElement(out, "build", build_number);
  out += kTail;
}

void AppendRunning(std::string& out, bool running) {
  out += kSuccessHead;
  AppendElement(out, "running", running ? "true" : "false");
  out += kTail;
}

void AppendSuccess(std::string& out, const MessageKey& message) {
  out += kSuccessHead;
  AppendMessage(out, message.key, message.message);
  out += kTail;
}

void AppendNoMeetings(std::string& out) {
  out += kSuccessHead;
  AppendMessage(out, kNoMeetings.key, kNoMeetings.message);
  out += "  <meetings/>\n";
  out += kTail;
}

void AppendNoSessions(std::string& out) {
  out += kSuccessHead;
  AppendMessage(out, kNoSessions.key, kNoSessions.message);
  out += "  <sessions/>\n";
  out += kTail;
}

void AppendNoRecordings(std::string& out) {
  out += "<response>\n  <returncode>SUCCESS</returncode>\n  <recordings>\n  </recordings>\n";
  AppendMessage(out, kNoRecordings.key, kNoRecordings.message);
  out += kTail;
}

void BeginMeetings(std::string& out) {
  out += kUtf8SuccessHead;
  out += "  <meetings>\n";
}

void EndMeetings(std::string& out) {
  out += "  </meetings>\n";
  out += kTail;
}

void BeginSessions(std::string& out) {
  out += kUtf8SuccessHead;
  out += "  <sessions>\n";
}

void EndSessions(std::string& out) {
  out += "  </sessions>\n";
  out += kTail;
}

void AppendKnownMeeting(std::string& out, const KnownMeeting& meeting) {
  const auto element = [&out](std::string_view name, std::string_view text) {
    out += '<';
    out += name;
    out += '>';
    AppendXmlTextUtf8(out, text);
    out += "</";
    out += name;
    out += '>';
  };
  const std::string created = std::to_string(meeting.create_time_ms);
  out += "    <meeting>";
  element("meetingName", meeting.name);
  element("meetingID", meeting.meeting_id);
  element("internalMeetingID", meeting.internal_id);
  element("createTime", created);
  out += "<createDate>";
  AppendJavaDate(out, meeting.create_time_ms);
  out += "</createDate>";
  element("voiceBridge", meeting.voice_bridge);
  if (!meeting.attendee_pw.empty()) element("attendeePW", meeting.attendee_pw);
  if (!meeting.moderator_pw.empty()) element("moderatorPW", meeting.moderator_pw);
  out += "<running>false</running><duration>0</duration><hasUserJoined>false</hasUserJoined><recording>false</recording>"
         "<hasBeenForciblyEnded>false</hasBeenForciblyEnded><startTime>";
  out += created;
  out += "</startTime><endTime>0</endTime><participantCount>0</participantCount><listenerCount>0</listenerCount>"
         "<voiceParticipantCount>0</voiceParticipantCount><videoCount>0</videoCount><maxUsers>0</maxUsers>"
         "<moderatorCount>0</moderatorCount><attendees/><metadata/><isBreakout>false</isBreakout></meeting>\n";
}

}  // namespace plenary::bbb
