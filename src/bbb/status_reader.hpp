// Collects the outcome of a reply while somebody else drives the scanner over it. Internal to the readers of node replies.
#pragma once

#include <string>

#include "bbb/node_reply.hpp"
#include "bbb/xml_scanner.hpp"

namespace plenary::bbb {

class StatusReader {
 public:
  /// To be called with every token that lies outside a payload that somebody else reads.
  void Take(const XmlScanner& scanner, XmlScanner::Token token);
  ReplyStatus Finish();

 private:
  std::string* Wanted(const XmlScanner& scanner);

  ReplyStatus status_;
  std::string returncode_;
  bool has_key_ = false;
  bool has_message_ = false;
  std::string* target_ = nullptr;  // where the text of the element that was just opened goes
};

/// The document without a byte order mark and leading blanks.
std::string_view StripLeading(std::string_view body);

}  // namespace plenary::bbb
