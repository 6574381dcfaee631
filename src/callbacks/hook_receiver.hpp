// Takes the events that nodes post to our hooks (spec bbb-api 6.5), finds out whose meeting each is about, and puts it into the outbox once for
// each registration of that tenant that wants it, with the meeting under the name its front-end gave it. Events of meetings that nobody knows go to
// nobody. A node is answered 2xx when everything is durable; it repeats a post for five minutes otherwise, and drops the hook then. One instance
// serves all workers at once; no I/O but the outbox.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "callbacks/hook_events.hpp"
#include "callbacks/hook_url.hpp"
#include "callbacks/seen_meetings.hpp"
#include "http/message.hpp"
#include "http/public_url.hpp"
#include "observe/log.hpp"
#include "records/hook_store.hpp"
#include "records/outbox.hpp"
#include "state/state_store.hpp"

namespace plenary::callbacks {

struct HookReceiverServices {
  const state::StateStore& store;
  records::HookStore& hooks;
  records::Outbox& outbox;
  const http::PublicUrl& public_url;
  const Clock& clock;
  observe::Log& log;
  bool multitenancy = false;
  std::string spool_dir;  // for big bodies on their way in
};

class HookReceiver {
 public:
  /// Knows the meetings of the store from the start.
  explicit HookReceiver(HookReceiverServices services);

  /// `path`: without runs of '/', at or below kHookPath. 403: not signed by that node; 410: no front-end wants this kind of events (any more), so the
  /// node may forget the hook; 503: not durable, or its meeting is just being created: the node shall try again.
  Task<void> Handle(const http::Request& request, std::string_view path, http::Reply& reply);

 private:
  struct Located {
    std::optional<MeetingOwner> owner;
    bool ask_again = false;
  };

  bool IsSigned(const http::Request& request, std::string_view body, const HookPlace& place, const pool::Node& node) const;
  bool AnybodyWants(bool raw) const;
  Located Locate(const std::string& node_id, const HookEventInfo& info);
  std::optional<MeetingOwner> FindRunning(const std::string& node_id, const std::string& internal_id);
  bool MayHear(const MeetingOwner& owner) const;
  void Address(std::vector<records::Callback>& out, const std::string& node_id, bool raw, const HookEventInfo& info, const MeetingOwner& owner,
               boost::json::value event) const;
  Task<bool> EnqueueAll(std::vector<records::Callback> callbacks);

  const HookReceiverServices services_;
  SeenMeetings seen_;
  std::mutex looked_mutex_;
  std::map<std::string, SteadyTime, std::less<>> looked_;  // at a node's meetings; by node
};

}  // namespace plenary::callbacks
