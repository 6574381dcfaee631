#include "callbacks/json_members.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>

namespace plenary::callbacks {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

/// Walks over text that is known to be well-formed.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  char Peek() {
    at_ = text_.find_first_not_of(kBlanks, at_);
    return text_[at_];
  }
  void Skip() {
    Peek();
    ++at_;
  }
  /// The next value, whatever it is.
  std::string_view TakeValue() {
    Peek();
    const std::size_t begin = at_;
    int depth = 0;
    do {
      const char c = Peek();
      if (c == '"') {
        SkipString();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == '}' || c == ']') {
        --depth;
        ++at_;
      } else if (c == ',' || c == ':') {
        ++at_;
      } else {
        at_ = std::min(text_.find_first_of(" \t\r\n,:]}", at_), text_.size());  // a number, true, false, null
      }
    } while (depth > 0);
    return text_.substr(begin, at_ - begin);
  }

 private:
  void SkipString() {
    for (++at_; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<JsonMember>> JsonMembers(std::string_view text) {
  boost::json::error_code failed;
  const boost::json::value document = boost::json::parse(text, failed);
  if (failed || !document.is_object()) return std::nullopt;
  std::vector<JsonMember> members;
  Walker walker(text);
  walker.Skip();  // {
  while (walker.Peek() != '}') {
    if (walker.Peek() == ',') walker.Skip();
    JsonMember member;
    member.raw_name = walker.TakeValue();
    member.name = boost::json::parse(member.raw_name).as_string();
    walker.Skip();  // :
    member.value = walker.TakeValue();
    members.push_back(std::move(member));
  }
  return members;
}

}  // namespace plenary::callbacks
