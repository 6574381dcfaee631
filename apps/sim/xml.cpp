#include "xml.hpp"

#include <fmt/format.h>

namespace plenary::sim {

void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
}

void AppendElement(std::string& out, std::string_view name, std::string_view text) {
  out.append("<").append(name).append(">");
  AppendEscaped(out, text);
  out.append("</").append(name).append(">\n");
}

void AppendElement(std::string& out, std::string_view name, std::int64_t number) {
  const fmt::format_int digits(number);
  out.append("<").append(name).append(">").append(digits.data(), digits.size()).append("</").append(name).append(">\n");
}

void AppendFlag(std::string& out, std::string_view name, bool value) { AppendElement(out, name, value ? "true" : "false"); }

std::string WithThousands(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first_digit = number < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first_digit + 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string FailedXml(std::string_view key, std::string_view message) {
  std::string out = "<response>\n<returncode>FAILED</returncode>\n";
  AppendElement(out, "messageKey", key);
  AppendElement(out, "message", message);
  out += "</response>";
  return out;
}

}  // namespace plenary::sim
