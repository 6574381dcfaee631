#include "callbacks/seen_meetings.hpp"

namespace plenary::callbacks {
namespace {

std::string KeyOf(std::string_view node_id, std::string_view internal_id) {
  std::string key(node_id);
  key += '\n';
  key += internal_id;
  return key;
}

}  // namespace

void SeenMeetings::Learn(std::string_view node_id, std::string_view internal_id, MeetingOwner owner) {
  std::string key = KeyOf(node_id, internal_id);
  const std::lock_guard lock(mutex_);
  if (const auto known = by_key_.find(key); known != by_key_.end()) {
    known->second->second = std::move(owner);
    entries_.splice(entries_.begin(), entries_, known->second);
    return;
  }
  entries_.emplace_front(std::move(key), std::move(owner));
  by_key_.emplace(entries_.front().first, entries_.begin());
  if (entries_.size() <= limit_) return;
  by_key_.erase(entries_.back().first);
  entries_.pop_back();
}

std::optional<MeetingOwner> SeenMeetings::Find(std::string_view node_id, std::string_view internal_id) {
  const std::string key = KeyOf(node_id, internal_id);
  const std::lock_guard lock(mutex_);
  const auto known = by_key_.find(key);
  if (known == by_key_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, known->second);
  return known->second->second;
}

}  // namespace plenary::callbacks
