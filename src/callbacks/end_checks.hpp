// A node says that a meeting is over: a reason to look, not a proof. The node is asked, and only its "notFound" ends the claim; while it still
// has the meeting, a few more looks follow, for BBB ends meetings asynchronously. What they miss, the poller finds.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "bbb/end_signal.hpp"
#include "callbacks/end_notifier.hpp"
#include "nodes/node_calls.hpp"
#include "observe/log.hpp"
#include "runtime/runtime.hpp"
#include "state/state_store.hpp"

namespace plenary::callbacks {

enum class EndCheck {
  kGone,        // forgotten now, or was before
  kStillThere,  // more looks follow, or are under way already
  kUnknown,     // the node gave no usable answer
  kNotStored,   // it is over, but that could not be written down: the node should say so again
};

/// Outlives the runtime's threads.
class EndChecks {
 public:
  /// `again`: the pauses before further looks.
  EndChecks(runtime::Runtime& runtime, state::StateStore& store, nodes::NodeCalls& calls, EndNotifier& notifier, observe::Log& log,
            std::vector<std::chrono::milliseconds> again = {std::chrono::seconds(2), std::chrono::seconds(5), std::chrono::seconds(15)});

  /// One look, for as long as the node takes to answer. On a thread of the runtime.
  Task<EndCheck> Check(bbb::EndSignal signal);

 private:
  Task<EndCheck> Look(bbb::EndSignal signal);
  Task<void> LookAgain(bbb::EndSignal signal);

  runtime::Runtime& runtime_;
  state::StateStore& store_;
  nodes::NodeCalls& calls_;
  EndNotifier& notifier_;
  observe::Log& log_;
  const std::vector<std::chrono::milliseconds> again_;
  std::mutex mutex_;
  std::unordered_set<std::uint64_t> under_way_;  // claims; signals that repeat themselves must not pile up
};

}  // namespace plenary::callbacks
