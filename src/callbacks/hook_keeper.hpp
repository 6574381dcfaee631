// Keeps hooks of ours on the nodes while front-ends are registered with us: one for events, and one for raw messages, each only while somebody
// wants that kind. Nodes lose hooks (a flushed Redis, five minutes without an answer from us), so what is there is compared with what should be there
// when registrations change, when a node returns, and every five minutes; ours are taken away when nobody wants them. A node without
// bbb-webhooks is told of once. Everything happens on the control thread but Start.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "bbb/hook_documents.hpp"
#include "http/public_url.hpp"
#include "nodes/node_calls.hpp"
#include "observe/log.hpp"
#include "records/hook_store.hpp"
#include "runtime/alarm.hpp"
#include "runtime/runtime.hpp"
#include "state/state_store.hpp"

namespace plenary::callbacks {

class HookKeeper {
 public:
  HookKeeper(runtime::Runtime& runtime, const state::StateStore& store, nodes::NodeCalls& calls, records::HookStore& hooks,
             const http::PublicUrl& public_url, const Clock& clock, observe::Log& log);
  ~HookKeeper();

  void Start();
  /// No further calls are begun. Control thread.
  void Stop();

 private:
  /// What front-ends want to hear; decides which hooks we need.
  struct Wish {
    bool mapped = false, raw = false;
    bool any() const { return mapped || raw; }
    bool operator==(const Wish&) const = default;
  };
  /// What we know of a node.
  struct Place {
    bool answers = false;             // at the last look
    std::int64_t poll_failed_ms = 0;  // its last failed poll before that (pool::Node::last_poll_failed_ms)
    bool busy = false;                // a comparison is under way
    bool ours = false;                // a hook of ours may be there
    bool missing = false;             // no bbb-webhooks
    bool failing = false;             // the last comparison failed
    bool sha1 = false;                // it told by checksumError that it is older than 3.0
    SteadyTime due{};
  };
  struct Bell;

  Wish WishOf(const std::vector<records::Hook>& hooks) const;
  Task<void> Run();
  void Look();
  Task<void> Visit(state::NodePtr node, std::shared_ptr<Place> place, Wish wish, std::string public_url);
  Task<Status> Compare(state::NodePtr node, std::shared_ptr<Place> place, Wish wish, std::string public_url);
  Task<Result<bbb::HookList>> Ask(state::NodePtr node, std::shared_ptr<Place> place, std::string call, std::string query, http::Effect effect);

  runtime::Runtime& runtime_;
  const state::StateStore& store_;
  nodes::NodeCalls& calls_;
  records::HookStore& hooks_;
  const http::PublicUrl& public_url_;
  const Clock& clock_;
  observe::Log& log_;
  std::shared_ptr<Bell> bell_;
  std::map<std::string, std::shared_ptr<Place>, std::less<>> places_;  // by node
  Wish wish_;
  std::string known_url_;
  bool told_unknown_url_ = false;
  bool stopping_ = false;
};

}  // namespace plenary::callbacks
