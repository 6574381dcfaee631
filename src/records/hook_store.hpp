// The webhook registrations of front-ends (spec bbb-api 2.9), kept by us for as long as they want, unlike a node's. In memory and in `records.db`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "records/database.hpp"

namespace plenary::records {

struct Hook {
  std::string id;                      // UUID
  std::string tenant_id;               // "" = none
  std::string callback_url;
  std::optional<std::string> meeting_id;  // the client's; nothing = all of the tenant's meetings
  std::optional<std::vector<std::string>> event_ids;  // nothing = all events
  bool raw = false;
  std::int64_t created_at_ms = 0;
};

class HookStore {
 public:
  static constexpr std::size_t kMaxPerTenant = 1000;

  /// Reads what is kept. kIo.
  static Result<std::unique_ptr<HookStore>> Open(Database& database);
  ~HookStore();

  /// All of them, as they are now; never null. Any thread, no I/O.
  std::shared_ptr<const std::vector<Hook>> All() const;
  struct Added {
    Hook hook;
    bool existed = false;  // same tenant and callback_url: that one, unchanged
  };
  /// kLimit beyond kMaxPerTenant, kTooLarge (limits.hpp; at once), kIo. Durable, and in All(), when `done` is called on the database's thread.
  void Add(Hook hook, std::function<void(const Result<Added>&)> done);
  /// kNotFound, also for another tenant's; kIo. As above.
  void Remove(std::string tenant_id, std::string id, std::function<void(const Status&)> done);
  /// Called after each change; on any thread, must not block or call OnChange. When it was replaced (by an empty one), it is not called any more.
  void OnChange(std::function<void()> changed);

 private:
  struct Impl;
  explicit HookStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenary::records
