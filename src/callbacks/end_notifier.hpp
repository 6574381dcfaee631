// Tells front-ends that a meeting is over: their own meetingEndedURL, whose place at the node ours has taken (spec bbb-api 6.2). However an end
// becomes known - a node's signal, a poll, an operator - it is told once. Any thread; nothing here blocks the caller.
#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"
#include "observe/log.hpp"
#include "pool/placement.hpp"
#include "records/callback_urls.hpp"
#include "records/outbox.hpp"
#include "runtime/runtime.hpp"

namespace plenary::callbacks {

struct MeetingEnd {
  std::string tenant_id, meeting_id;  // the client's
  std::string internal_id;
};

/// Outlives the runtime's threads.
class EndNotifier {
 public:
  EndNotifier(runtime::Runtime& runtime, records::CallbackUrlStore& urls, records::Outbox& outbox, observe::Log& log)
      : runtime_(runtime), urls_(urls), outbox_(outbox), log_(log) {}

  /// `done` when the front-end will certainly be told, or need not be. kIo, kCorrupt.
  void Announce(MeetingEnd end, std::function<void(const Status&)> done);

  /// A room's history is written when its meeting is forgotten, for whatever reason; one that goes on elsewhere has not ended.
  void RoomEnded(const pool::RoomHistory& room);

 private:
  runtime::Runtime& runtime_;
  records::CallbackUrlStore& urls_;
  records::Outbox& outbox_;
  observe::Log& log_;
};

}  // namespace plenary::callbacks
