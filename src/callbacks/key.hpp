// Keys of the outbox: what must stay in order, and what is the same callback. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "records/outbox.hpp"

namespace plenary::callbacks {

inline std::string KeyOf(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (const std::string_view part : parts) {
    if (!key.empty()) key += '\n';
    key += part;
  }
  return key;
}

/// Per meeting and receiver: one that is away holds up nobody else's.
inline std::string OrderKeyOf(const records::Callback& callback) { return KeyOf({"order", callback.tenant_id, callback.meeting_id, callback.url}); }

}  // namespace plenary::callbacks
