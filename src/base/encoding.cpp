#include "base/encoding.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <system_error>

namespace plenary {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr auto kStaysInForm = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    table[static_cast<std::size_t>(c)] = letter || (c >= '0' && c <= '9') || c == '*' || c == '-' || c == '.' || c == '_';
  }
  return table;
}();

constexpr auto kHexValue = [] {
  std::array<signed char, 256> table{};
  for (int c = 0; c < 256; ++c) {
    int value = -1;
    if (c >= '0' && c <= '9') value = c - '0';
    if (c >= 'a' && c <= 'f') value = c - 'a' + 10;
    if (c >= 'A' && c <= 'F') value = c - 'A' + 10;
    table[static_cast<std::size_t>(c)] = static_cast<signed char>(value);
  }
  return table;
}();

/// Length of the well-formed sequence at `p` (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF), or 0.
std::size_t Utf8SequenceLength(const unsigned char* p, std::size_t left) {
  const unsigned char lead = p[0];
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (left < length) return 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  if (p[1] < low || p[1] > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((p[i] & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

void AppendFormEncoded(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kStaysInForm[byte]) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      const std::array<char, 3> escape{'%', kDigits[byte >> 4], kDigits[byte & 15]};
      out.append(escape.data(), escape.size());
    }
  }
}

bool AppendFormDecoded(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '+') {
      out += ' ';
    } else if (c != '%') {
      out += c;
    } else {
      const int byte = i + 2 < text.size() ? HexByte(text[i + 1], text[i + 2]) : -1;
      if (byte < 0) {
        out.resize(before);
        return false;
      }
      out += static_cast<char>(byte);
      i += 2;
    }
  }
  return true;
}

int HexByte(char high, char low) {
  const int high_value = kHexValue[static_cast<unsigned char>(high)];
  const int low_value = kHexValue[static_cast<unsigned char>(low)];
  return high_value < 0 || low_value < 0 ? -1 : high_value * 16 + low_value;
}

bool IsValidUtf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t left = text.size();
  while (left > 0) {
    std::uint64_t word = 0;
    if (left >= sizeof word) {
      std::memcpy(&word, p, sizeof word);
      if ((word & 0x8080808080808080ull) == 0) {
        p += sizeof word;
        left -= sizeof word;
        continue;
      }
    }
    const std::size_t length = Utf8SequenceLength(p, left);
    if (length == 0) return false;
    p += length;
    left -= length;
  }
  return true;
}

std::optional<char32_t> TakeCodePoint(std::string_view& text) {
  const auto* const p = reinterpret_cast<const unsigned char*>(text.data());
  const std::size_t length = Utf8SequenceLength(p, text.size());
  if (length == 0) return std::nullopt;
  char32_t code_point = length == 1 ? p[0] : p[0] & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code_point = (code_point << 6) | (p[i] & 0x3Fu);
  text.remove_prefix(length);
  return code_point;
}

void AppendUtf8(std::string& out, char32_t code_point) {
  const auto tail = [&out, code_point](int shift) { out += static_cast<char>(0x80 | ((code_point >> shift) & 0x3F)); };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
    return;
  }
  if (code_point < 0x800) {
    out += static_cast<char>(0xC0 | (code_point >> 6));
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0 | (code_point >> 12));
    tail(6);
  } else {
    out += static_cast<char>(0xF0 | (code_point >> 18));
    tail(12);
    tail(6);
  }
  tail(0);
}

std::optional<std::int64_t> ParseInt(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && IsDigit(text[1])) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::int64_t LeadingInt(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size() && IsBlank(text[i])) ++i;
  bool negative = false;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) negative = text[i++] == '-';
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  std::int64_t value = 0;  // kept negative, as that range is the larger one
  bool saturated = false;
  for (bool after_digit = false; i < text.size(); ++i) {
    if (text[i] == '_' && after_digit) {  // Ruby reads "1_000" as 1000
      after_digit = false;
      continue;
    }
    if (!IsDigit(text[i])) break;
    after_digit = true;
    const int digit = text[i] - '0';
    if (value < (kMin + digit) / 10) saturated = true;
    if (!saturated) value = value * 10 - digit;
  }
  if (negative) return saturated ? kMin : value;
  return saturated || value == kMin ? std::numeric_limits<std::int64_t>::max() : -value;
}

std::optional<double> ParseDouble(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && (IsDigit(text[1]) || text[1] == '.')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string ToLowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = Lower(c);
  return lower;
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::string RubyFloat(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  const double magnitude = std::fabs(value);
  const bool fixed = magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16);
  std::array<char, 64> buffer;
  const auto format = fixed ? std::chars_format::fixed : std::chars_format::scientific;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  std::string text(buffer.data(), end);
  const std::size_t exponent = text.find('e');
  if (text.find('.') == std::string::npos) text.insert(exponent == std::string::npos ? text.size() : exponent, ".0");
  return text;
}

}  // namespace plenary
