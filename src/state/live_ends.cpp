// Ends of meetings that have yet to be announced: kept with what is forgotten, so that no crash in between loses one.
#include <utility>

#include "state/live_state.hpp"

namespace plenary::state {
namespace {

constexpr std::int64_t kAgainMs = 60'000;
constexpr std::int64_t kGiveUpMs = 86'400'000;
constexpr std::size_t kAtOnce = 100;  // in one sweep

}  // namespace

void LiveState::OnMeetingEnd(std::function<void(const pool::MeetingEnd&)> announce) {
  const std::lock_guard lock(decision_);
  announce_ = std::move(announce);
}

void LiveState::TellEnd(Turn& turn, const pool::Meeting& meeting, std::int64_t now_ms) {
  if (meeting.internal_id.empty()) return;  // nothing tells this meeting from the next one of its ID
  const pool::MeetingEnd end{
      .tenant_id = meeting.tenant_id, .meeting_id = meeting.meeting_id, .internal_id = meeting.internal_id, .id = ++last_meeting_end_id_};
  turn.Write(PutMeetingEnd{end});
  unannounced_.emplace(end.id, Unannounced{.end = end, .since_ms = now_ms, .next_ms = now_ms + kAgainMs});
  if (announce_) turn.Later([announce = announce_, end] { announce(end); });
}

void LiveState::AnnounceAgain(Turn& turn, std::int64_t now_ms) {
  if (!announce_) return;
  std::size_t announced = 0;
  for (auto next = unannounced_.begin(); next != unannounced_.end() && announced < kAtOnce;) {
    const auto at = next++;
    Unannounced& waiting = at->second;
    if (now_ms < waiting.next_ms) continue;
    if (waiting.since_ms + kGiveUpMs <= now_ms) {
      announced_.push_back(at->first);
      unannounced_.erase(at);
      continue;
    }
    waiting.next_ms = now_ms + kAgainMs;
    ++announced;
    turn.Later([announce = announce_, end = waiting.end] { announce(end); });
  }
}

void LiveState::EndAnnounced(std::int64_t meeting_end_id) {
  const std::lock_guard lock(decision_);
  if (unannounced_.erase(meeting_end_id) > 0) announced_.push_back(meeting_end_id);
}

void LiveState::DropAnnounced(Turn& turn) {
  for (const std::int64_t id : std::exchange(announced_, {})) turn.Write(DropMeetingEnd{id});
}

}  // namespace plenary::state
