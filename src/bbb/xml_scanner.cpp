#include "bbb/xml_scanner.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/encoding.hpp"
#include "bbb/xml_chars.hpp"

namespace plenary::bbb {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

constexpr bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// Bytes of element text that need no second look.
constexpr auto kPlainText = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < 0x80; ++c) table[c] = c != '<' && c != '&' && c != ']';
  table['\n'] = table['\t'] = true;
  return table;
}();

/// ASCII bytes that may stand in a name.
constexpr auto kAsciiName = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 0x80; ++c) table[c] = IsXmlNameCharacter(static_cast<char32_t>(c));
  return table;
}();

struct Reference {
  std::size_t length = 0;  // with '&' and ';'
  char32_t value = 0;
};

/// The reference that `text` begins with: one of the five entities of XML or a character reference.
std::optional<Reference> ReadReference(std::string_view text) {
  constexpr std::size_t kLongest = 16;  // leading zeros are legal, but not without end
  const std::size_t end = text.substr(0, kLongest).find(';');
  if (end == kNone || end < 2) return std::nullopt;
  std::string_view body = text.substr(1, end - 1);
  Reference reference{end + 1, 0};
  if (body[0] != '#') {
    if (body == "amp") reference.value = '&';
    else if (body == "lt") reference.value = '<';
    else if (body == "gt") reference.value = '>';
    else if (body == "quot") reference.value = '"';
    else if (body == "apos") reference.value = '\'';
    else return std::nullopt;
    return reference;
  }
  body.remove_prefix(1);
  const bool hex = body.starts_with('x');
  if (hex) body.remove_prefix(1);
  std::uint32_t value = 0;
  const auto [parsed, error] = std::from_chars(body.data(), body.data() + body.size(), value, hex ? 16 : 10);
  if (error != std::errc() || parsed != body.data() + body.size() || !IsXmlCharacter(value)) return std::nullopt;
  reference.value = value;
  return reference;
}

/// Length of the well-formed piece of text that begins `text` with a byte that is not plain; 0 when it is illegal.
std::size_t LegalCharacter(std::string_view text) {
  if (text[0] == '&') {
    const auto reference = ReadReference(text);
    return reference ? reference->length : 0;
  }
  std::string_view rest = text;
  const auto c = TakeCodePoint(rest);
  return c && IsXmlCharacter(*c) ? text.size() - rest.size() : 0;
}

bool LegalCharacters(std::string_view text) {
  while (!text.empty()) {
    const auto c = TakeCodePoint(text);
    if (!c || !IsXmlCharacter(*c)) return false;
  }
  return true;
}

/// Line ends become line feeds, references (which the scan has checked) what they stand for.
void AppendResolved(std::string& out, std::string_view text, bool references) {
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '&' && references) {
      const auto reference = ReadReference(text.substr(i));
      AppendUtf8(out, reference->value);
      i += reference->length;
    } else if (text[i] == '\r') {
      out += '\n';
      i += text.substr(i).starts_with("\r\n") ? 2 : 1;
    } else {
      out += text[i++];
    }
  }
}

}  // namespace

void XmlScanner::Resume(std::size_t position, std::size_t depth) {
  position_ = position;
  depth_ = depth;
  broken_ = empty_element_ = false;
}

XmlScanner::Token XmlScanner::Broken(std::size_t acceptable_end) {
  position_ = acceptable_end;
  broken_ = true;
  return Token::kBroken;
}

XmlScanner::Token XmlScanner::Next() {
  if (broken_) return Token::kBroken;
  token_begin_ = position_;
  if (empty_element_) {
    empty_element_ = false;
    --depth_;
    return Token::kEnd;
  }
  for (;;) {
    if (position_ >= document_.size()) return depth_ == 0 && root_seen_ ? Token::kFinished : Broken(position_);
    token_begin_ = position_;
    if (document_[position_] != '<') {
      if (depth_ > 0) return ScanText();
      const std::size_t markup = SkipBlanks(position_);  // only blanks may stand outside the root
      if (markup < document_.size() && document_[markup] != '<') return Broken(position_);
      position_ = markup;
      continue;
    }
    const char next = position_ + 1 < document_.size() ? document_[position_ + 1] : '\0';
    if (next == '/') return ScanEndTag();
    if (next == '?') {
      if (!SkipInstruction()) return Broken(position_);
    } else if (next != '!') {
      return ScanStartTag();
    } else if (Follows("<![CDATA[")) {
      const Token token = ScanCData();
      if (token == Token::kBroken || !text_.empty()) return token;
    } else if (!SkipComment()) {
      return Broken(position_);
    }
  }
}

XmlScanner::Token XmlScanner::ScanText() {
  const std::size_t begin = position_;
  std::size_t at = begin;
  literal_ = true;
  cdata_ = false;
  for (;;) {
    while (at < document_.size() && kPlainText[static_cast<unsigned char>(document_[at])]) ++at;
    if (at == document_.size()) return Broken(at);
    const char c = document_[at];
    if (c == '<') break;
    if (c == ']') {
      if (document_.substr(at).starts_with("]]>")) return Broken(at);
      ++at;
      continue;
    }
    if (c == '&' || c == '\r') literal_ = false;
    const std::size_t length = LegalCharacter(document_.substr(at));
    if (length == 0) return Broken(at);
    at += length;
  }
  text_ = document_.substr(begin, at - begin);
  position_ = at;
  return Token::kText;
}

