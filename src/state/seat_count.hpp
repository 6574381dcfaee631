// The people of one meeting as far as placement counts them: those whom its last poll showed, and those who were handed a join
// since. Pure; owned by the meeting's entry and guarded by its shard's lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "pool/load.hpp"

namespace plenary::state {

class SeatCount {
 public:
  static constexpr std::int64_t kArrivalMs = 60'000;   // who has not arrived by then does not come
  static constexpr std::size_t kMaxHanded = 20'000;    // beyond it nobody is remembered: the node is the fullest anyway

  /// `create_time_ms` until a poll reports another.
  explicit SeatCount(std::int64_t create_time_ms) { count_.create_time_ms = create_time_ms; }

  /// The last poll showed this person.
  bool Shown(std::uint64_t person) const;
  /// Someone who is not Shown got a join link. False when the person has none yet; else its time starts anew.
  bool HandAgain(std::uint64_t person, std::int64_t now_ms);
  /// … the first one. False when there are kMaxHanded already; then the person is not counted.
  bool Hand(std::uint64_t person, bool anonymous, std::int64_t now_ms);
  /// A poll's count. People who are among `attendee_ids` have arrived; so have, oldest first, as many anonymous ones as the number of
  /// anonymous attendees grew by.
  void Polled(const pool::MeetingCount& count, std::vector<std::uint64_t> attendee_ids, std::size_t anonymous_attendees);
  /// True when somebody was dropped.
  bool DropLate(std::int64_t now_ms);

  const pool::MeetingCount& count() const { return count_; }
  /// Those whom the last poll showed. Of breakouts none: they are in the parent, too.
  std::int64_t Participants() const { return count_.breakout ? 0 : count_.participants; }
  /// … and those on their way.
  std::int64_t People() const { return Participants() + static_cast<std::int64_t>(handed_.size()); }
  std::int64_t Seats(const pool::LoadSettings& settings, std::int64_t now_ms) const {
    return pool::SeatsOf(settings, count_, static_cast<std::int64_t>(handed_.size()), now_ms);
  }

 private:
  struct Handed {
    std::int64_t at_ms;
    bool anonymous;
  };
  void DropAnonymous(std::size_t arrived);

  pool::MeetingCount count_;
  std::size_t anonymous_attendees_ = 0;
  std::vector<std::uint64_t> attendee_ids_;  // sorted
  boost::unordered_flat_map<std::uint64_t, Handed> handed_;
};

}  // namespace plenary::state
