// Watches the nodes: one independent loop per node with jitter on the control thread, so that a slow or dead node delays nobody else. Each poll
// is getMeetings (load, health, ended and foreign meetings, owed ends) and now and then the version. Also the rounds that an operator asks for.
// Everything but Start and NodeChanged must be called on the control thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"
#include "nodes/node_calls.hpp"
#include "observe/log.hpp"
#include "runtime/alarm.hpp"
#include "runtime/runtime.hpp"
#include "state/state_store.hpp"

namespace plenary::poller {

struct PollerOptions {
  std::chrono::milliseconds interval{60'000};  // POLL_INTERVAL
};

/// What a round does (spec scalelite 7): rake's poll:all, poll:servers, poll:meetings, poll:versions.
enum class Round { kAll, kServers, kMeetings, kVersions };

struct RoundResult {
  std::string node_id;
  std::string error;  // of the servers poll; "" = it answered
};

class Poller {
 public:
  Poller(runtime::Runtime& runtime, state::StateStore& store, nodes::NodeCalls& calls, const Clock& clock, Random& random, observe::Log& log,
         PollerOptions options);
  ~Poller();

  /// Starts the loops of all nodes; every node is polled at once.
  void Start();
  /// No further polls are begun. Control thread.
  void Stop();
  /// A node was added or removed: it gets its loop, or its loop ends. Any thread.
  void NodeChanged(std::string node_id);

  /// A full round now, waited for. `ids` empty: all nodes.
  Task<std::vector<RoundResult>> Run(Round round, std::vector<std::string> ids);
  /// Polls one node, its version too, and waits for it (after it was added or enabled, so that it can be used right away).
  Task<void> Look(std::string node_id);

 private:
  struct Loop {
    explicit Loop(runtime::Executor executor) : alarm(executor) {}
    runtime::Alarm alarm;
  };

  void AddLoop(const std::string& node_id, bool poll_now);
  Task<void> NodeLoop(std::string node_id, std::shared_ptr<Loop> loop, bool poll_now);
  Task<std::string> PollServer(std::string node_id);
  Task<void> PollInto(std::string node_id, std::shared_ptr<RoundResult> result);
  Task<void> PollVersion(std::string node_id);
  Task<void> PollMeetingsOf(state::NodePtr node, std::vector<state::MeetingPtr> meetings);
  Task<void> CarryOut(state::NodePtr node, state::PollOutcome outcome);
  Task<void> EndOwed(state::NodePtr node, pool::PendingEnd owed);
  Task<void> SweepLoop();
  std::chrono::milliseconds Jittered();
  void Tell(const state::NodeView& node, const state::PollOutcome& outcome);

  runtime::Runtime& runtime_;
  state::StateStore& store_;
  nodes::NodeCalls& calls_;
  const Clock& clock_;
  Random& random_;
  observe::Log& log_;
  PollerOptions options_;
  std::unordered_map<std::string, std::shared_ptr<Loop>, StringHash, std::equal_to<>> loops_;
  bool started_ = false;
  bool stopping_ = false;
};

}  // namespace plenary::poller
