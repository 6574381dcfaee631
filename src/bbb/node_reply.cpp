#include "bbb/node_reply.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/encoding.hpp"
#include "bbb/status_reader.hpp"
#include "bbb/xml_scanner.hpp"

namespace plenary::bbb {

using Token = XmlScanner::Token;

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool Ends(Token token) { return token == Token::kFinished || token == Token::kBroken; }

/// Gathers the text of /response/<name> for a fixed set of names; the first element of a name counts.
template <std::size_t N>
class FieldReader {
 public:
  struct Field {
    std::string_view name;
    std::string* value;
    bool seen = false;
  };
  explicit FieldReader(std::array<Field, N> fields) : fields_(fields) {}

  void Take(const XmlScanner& scanner, Token token) {
    if (token == Token::kText) {
      if (target_ != nullptr && scanner.depth() == 2) scanner.AppendText(*target_);
      return;
    }
    if (scanner.depth() > 2) return;
    target_ = nullptr;
    if (token != Token::kStart || scanner.depth() != 2 || scanner.open_elements()[0] != "response") return;
    for (Field& field : fields_) {
      if (field.name != scanner.name() || field.seen) continue;
      field.seen = true;
      target_ = field.value;
    }
  }

 private:
  std::array<Field, N> fields_;
  std::string* target_ = nullptr;
};

}  // namespace

std::string_view StripLeading(std::string_view body) {
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  body.remove_prefix(std::min(body.find_first_not_of(" \t\r\n"), body.size()));
  return body;
}

void StatusReader::Take(const XmlScanner& scanner, Token token) {
  if (token == Token::kText) {
    if (target_ != nullptr) scanner.AppendText(*target_);
  } else {
    target_ = token == Token::kStart ? Wanted(scanner) : nullptr;
  }
}

std::string* StatusReader::Wanted(const XmlScanner& scanner) {
  const auto open = scanner.open_elements();
  if (open.size() < 2 || open[0] != "response") return nullptr;
  const std::string_view name = scanner.name();
  if (open.size() == 2) {
    if (name == "returncode" && !std::exchange(status_.has_returncode, true)) return &returncode_;
    if (name == "messageKey" && !std::exchange(has_key_, true)) return &status_.message_key;
    if (name == "message" && !std::exchange(has_message_, true)) return &status_.message;
    return nullptr;
  }
  // Some failures come as <errors><error key="…" message="…"/></errors> or with <key> and <message> in it (spec bbb-api 2.3.4).
  if (open[1] != "errors" || open[2] != "error") return nullptr;
  if (open.size() == 3 && status_.message_key.empty()) {
    status_.message_key = scanner.Attribute("key");
    status_.message = scanner.Attribute("message");
  }
  if (open.size() == 4 && name == "key" && status_.message_key.empty()) return &status_.message_key;
  if (open.size() == 4 && name == "message" && status_.message.empty()) return &status_.message;
  return nullptr;
}

ReplyStatus StatusReader::Finish() {
  status_.success = returncode_ == "SUCCESS";
  status_.has_key_and_message = has_key_ && has_message_;
  status_.message_key = TrimBlanks(status_.message_key);
  status_.message = TrimBlanks(status_.message);
  return std::move(status_);
}

ParsedReply ParseReply(std::string_view body) {
  const std::string_view document = StripLeading(body);
  XmlScanner scanner(document);
  ParsedReply reply;
  std::string create_time;
  std::string participants;
  StatusReader status;
  FieldReader<11> fields({{{"meetingID", &reply.meeting_id},
                           {"internalMeetingID", &reply.internal_meeting_id},
                           {"attendeePW", &reply.attendee_pw},
                           {"moderatorPW", &reply.moderator_pw},
                           {"voiceBridge", &reply.voice_bridge},
                           {"running", &reply.running},
                           {"version", &reply.version},
                           {"bbbVersion", &reply.bbb_version},
                           {"meetingName", &reply.meeting_name},
                           {"createTime", &create_time},
                           {"participantCount", &participants}}});
  Token token = scanner.Next();
  for (; !Ends(token); token = scanner.Next()) {
    status.Take(scanner, token);
    fields.Take(scanner, token);
  }
  reply.status = status.Finish();
  reply.create_time_ms = std::max<std::int64_t>(LenientInt(create_time), 0);
  reply.participant_count = std::max<std::int64_t>(LenientInt(participants), 0);
  // Blanks in front of a declaration are an error to a strict parser.
  const std::size_t mark = body.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const bool blanks_before_declaration = document.starts_with("<?xml") && body.size() - document.size() != mark;
  reply.well_formed = token == Token::kFinished && !blanks_before_declaration;
  return reply;
}

namespace {

/// A start tag of which at least a part of the name arrived opens an element for recovering parsers; it is kept, empty.
std::string CutOffElement(std::string_view rest) {
  if (rest.size() < 2 || rest[0] != '<') return {};
  std::size_t end = 1;
  const auto is_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  while (end < rest.size() && is_name(rest[end])) ++end;
  const bool starts_well = rest[1] == '_' || (rest[1] >= 'A' && rest[1] <= 'Z') || (rest[1] >= 'a' && rest[1] <= 'z');
  if (!starts_well || end != rest.size()) return {};
  return "<" + std::string(rest.substr(1)) + "/>";
}

}  // namespace

std::string RepairXml(std::string_view body) {
  const std::string_view document = StripLeading(body);
  XmlScanner scanner(document);
  bool has_root = false;
  Token token = scanner.Next();
  for (; !Ends(token); token = scanner.Next()) has_root = true;
  if (!has_root) return "<response/>";
  std::string repaired(document.substr(0, scanner.position()));
  // A number, an ID or a password that was cut off is a wrong one; a sentence is still a sentence.
  const std::size_t text_begin = repaired.rfind('>') + 1;
  const std::string_view rest = document.substr(repaired.size());
  const bool cut_off = (rest.empty() || rest.front() != '<') && repaired.find(' ', text_begin) == std::string::npos;
  if (cut_off && !scanner.open_elements().empty()) repaired.resize(text_begin);
  const auto open = scanner.open_elements();
  if (!open.empty() && open.size() < XmlScanner::kMaxDepth) repaired += CutOffElement(rest);
  for (auto element = open.rbegin(); element != open.rend(); ++element) {
    repaired += "</";
    repaired += *element;
    repaired += '>';
  }
  return repaired;
}

std::int64_t LenientInt(std::string_view text) {
  std::string digits;
  while (!text.empty()) {
    if (text.starts_with("\xC2\xA0")) {  // U+00A0
      text.remove_prefix(2);
    } else if (text.starts_with("\xE2\x80\xAF")) {  // U+202F
      text.remove_prefix(3);
    } else {
      const char c = text.front();
      text.remove_prefix(1);
      if (c != ',' && c != '.' && !TrimBlanks({&c, 1}).empty()) digits += c;
    }
  }
  return ParseInt(digits).value_or(0);
}

}  // namespace plenary::bbb
