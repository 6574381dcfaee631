#include "base/random.hpp"

#include <array>
#include <cstddef>
#include <stdexcept>

#include <openssl/rand.h>

namespace plenary {

std::uint64_t Random::Below(std::uint64_t bound) {
  // The lowest 2^64 mod bound values are drawn again, so that what is left divides evenly.
  const std::uint64_t uneven = (0 - bound) % bound;
  std::uint64_t value = Next();
  while (value < uneven) value = Next();
  return value % bound;
}

std::string Random::Text(std::size_t length, std::string_view alphabet) {
  std::string text(length, '\0');
  for (char& c : text) c = alphabet[Below(alphabet.size())];
  return text;
}

std::string Random::Uuid() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::uint64_t high = Next();
  std::uint64_t low = Next();
  high = (high & ~0xF000ull) | 0x4000ull;             // version 4
  low = (low & ~(3ull << 62)) | (2ull << 62);         // variant 1
  std::string text(36, '-');
  std::size_t at = 0;
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) ++at;
    const std::uint64_t half = nibble < 16 ? high : low;
    text[at++] = kDigits[(half >> (60 - 4 * (nibble % 16))) & 15];
  }
  return text;
}

std::uint64_t SystemRandom::Next() {
  // OpenSSL's generator is per thread, but each call into it costs a microsecond: draw several values at once.
  thread_local std::array<std::uint64_t, 32> drawn;
  thread_local std::size_t left = 0;
  if (left == 0) {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(drawn.data()), static_cast<int>(sizeof drawn)) != 1) {
      throw std::runtime_error("OpenSSL has no randomness");
    }
    left = drawn.size();
  }
  std::uint64_t& slot = drawn[--left];
  const std::uint64_t value = slot;
  slot = 0;  // what was handed out (part of a password, perhaps) does not stay in memory
  return value;
}

}  // namespace plenary
