// A strict pull scanner over the XML that nodes send: elements, text and CDATA as views into the document, one pass, nothing built.
// It admits what a strict XML 1.0 parser admits of a document without DTD (names, characters, references, nesting, one root), so that an
// element it went through can be handed to any client; a DOCTYPE and nesting deeper than kMaxDepth are refused. Pure; one owner.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace plenary::bbb {

class XmlScanner {
 public:
  static constexpr std::size_t kMaxDepth = 64;
  static constexpr std::size_t kMaxAttributes = 64;

  enum class Token {
    kStart,     // name(); an empty element gives kStart and kEnd
    kEnd,       // name()
    kText,      // never empty; comments and processing instructions split text
    kFinished,  // the end of a well-formed document
    kBroken,    // not well-formed, or cut off; stays until Resume()
  };

  /// `document` begins with the declaration or the root (no byte order mark) and outlives the scanner.
  explicit XmlScanner(std::string_view document) : document_(document) {}

  Token Next();

  std::string_view name() const { return name_; }
  /// Of kText: the bytes as they stand in the document, and whether they are the text already.
  std::string_view raw_text() const { return text_; }
  bool literal() const { return literal_; }
  /// Of kText: with references resolved and line ends normalised.
  void AppendText(std::string& out) const;
  /// Of kStart: an attribute's value, "" when it has none of that name.
  std::string Attribute(std::string_view name) const;

  /// Number of open elements, behind kStart with it and behind kEnd without it.
  std::size_t depth() const { return depth_; }
  std::span<const std::string_view> open_elements() const { return std::span(open_).first(depth_); }
  /// Where the last token begins, and where it ends. After kBroken: the document up to position() is acceptable as far as it goes.
  std::size_t token_begin() const { return token_begin_; }
  std::size_t position() const { return position_; }

  /// Goes on at `position` as if only the first `depth` of the open elements were open there.
  void Resume(std::size_t position, std::size_t depth);

 private:
  struct AttributeRange {
    std::string_view name, value;
  };

  Token Broken(std::size_t acceptable_end);
  Token ScanText();
  Token ScanCData();
  Token ScanStartTag();
  Token ScanEndTag();
  bool SkipComment();
  bool SkipInstruction();
  bool ScanAttribute(std::size_t& at);
  const AttributeRange* FindAttribute(std::string_view name) const;
  /// End of the name that begins at `at`; `at` when there is none.
  std::size_t NameEnd(std::size_t at) const;
  std::size_t SkipBlanks(std::size_t at) const;
  bool Follows(std::string_view text) const { return document_.substr(position_).starts_with(text); }

  std::string_view document_;
  std::size_t position_ = 0;
  std::size_t token_begin_ = 0;
  std::string_view name_, text_;
  bool literal_ = true;
  bool cdata_ = false;
  bool empty_element_ = false;  // its kEnd is still to come
  bool broken_ = false;
  bool root_seen_ = false;
  std::size_t depth_ = 0;
  std::array<std::string_view, kMaxDepth> open_;
  std::size_t attribute_count_ = 0;
  std::array<AttributeRange, kMaxAttributes> attributes_;
};

}  // namespace plenary::bbb
