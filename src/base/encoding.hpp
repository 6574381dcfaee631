// Percent- and form-encoding, UTF-8 checks and number parsing, all on views; nothing here knows HTTP or BBB.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plenary {

/// application/x-www-form-urlencoded as Ruby's URI.encode_www_form does it (spec scalelite 1.10.1): space is '+';
/// letters, digits and "*-._" stay; every other byte becomes %XX in upper case. Appends to `out`.
void AppendFormEncoded(std::string& out, std::string_view text);

/// Decodes '+' and %XX and appends to `out`. False (with `out` as it was) on a malformed escape.
bool AppendFormDecoded(std::string& out, std::string_view text);

/// Value of two hex digits, or -1.
int HexByte(char high, char low);

bool IsValidUtf8(std::string_view text);
/// Takes the first code point off `text`, which must not be empty; nothing is taken when the text doesn't begin with well-formed UTF-8.
std::optional<char32_t> TakeCodePoint(std::string_view& text);
/// `code_point` must be a Unicode scalar value.
void AppendUtf8(std::string& out, char32_t code_point);

/// Whole text is a decimal integer with an optional sign.
std::optional<std::int64_t> ParseInt(std::string_view text);
/// Ruby's String#to_i: leading integer after blanks, else 0. Saturates instead of overflowing.
std::int64_t LeadingInt(std::string_view text);
/// Whole text is a finite decimal number.
std::optional<double> ParseDouble(std::string_view text);

std::string ToLowerAscii(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);
std::string_view TrimBlanks(std::string_view text);

/// Ruby's notation of a Float: "1.0", "2.5", "15.0"; never an exponent below 1e16.
std::string RubyFloat(double value);

/// FNV-1a, for hashing people and keys; not for security.
constexpr std::uint64_t Fnv1a(std::string_view text, std::uint64_t h = 14695981039346656037ull) {
  for (const char c : text) {
    h ^= static_cast<unsigned char>(c);
    h *= 1099511628211ull;
  }
  return h;
}

/// For maps with string keys that are looked up by view.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return static_cast<std::size_t>(Fnv1a(text)); }
};

}  // namespace plenary
