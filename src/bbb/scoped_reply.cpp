#include "bbb/scoped_reply.hpp"

#include "bbb/reply_writer.hpp"
#include "bbb/status_reader.hpp"
#include "bbb/xml_scanner.hpp"

namespace plenary::bbb {

using Token = XmlScanner::Token;

std::string WithClientMeetingId(std::string_view document, std::string_view node_id, std::string_view client_id) {
  constexpr std::string_view kMetadata = kScopedIdParam.substr(5);  // without "meta_"
  const std::string_view xml = StripLeading(document);
  XmlScanner scanner(xml);
  std::string out;
  std::size_t copied = 0;   // of xml
  std::size_t content = 0;  // where the content of the open meetingID begins
  std::size_t metadata = 0; // where the open metadata element begins
  bool in_id = false, in_metadata = false;
  std::string id;
  for (Token token = scanner.Next(); token != Token::kFinished && token != Token::kBroken; token = scanner.Next()) {
    const auto open = scanner.open_elements();
    if (token == Token::kStart && open.size() == 2 && scanner.name() == "meetingID") {
      in_id = true;
      content = scanner.position();
      id.clear();
    } else if (token == Token::kStart && open.size() == 3 && open[1] == "metadata" && scanner.name() == kMetadata) {
      in_metadata = true;
      metadata = scanner.token_begin();
    } else if (token == Token::kText && in_id) {
      scanner.AppendText(id);
    } else if (token == Token::kEnd && in_id && open.size() == 1) {
      in_id = false;
      if (id != node_id) continue;
      out += xml.substr(copied, content - copied);
      AppendXmlText(out, client_id);
      copied = scanner.token_begin();
    } else if (token == Token::kEnd && in_metadata && open.size() == 2) {
      in_metadata = false;
      out += xml.substr(copied, metadata - copied);
      copied = scanner.position();
    }
  }
  return out.append(xml.substr(copied));
}

}  // namespace plenary::bbb
