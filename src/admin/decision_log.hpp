// Why a meeting is where it is: the kept decisions of placement. Implemented in app/ over the records.
#pragma once

#include <optional>
#include <string>

#include "pool/placement.hpp"

namespace plenary::admin {

class DecisionLog {
 public:
  virtual ~DecisionLog() = default;
  /// The newest decision about a tenant's meeting ("" = without a tenant). Blocks on SQL: for the blocking pool.
  virtual std::optional<pool::Decision> Last(const std::string& tenant_id, const std::string& meeting_id) = 0;
};

}  // namespace plenary::admin
