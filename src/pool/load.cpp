#include "pool/load.hpp"

#include <algorithm>

namespace plenary::pool {
namespace {

bool IsYoung(const LoadSettings& settings, const MeetingCount& count, std::int64_t now_ms) {
  return count.create_time_ms > now_ms - settings.join_buffer_ms;
}

}  // namespace

std::int64_t SeatsOf(const LoadSettings& settings, const MeetingCount& count, std::int64_t handed, std::int64_t now_ms) {
  if (count.breakout) return 0;
  const std::int64_t people = count.participants + handed;
  return IsYoung(settings, count, now_ms) ? std::max(people, settings.min_user_count) : people;
}

std::int64_t ScaleliteLoad(const LoadSettings& settings, std::span<const MeetingCount> meetings, std::int64_t now_ms) {
  std::int64_t load = 0;
  for (const MeetingCount& count : meetings) {
    if (count.breakout) continue;
    const std::int64_t people = count.participants + count.moderators;
    load += IsYoung(settings, count, now_ms) ? std::max(people, settings.min_user_count) : people;
  }
  return load;
}

}  // namespace plenary::pool
