#include "records/usage.hpp"

#include <utility>

#include <soci/soci.h>

#include "records/query.hpp"

namespace plenary::records {

void UsageStore::Add(std::vector<UsageRow> rows, std::function<void(const Status&)> done) {
  const auto work = [rows = std::move(rows)](soci::session& sql) {
    UsageRow row;
    long long meetings = 0, peak = 0;
    soci::statement add =
        (sql.prepare << "INSERT INTO plenary_usage (month, tenant_id, meetings, peak_participants, participant_minutes) "
                        "VALUES (:month, :tenant, :meetings, :peak, :minutes) ON CONFLICT (month, tenant_id) DO UPDATE SET "
                        "meetings = plenary_usage.meetings + excluded.meetings, "
                        "participant_minutes = plenary_usage.participant_minutes + excluded.participant_minutes, "
                        "peak_participants = CASE WHEN excluded.peak_participants > plenary_usage.peak_participants "
                        "THEN excluded.peak_participants ELSE plenary_usage.peak_participants END",
         soci::use(row.month), soci::use(row.tenant_id), soci::use(meetings), soci::use(peak), soci::use(row.participant_minutes));
    for (const UsageRow& each : rows) {
      row = each;
      meetings = row.meetings;
      peak = row.peak_participants;
      add.execute(true);
    }
  };
  database_.Write(work, std::move(done));
}

Result<std::vector<UsageRow>> UsageStore::List(const std::optional<std::string>& month) {
  return ReadValue(database_, [&](soci::session& sql) {
    std::vector<UsageRow> rows;
    UsageRow row;
    long long meetings = 0, peak = 0;
    soci::statement select(sql);
    if (month) select.exchange(soci::use(*month));
    select.exchange(soci::into(row.month));
    select.exchange(soci::into(row.tenant_id));
    select.exchange(soci::into(meetings));
    select.exchange(soci::into(peak));
    select.exchange(soci::into(row.participant_minutes));
    select.alloc();
    select.prepare(std::string("SELECT month, tenant_id, meetings, peak_participants, participant_minutes FROM plenary_usage ") +
                   (month ? "WHERE month = :month " : "") + "ORDER BY month, tenant_id");
    select.define_and_bind();
    select.execute();
    while (select.fetch()) {
      row.meetings = meetings;
      row.peak_participants = peak;
      rows.push_back(row);
    }
    return rows;
  });
}

}  // namespace plenary::records
