// What a node's load is (design: LOAD_MODEL). Pure arithmetic; the bookkeeping is state::LiveState's.
#pragma once

#include <cstdint>
#include <span>

namespace plenary::pool {

enum class LoadModel : std::uint8_t { kSeats, kScalelite, kRoundRobin };

struct LoadSettings {
  LoadModel model = LoadModel::kSeats;
  std::int64_t min_user_count = 15;          // LOAD_MIN_USER_COUNT
  std::int64_t join_buffer_ms = 15 * 60'000; // LOAD_JOIN_BUFFER_TIME
};

/// What a poll says of one meeting.
struct MeetingCount {
  std::int64_t participants = 0, moderators = 0;
  std::int64_t create_time_ms = 0;
  bool breakout = false;
};

/// seats: max(attendees + handed, min_user_count while younger than the buffer); breakouts count 0 (their people are in the parent, too).
std::int64_t SeatsOf(const LoadSettings& settings, const MeetingCount& count, std::int64_t handed, std::int64_t now_ms);

/// scalelite: sum over meetings of P + M (moderators twice), at least min_user_count while younger than the buffer, without breakouts,
/// before the multiplier (spec scalelite 7.2).
std::int64_t ScaleliteLoad(const LoadSettings& settings, std::span<const MeetingCount> meetings, std::int64_t now_ms);

}  // namespace plenary::pool
