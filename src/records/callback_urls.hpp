// Where a front-end wants to hear about its meetings: the URLs that create took out of its parameters, kept beyond the meeting's end
// (recordings come hours later). One row per tenant and meetingID in `records.db`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "records/database.hpp"

namespace plenary::records {

struct CallbackUrls {
  std::string tenant_id;   // "" = none
  std::string meeting_id;  // the client's
  std::string scoped_id;   // the node's, when it differs (pool::Meeting::scoped_id)
  std::optional<std::string> analytics_url, recording_ready_url, meeting_ended_url;
};

class CallbackUrlStore {
 public:
  explicit CallbackUrlStore(Database& database);
  ~CallbackUrlStore();

  /// Merges into what is known: absent URLs stay (spec scalelite 11.2.4, mended), and so does a scoped_id. `done` when it is durable (on the
  /// database's thread); at once when nothing changes, which a bounded cache knows, because four of six front-ends create before each join.
  /// kTooLarge, kIo. Any thread.
  void Remember(CallbackUrls urls, std::function<void(const Status&)> done);

  /// By the client's ID or the node's (which is preferred). Blocks: for the blocking pool.
  Result<std::optional<CallbackUrls>> Find(std::string_view tenant_id, std::string_view meeting_id);
  /// Scheme, host and port of all receivers, each once, sorted; at most kMaxReceivers. Blocks.
  static constexpr std::size_t kMaxReceivers = 1'000;
  Result<std::vector<std::string>> Receivers();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenary::records
