// The webhooks of one node (spec bbb-api 2.9, 6.5): who is registered, and the signed posts. Lives in the node's Redis: a restart of bbb-web
// keeps it. One thread; lives as long as the process (deliveries under way point at it).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "callbacks.hpp"

namespace plenary::sim {

struct Hook {
  std::string id;
  std::string callback_url;
  std::optional<std::string> meeting_id;              // external; nothing = global
  std::optional<std::vector<std::string>> event_ids;  // nothing = all
  bool raw = false;
};

/// One thing that happened, as both kinds of hooks hear of it; null where a kind does not.
struct HookEvent {
  std::string meeting_id;  // external
  boost::json::value mapped;
  boost::json::value raw;
};

/// What a delivery carries beside the event.
struct HookSender {
  std::string domain;
  std::string secret;
  std::int64_t now_ms = 0;
};

class Webhooks {
 public:
  explicit Webhooks(Callbacks& callbacks) : callbacks_(callbacks) {}

  /// Not every node has the package.
  bool installed() const { return installed_; }
  void set_installed(bool installed) { installed_ = installed; }

  const std::vector<Hook>& all() const { return hooks_; }
  const Hook* FindByUrl(std::string_view callback_url) const;
  const Hook& Add(Hook hook);
  bool Remove(std::string_view id);
  /// Redis was flushed.
  void Forget() { hooks_.clear(); }
  /// For IDs of versions that count.
  std::int64_t NextNumber() { return ++last_number_; }

  bool anybody_listens() const { return installed_ && !hooks_.empty(); }
  /// Posts it to all whom it concerns. Who does not answer for long is removed.
  void Send(const HookEvent& event, const HookSender& sender);

 private:
  Callbacks& callbacks_;
  bool installed_ = true;
  std::vector<Hook> hooks_;
  std::int64_t last_number_ = 0;
};

}  // namespace plenary::sim