XmlScanner::Token XmlScanner::ScanCData() {
  constexpr std::size_t kOpenLength = 9;
  const std::size_t begin = position_ + kOpenLength;
  const std::size_t end = document_.find("]]>", begin);
  if (depth_ == 0 || end == kNone) return Broken(position_);
  text_ = document_.substr(begin, end - begin);
  if (!LegalCharacters(text_)) return Broken(position_);
  literal_ = text_.find('\r') == kNone;
  cdata_ = true;
  position_ = end + 3;
  return Token::kText;
}

XmlScanner::Token XmlScanner::ScanStartTag() {
  if (depth_ == kMaxDepth || (depth_ == 0 && root_seen_)) return Broken(position_);
  std::size_t at = NameEnd(position_ + 1);
  name_ = document_.substr(position_ + 1, at - position_ - 1);
  if (name_.empty()) return Broken(position_);
  attribute_count_ = 0;
  for (;;) {
    const std::size_t after_blanks = SkipBlanks(at);
    const std::string_view rest = document_.substr(after_blanks);
    if (rest.starts_with('>')) {
      at = after_blanks + 1;
      break;
    }
    if (rest.starts_with("/>")) {
      at = after_blanks + 2;
      empty_element_ = true;
      break;
    }
    const bool separated = after_blanks > at;
    at = after_blanks;
    if (!separated || !ScanAttribute(at)) return Broken(position_);
  }
  open_[depth_++] = name_;
  root_seen_ = true;
  position_ = at;
  return Token::kStart;
}

bool XmlScanner::ScanAttribute(std::size_t& at) {
  const std::size_t name_end = NameEnd(at);
  const std::string_view name = document_.substr(at, name_end - at);
  if (name.empty() || attribute_count_ == kMaxAttributes || FindAttribute(name) != nullptr) return false;
  const std::size_t equals = SkipBlanks(name_end);
  if (equals >= document_.size() || document_[equals] != '=') return false;
  const std::size_t quote = SkipBlanks(equals + 1);
  if (quote >= document_.size() || (document_[quote] != '"' && document_[quote] != '\'')) return false;
  const std::size_t end = document_.find(document_[quote], quote + 1);
  if (end == kNone) return false;
  const std::string_view value = document_.substr(quote + 1, end - quote - 1);
  for (std::size_t i = 0; i < value.size();) {
    const std::size_t length = value[i] == '<' ? 0 : LegalCharacter(value.substr(i));
    if (length == 0) return false;
    i += length;
  }
  attributes_[attribute_count_++] = {name, value};
  at = end + 1;
  return true;
}

XmlScanner::Token XmlScanner::ScanEndTag() {
  if (depth_ == 0) return Broken(position_);
  const std::string_view expected = open_[depth_ - 1];
  const std::size_t name_begin = position_ + 2;
  if (document_.substr(name_begin, expected.size()) != expected) return Broken(position_);
  const std::size_t close = SkipBlanks(name_begin + expected.size());
  if (close >= document_.size() || document_[close] != '>') return Broken(position_);
  name_ = expected;
  --depth_;
  position_ = close + 1;
  return Token::kEnd;
}

bool XmlScanner::SkipComment() {
  if (!Follows("<!--")) return false;
  const std::size_t begin = position_ + 4;
  const std::size_t dashes = document_.find("--", begin);  // the first ones have to be the end
  if (dashes == kNone || !document_.substr(dashes).starts_with("-->") || !LegalCharacters(document_.substr(begin, dashes - begin)))
    return false;
  position_ = dashes + 3;
  return true;
}

bool XmlScanner::SkipInstruction() {
  const std::size_t name_end = NameEnd(position_ + 2);
  const std::string_view target = document_.substr(position_ + 2, name_end - position_ - 2);
  const std::size_t end = document_.find("?>", name_end);
  if (target.empty() || end == kNone || !LegalCharacters(document_.substr(name_end, end - name_end))) return false;
  if (end != name_end && !IsBlank(document_[name_end])) return false;
  if (EqualsIgnoreCase(target, "xml") && (target != "xml" || position_ != 0)) return false;
  position_ = end + 2;
  return true;
}

std::size_t XmlScanner::NameEnd(std::size_t at) const {
  std::size_t end = at;
  for (;;) {
    while (end < document_.size() && kAsciiName[static_cast<unsigned char>(document_[end])]) ++end;
    std::string_view rest = document_.substr(end);
    if (rest.empty() || static_cast<unsigned char>(rest[0]) < 0x80) break;
    const auto c = TakeCodePoint(rest);
    if (!c || !IsXmlNameCharacter(*c)) break;
    end = document_.size() - rest.size();
  }
  std::string_view name = document_.substr(at, end - at);
  return name.empty() || !IsXmlNameStart(*TakeCodePoint(name)) ? at : end;
}

std::size_t XmlScanner::SkipBlanks(std::size_t at) const {
  while (at < document_.size() && IsBlank(document_[at])) ++at;
  return at;
}

void XmlScanner::AppendText(std::string& out) const {
  if (literal_) {
    out += text_;
  } else {
    AppendResolved(out, text_, !cdata_);
  }
}

std::string XmlScanner::Attribute(std::string_view name) const {
  std::string value;
  if (const AttributeRange* const found = FindAttribute(name)) AppendResolved(value, found->value, true);
  return value;
}

const XmlScanner::AttributeRange* XmlScanner::FindAttribute(std::string_view name) const {
  const auto end = attributes_.begin() + static_cast<std::ptrdiff_t>(attribute_count_);
  const auto found = std::find_if(attributes_.begin(), end, [name](const AttributeRange& attribute) { return attribute.name == name; });
  return found == end ? nullptr : &*found;
}

}  // namespace plenary::bbb
