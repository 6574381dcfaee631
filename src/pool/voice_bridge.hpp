// Dial-in numbers, deterministic per meetingID and equal to Scalelite's (spec scalelite 4.4.4). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace plenary::pool {

/// The stream of candidates for one meetingID. 99999 is skipped by the caller, which counts it as a try.
class VoiceBridgeNumbers {
 public:
  VoiceBridgeNumbers(std::string_view meeting_id, int length);
  std::string Next();

 private:
  std::uint32_t NextWord();
  std::array<std::uint32_t, 624> state_;
  std::size_t index_ = 624;
  int length_;
};

inline constexpr int kVoiceBridgeTries = 10;
inline constexpr std::string_view kReservedVoiceBridge = "99999";

}  // namespace plenary::pool
