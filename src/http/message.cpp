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
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') headers_.push_back(c);
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
  outcome = {};
  upstream.clear();
}

}  // namespace plenary::http
