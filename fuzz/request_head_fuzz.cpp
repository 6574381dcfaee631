// The head of a request: however it arrives, it is accepted or refused alike, and an accepted one points into the text only.
#include <cstdint>
#include <string_view>

#include "check.hpp"
#include "http/request_head.hpp"

using namespace plenary::http;
using plenary::fuzz::Check;

namespace {

bool Inside(std::string_view view, std::string_view text) {
  return view.empty() || view == "/" || (view.data() >= text.data() && view.data() + view.size() <= text.data() + text.size());
}

/// True when it was accepted.
bool Read(std::string_view text, std::size_t step, RequestHead& head) {
  const HeadLimits limits{256, 1024, 20};
  HeadScanner scanner;
  for (std::size_t size = step; size <= text.size(); ++size) {
    const HeadScanner::Outcome outcome = scanner.Scan(text.substr(0, size), limits);
    if (outcome.refuse != 0) return false;
    if (outcome.head_bytes == 0) continue;
    Check(outcome.head_bytes <= size);
    return ParseRequestHead(text.substr(0, outcome.head_bytes), limits, head) == 0;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static RequestHead head;
  static RequestHead trickled;
  const bool accepted = Read(text, size, head);
  Check(accepted == Read(text, 1, trickled));
  if (!accepted) return 0;
  Check(!head.method.empty() && head.path.starts_with('/'));
  Check(Inside(head.method, text) && Inside(head.target, text) && Inside(head.path, text) && Inside(head.query, text) &&
        Inside(head.request_id, text));
  for (const HeaderField& field : head.fields) {
    Check(Inside(field.name, text) && Inside(field.value, text));
    Check(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  }
  Check(!(head.chunked && head.content_length > 0));
  Check(head.target == trickled.target && head.content_length == trickled.content_length && head.fields.size() == trickled.fields.size());
  return 0;
}
