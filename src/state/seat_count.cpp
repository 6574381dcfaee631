#include "state/seat_count.hpp"

#include <algorithm>
#include <utility>

namespace plenary::state {

bool SeatCount::Shown(std::uint64_t person) const { return std::binary_search(attendee_ids_.begin(), attendee_ids_.end(), person); }

bool SeatCount::HandAgain(std::uint64_t person, std::int64_t now_ms) {
  const auto known = handed_.find(person);
  if (known == handed_.end()) return false;
  known->second.at_ms = now_ms;
  return true;
}

bool SeatCount::Hand(std::uint64_t person, bool anonymous, std::int64_t now_ms) {
  if (handed_.size() >= kMaxHanded) return false;
  handed_.emplace(person, Handed{now_ms, anonymous});
  return true;
}

void SeatCount::Polled(const pool::MeetingCount& count, std::vector<std::uint64_t> attendee_ids, std::size_t anonymous_attendees) {
  count_ = count;
  attendee_ids_ = std::move(attendee_ids);
  attendee_ids_.shrink_to_fit();
  std::sort(attendee_ids_.begin(), attendee_ids_.end());
  boost::unordered::erase_if(handed_, [this](const auto& handed) { return Shown(handed.first); });
  if (anonymous_attendees > anonymous_attendees_) DropAnonymous(anonymous_attendees - anonymous_attendees_);
  anonymous_attendees_ = anonymous_attendees;
}

void SeatCount::DropAnonymous(std::size_t arrived) {
  std::vector<std::pair<std::int64_t, std::uint64_t>> waiting;
  for (const auto& [person, handed] : handed_) {
    if (handed.anonymous) waiting.emplace_back(handed.at_ms, person);
  }
  arrived = std::min(arrived, waiting.size());
  std::partial_sort(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(arrived), waiting.end());
  for (std::size_t i = 0; i < arrived; ++i) handed_.erase(waiting[i].second);
}

bool SeatCount::DropLate(std::int64_t now_ms) {
  if (handed_.empty()) return false;
  return boost::unordered::erase_if(handed_, [now_ms](const auto& handed) { return handed.second.at_ms + kArrivalMs <= now_ms; }) > 0;
}

}  // namespace plenary::state
