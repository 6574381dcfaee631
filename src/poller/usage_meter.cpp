#include "poller/usage_meter.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace plenary::poller {
namespace {

constexpr std::chrono::seconds kPeriod{10};

}  // namespace

std::string MonthOf(std::int64_t wall_ms) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(FromMs(wall_ms)));
  return fmt::format("{:04}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()));
}

void UsageSums::Take(const std::string& tenant_id, const state::TenantMeters& meters, std::chrono::milliseconds elapsed, std::int64_t now_ms) {
  const std::string month = MonthOf(now_ms);
  records::UsageRow& row = rows_.try_emplace({month, tenant_id}, records::UsageRow{.tenant_id = tenant_id, .month = month}).first->second;
  const std::int64_t participants = meters.participants.load(std::memory_order_relaxed);
  row.participant_minutes += static_cast<double>(participants) * std::chrono::duration<double, std::ratio<60>>(elapsed).count();
  row.peak_participants = std::max(row.peak_participants, participants);
  std::int64_t& before = created_[tenant_id];
  const std::int64_t created = meters.created.load(std::memory_order_relaxed);
  row.meetings += created - before;
  before = created;
}

std::vector<records::UsageRow> UsageSums::Collect() {
  std::vector<records::UsageRow> rows;
  for (auto& [key, row] : rows_) {
    if (row.meetings != 0 || row.peak_participants != 0) rows.push_back(std::move(row));
  }
  rows_.clear();
  return rows;
}

void UsageMeter::Start() {
  measured_ = clock_.Steady();
  runtime::Spawn(runtime_.Control(), Run());
}

Task<void> UsageMeter::Run() {
  while (true) {
    const bool slept = co_await runtime::Sleep(kPeriod);
    if (!slept || stopped_) co_return;
    Measure();
    Write();
  }
}

void UsageMeter::Measure() {
  const SteadyTime now = clock_.Steady();
  const auto elapsed = now - std::exchange(measured_, now);
  const std::int64_t now_ms = ToMs(clock_.Now());
  sums_.Take(std::string(), *store_.NoTenantMeters(), elapsed, now_ms);
  for (const state::TenantPtr& tenant : store_.Tenants()->all()) sums_.Take(tenant->tenant.id, *tenant->meters, elapsed, now_ms);
}

void UsageMeter::Write() {
  std::vector<records::UsageRow> rows = sums_.Collect();
  if (rows.empty()) return;
  usage_.Add(std::move(rows), [log = &log_](const Status& written) {
    if (!written) log->Warn("the use of ten seconds could not be recorded", {{"reason", written.error().detail}});
  });
}

void UsageMeter::Stop() {
  stopped_ = true;
  Measure();
  Write();
}

}  // namespace plenary::poller
