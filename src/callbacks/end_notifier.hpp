// Tells front-ends that a meeting is over: their own meetingEndedURL, whose place at the node ours has taken (spec bbb-api 6.2). However an end
// becomes known - a node's signal, a poll, an operator - it is told once. Any thread; nothing here blocks the caller.
#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"
#include "observe/log.hpp"
#include "pool/meeting.hpp"
#include "records/callback_urls.hpp"
#include "records/outbox.hpp"
#include "runtime/runtime.hpp"
#include "state/state_store.hpp"

namespace plenary::callbacks {

/// Outlives the runtime's threads.
class EndNotifier {
 public:
  EndNotifier(runtime::Runtime& runtime, records::CallbackUrlStore& urls, records::Outbox& outbox, observe::Log& log)
      : runtime_(runtime), urls_(urls), outbox_(outbox), log_(log) {}

  /// `done` when the front-end will certainly be told, or need not be. kIo, kCorrupt.
  void Announce(pool::MeetingEnd end, std::function<void(const Status&)> done);

  /// From now on each end that `store` knows of is announced. Ours must be the only such call; `store` outlives the threads of the records.
  void Watch(state::StateStore& store);

 private:
  runtime::Runtime& runtime_;
  records::CallbackUrlStore& urls_;
  records::Outbox& outbox_;
  observe::Log& log_;
};

}  // namespace plenary::callbacks
