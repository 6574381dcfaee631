// What LiveState hands to the store that keeps it: rows as they must be after a change, in the order of the changes. Values only.
// Every row is idempotent by its key (a put replaces, a drop of nothing is fine), so a row may be written late or twice.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "pool/meeting.hpp"
#include "pool/node.hpp"
#include "state/state_store.hpp"

namespace plenary::state {

struct PutNode {
  NodePtr node;
};
struct DropNode {  // with its meetings, owed ends and tokens
  std::string id;
};
struct PutMeeting {
  MeetingPtr meeting;
};
struct DropMeeting {
  MeetingPtr meeting;
};
struct PutEnd {
  pool::PendingEnd end;
};
struct DropEnd {
  std::int64_t id;
};
struct PutMeetingEnd {
  pool::MeetingEnd end;
};
struct DropMeetingEnd {
  std::int64_t id;
};
struct PutTenant {
  TenantPtr tenant;
};
struct DropTenant {  // with its tokens
  std::string id;
};
struct PutToken {
  pool::ApiToken token;
};
struct DropToken {
  std::string id;
};
using Row = std::variant<PutNode, DropNode, PutMeeting, DropMeeting, PutEnd, DropEnd, PutMeetingEnd, DropMeetingEnd, PutTenant, DropTenant, PutToken,
                         DropToken>;

struct Change {
  std::vector<Row> rows;  // all or none
  /// true: a failed write is final and `done` undoes the change in memory. false: memory stands and the rows are written later.
  bool required = false;
  std::function<void(const Status&)> done;  // once, after the commit or the failure; may be empty
};

/// Everything a store held when it was opened.
struct SavedRows {
  std::vector<pool::Node> nodes;
  std::vector<pool::Meeting> meetings;
  std::vector<pool::PendingEnd> ends;
  std::vector<pool::MeetingEnd> meeting_ends;
  std::vector<pool::Tenant> tenants;
  std::vector<pool::ApiToken> tokens;
};

class Journal {
 public:
  virtual ~Journal() = default;  // writes what is queued, then stops
  /// Must not block; `done` is never called from inside. Any thread.
  virtual void Append(std::vector<Change> changes) = 0;
  /// Returns when everything that was appended before has been written, or has failed once.
  virtual void Flush() = 0;
};

}  // namespace plenary::state
