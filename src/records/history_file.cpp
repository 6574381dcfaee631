#include "records/history_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/encoding.hpp"
#include "records/records_file.hpp"

namespace plenary::records {
namespace {

constexpr int kBusyTimeoutSeconds = 2;

constexpr const char* kSchema[] = {
    "CREATE TABLE IF NOT EXISTS plenary_decisions (id INTEGER PRIMARY KEY, at_ms BIGINT NOT NULL, meeting_id TEXT NOT NULL, "
    "tenant_id TEXT NOT NULL, node_id TEXT NOT NULL, load_model INTEGER NOT NULL, candidates BIGINT NOT NULL, excluded TEXT NOT NULL, "
    "best TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS plenary_decisions_meeting_id ON plenary_decisions (meeting_id)",
    "CREATE TABLE IF NOT EXISTS plenary_rooms (id INTEGER PRIMARY KEY, meeting_id TEXT NOT NULL, tenant_id TEXT NOT NULL, "
    "node_id TEXT NOT NULL, name TEXT NOT NULL, created_at_ms BIGINT NOT NULL, ended_at_ms BIGINT NOT NULL, "
    "peak_participants BIGINT NOT NULL)",
};

// Lists as text: "node:load node:load" and "0 1 0"; node IDs hold neither blanks nor colons.

std::string ExcludedText(const pool::Decision& decision) {
  std::string text;
  for (const std::uint32_t count : decision.excluded) text.append(text.empty() ? "" : " ").append(std::to_string(count));
  return text;
}

std::string BestText(const pool::Decision& decision) {
  std::string text;
  for (const auto& [node_id, load] : decision.best) {
    std::array<char, 32> number;
    const auto end = std::to_chars(number.data(), number.data() + number.size(), load);
    text.append(text.empty() ? "" : " ").append(node_id).append(":").append(number.data(), end.ptr);
  }
  return text;
}

template <class Each>
void ForEachWord(std::string_view text, Each each) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    each(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

HistoryFile::HistoryFile(const std::string& path) {
  OpenRecordsFile(sql_, path, Durability::kMayLoseTheLast, kBusyTimeoutSeconds);
  for (const char* statement : kSchema) sql_ << statement;
}

void HistoryFile::Append(std::span<const Record> records) {
  soci::transaction transaction(sql_);
  pool::Decision decision;
  pool::RoomHistory room;
  int model = 0;
  long long candidates = 0, at_ms = 0, created_at_ms = 0, ended_at_ms = 0, peak = 0;
  std::string excluded, best;
  soci::statement put_decision =
      (sql_.prepare << "INSERT INTO plenary_decisions (at_ms, meeting_id, tenant_id, node_id, load_model, candidates, excluded, best) "
                       "VALUES (:at, :meeting, :tenant, :node, :model, :candidates, :excluded, :best)",
       soci::use(at_ms), soci::use(decision.meeting_id), soci::use(decision.tenant_id), soci::use(decision.node_id), soci::use(model),
       soci::use(candidates), soci::use(excluded), soci::use(best));
  soci::statement put_room =
      (sql_.prepare << "INSERT INTO plenary_rooms (meeting_id, tenant_id, node_id, name, created_at_ms, ended_at_ms, peak_participants) "
                       "VALUES (:meeting, :tenant, :node, :name, :created, :ended, :peak)",
       soci::use(room.meeting_id), soci::use(room.tenant_id), soci::use(room.node_id), soci::use(room.name), soci::use(created_at_ms),
       soci::use(ended_at_ms), soci::use(peak));
  for (const Record& record : records) {
    if (const auto* a_decision = std::get_if<pool::Decision>(&record)) {
      decision = *a_decision;
      at_ms = decision.at_ms;
      model = static_cast<int>(decision.model);
      candidates = decision.candidates;
      excluded = ExcludedText(decision);
      best = BestText(decision);
      put_decision.execute(true);
    } else {
      room = std::get<pool::RoomHistory>(record);
      created_at_ms = room.created_at_ms;
      ended_at_ms = room.ended_at_ms;
      peak = room.peak_participants;
      put_room.execute(true);
    }
  }
  transaction.commit();
}

void HistoryFile::Prune(std::size_t max_rows) {
  const auto keep = static_cast<long long>(max_rows);
  sql_ << "DELETE FROM plenary_decisions WHERE id <= (SELECT MAX(id) FROM plenary_decisions) - :keep", soci::use(keep);
  sql_ << "DELETE FROM plenary_rooms WHERE id <= (SELECT MAX(id) FROM plenary_rooms) - :keep", soci::use(keep);
}

std::optional<pool::Decision> HistoryFile::LastDecision(std::string_view tenant_id, std::string_view meeting_id) {
  pool::Decision decision;
  decision.meeting_id = meeting_id;
  decision.tenant_id = tenant_id;
  int model = 0;
  long long candidates = 0, at_ms = 0;
  std::string excluded, best;
  sql_ << "SELECT at_ms, node_id, load_model, candidates, excluded, best FROM plenary_decisions "
          "WHERE meeting_id = :meeting AND tenant_id = :tenant ORDER BY id DESC LIMIT 1",
      soci::use(decision.meeting_id), soci::use(decision.tenant_id), soci::into(at_ms), soci::into(decision.node_id), soci::into(model),
      soci::into(candidates), soci::into(excluded), soci::into(best);
  if (!sql_.got_data()) return std::nullopt;
  decision.at_ms = at_ms;
  decision.model = static_cast<pool::LoadModel>(model);
  decision.candidates = static_cast<std::uint32_t>(candidates);
  std::size_t reason = 0;
  ForEachWord(excluded, [&](std::string_view word) {
    if (reason < decision.excluded.size()) decision.excluded[reason++] = static_cast<std::uint32_t>(LeadingInt(word));
  });
  ForEachWord(best, [&](std::string_view word) {
    const std::size_t colon = std::min(word.find(':'), word.size());
    const auto load = ParseDouble(word.substr(std::min(colon + 1, word.size())));
    if (load) decision.best.emplace_back(word.substr(0, colon), *load);
  });
  return decision;
}

}  // namespace plenary::records
