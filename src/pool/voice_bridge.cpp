#include "pool/voice_bridge.hpp"

#include <span>

#include "base/digest.hpp"

namespace plenary::pool {
namespace {

constexpr std::size_t kMiddle = 397;

// MT19937 as its authors published it (Matsumoto and Nishimura 2002): std::mt19937's seed_seq seeds differently.
void SeedByNumber(std::array<std::uint32_t, 624>& state, std::uint32_t seed) {
  state[0] = seed;
  for (std::size_t i = 1; i < state.size(); ++i) {
    state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + static_cast<std::uint32_t>(i);
  }
}

void SeedByArray(std::array<std::uint32_t, 624>& state, std::span<const std::uint32_t> key) {
  constexpr std::size_t kSize = 624;
  SeedByNumber(state, 19650218u);
  std::size_t i = 1;
  std::size_t j = 0;
  for (std::size_t k = kSize; k > 0; --k) {  // a key here is never longer than the state
    state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525u)) + key[j] + static_cast<std::uint32_t>(j);
    if (++i == kSize) {
      state[0] = state[kSize - 1];
      i = 1;
    }
    if (++j == key.size()) j = 0;
  }
  for (std::size_t k = kSize - 1; k > 0; --k) {
    state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941u)) - static_cast<std::uint32_t>(i);
    if (++i == kSize) {
      state[0] = state[kSize - 1];
      i = 1;
    }
  }
  state[0] = 0x80000000u;
}

void Twist(std::array<std::uint32_t, 624>& state) {
  constexpr std::size_t kSize = 624;
  for (std::size_t i = 0; i < kSize; ++i) {
    const std::uint32_t y = (state[i] & 0x80000000u) | (state[(i + 1) % kSize] & 0x7fffffffu);
    state[i] = state[(i + kMiddle) % kSize] ^ (y >> 1) ^ ((y & 1u) != 0 ? 0x9908b0dfu : 0u);
  }
}

std::uint32_t LittleEndianWord(const std::array<std::uint8_t, 32>& bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) | static_cast<std::uint32_t>(bytes[at + 1]) << 8 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 16 | static_cast<std::uint32_t>(bytes[at + 3]) << 24;
}

}  // namespace

VoiceBridgeNumbers::VoiceBridgeNumbers(std::string_view meeting_id, int length) : length_(length) {
  // seed = q0 * 2^64 + q1, least significant word first: q1 stands in bytes 8-15, q0 in bytes 0-7.
  const auto hash = Sha256Raw(meeting_id);
  const std::array<std::uint32_t, 4> words = {LittleEndianWord(hash, 8), LittleEndianWord(hash, 12), LittleEndianWord(hash, 0),
                                              LittleEndianWord(hash, 4)};
  std::size_t used = words.size();
  while (used > 1 && words[used - 1] == 0) --used;
  if (used > 1 && words[used - 1] == 1) --used;
  if (used == 1) {
    SeedByNumber(state_, words[0]);
  } else {
    SeedByArray(state_, std::span(words).first(used));
  }
}

std::uint32_t VoiceBridgeNumbers::NextWord() {
  if (index_ == state_.size()) {
    Twist(state_);
    index_ = 0;
  }
  std::uint32_t y = state_[index_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

std::string VoiceBridgeNumbers::Next() {
  std::string number;
  number.reserve(static_cast<std::size_t>(length_));
  for (int i = 0; i < length_; ++i) {
    const std::uint32_t lowest = i == 0 ? 1 : 0;  // a number never begins with 0
    const std::uint32_t range = 9 - lowest;
    std::uint32_t value = NextWord() & 15u;
    while (value > range) value = NextWord() & 15u;
    number.push_back(static_cast<char>('0' + lowest + value));
  }
  return number;
}

}  // namespace plenary::pool
