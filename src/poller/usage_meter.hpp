// What tenants use, for their bills: every ten seconds the participants at the last polls are added to the records. Runs on the control
// context. What was not written when the process is killed (at most ten seconds) is lost.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "observe/log.hpp"
#include "records/usage.hpp"
#include "runtime/runtime.hpp"
#include "state/state_store.hpp"

namespace plenary::poller {

/// The sums themselves; no I/O.
class UsageSums {
 public:
  /// What is used at `now_ms` (wall clock) has been used for `elapsed`, since the last Take of this tenant.
  void Take(const std::string& tenant_id, const state::TenantMeters& meters, std::chrono::milliseconds elapsed, std::int64_t now_ms);
  /// What came together since the last call; empty rows are left out.
  std::vector<records::UsageRow> Collect();

 private:
  std::map<std::pair<std::string, std::string>, records::UsageRow> rows_;  // by month and tenant
  std::map<std::string, std::int64_t> created_;                            // the meters' count at the last Take
};

/// "2026-11", UTC.
std::string MonthOf(std::int64_t wall_ms);

class UsageMeter {
 public:
  UsageMeter(runtime::Runtime& runtime, const state::StateStore& store, records::UsageStore& usage, const Clock& clock, observe::Log& log)
      : runtime_(runtime), store_(store), usage_(usage), clock_(clock), log_(log) {}

  /// Once, before or after the runtime starts.
  void Start();
  /// On the control thread: measures once more and writes what there is.
  void Stop();

 private:
  Task<void> Run();
  void Measure();
  void Write();

  runtime::Runtime& runtime_;
  const state::StateStore& store_;
  records::UsageStore& usage_;
  const Clock& clock_;
  observe::Log& log_;
  UsageSums sums_;
  SteadyTime measured_{};
  bool stopped_ = false;
};

}  // namespace plenary::poller
