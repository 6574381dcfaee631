#include "http/message.hpp"

#include "base/encoding.hpp"

namespace plenary::http {

std::string_view Request::Header(std::string_view name) const {
  for (const HeaderField& field : headers) {
    if (EqualsIgnoreCase(field.name, name)) return field.value;
  }
  return {};
}

bool Request::HasHeader(std::string_view name) const {
  for (const HeaderField& field : headers) {
    if (EqualsIgnoreCase(field.name, name)) return true;
  }
  return false;
}

void Reply::AddHeader(std::string_view name, std::string_view value) {
  headers_.append(name).append(": ");
  unsigned forbidden = 0;  // counted without a branch: the compiler looks at many characters at once
  for (const char c : value) forbidden += static_cast<unsigned>((c == '\r') | (c == '\n') | (c == '\0'));
  if (forbidden == 0) {
    headers_.append(value);
  } else {
    for (const char c : value) {
      if (c != '\r' && c != '\n' && c != '\0') headers_.push_back(c);
    }
  }
  headers_.append("\r\n");
}

void Reply::Reset() {
  status = 200;
  body.clear();
  content_type_.clear();
  headers_.clear();
  close = false;
  outcome = {};
  upstream.clear();
}

}  // namespace plenary::http
