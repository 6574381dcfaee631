// Any form of a telephone call: the documents are well-formed, and nothing that a caller says is expanded by FreeSWITCH.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "bbb/params.hpp"
#include "bbb/xml_scanner.hpp"
#include "check.hpp"
#include "dialin/documents.hpp"

using namespace plenary;

namespace {

/// A backslash takes the meaning from what follows it.
bool Expands(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') ++i;
    else if (text.substr(i).starts_with("${")) return true;
  }
  return false;
}

void CheckDocument(std::string_view document) {
  bbb::XmlScanner scanner(document);
  auto token = scanner.Next();
  for (; token != bbb::XmlScanner::Token::kFinished; token = scanner.Next()) {
    fuzz::Check(token != bbb::XmlScanner::Token::kBroken);
    if (token != bbb::XmlScanner::Token::kStart) continue;
    fuzz::Check(!Expands(scanner.Attribute("expression")));
    const bool ours = scanner.Attribute("application") == "transfer";  // "${pin} XML public"
    fuzz::Check(ours || !Expands(scanner.Attribute("data")));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bbb::Params form;
  if (!form.AddForm(std::string_view(reinterpret_cast<const char*>(data), size))) return 0;
  const std::string_view number = form.Get("number");
  const std::string caller =
      dialin::ShownCaller({.name = form.Get("name"), .hide_name = form.Has("hide_name"), .hide_number = form.Has("hide_number")});
  fuzz::Check(!caller.empty());

  std::string document;
  dialin::AppendPrompt(document, number, {.max_duration_minutes = 1});
  CheckDocument(document);
  document.clear();
  dialin::AppendReprompt(document, number, {});
  CheckDocument(document);
  document.clear();
  dialin::AppendBridge(document, number, {.meeting_id = form.Get("meeting"), .shown_caller = caller, .pin = form.Get("pin"), .node_host = "n1.test"});
  CheckDocument(document);
  return 0;
}
