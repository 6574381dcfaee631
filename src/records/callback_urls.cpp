#include "records/callback_urls.hpp"

#include <array>
#include <cstdint>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include <soci/soci.h>

#include "base/digest.hpp"
#include "records/limits.hpp"
#include "records/optional_text.hpp"
#include "records/query.hpp"

namespace plenary::records {
namespace {

using Fingerprint = std::array<std::uint8_t, 32>;

void AppendPart(std::string& text, std::string_view part) { text.append(std::to_string(part.size())).append(":").append(part); }

/// Of the row; short, however long the IDs are.
std::string KeyOf(const CallbackUrls& urls) {
  std::string text;
  AppendPart(text, urls.tenant_id);
  const Fingerprint fingerprint = Sha256Raw(text += urls.meeting_id);
  return std::string(fingerprint.begin(), fingerprint.end());
}

Fingerprint FingerprintOf(const CallbackUrls& urls) {
  std::string text;
  AppendPart(text, urls.scoped_id);
  for (const auto* url : {&urls.analytics_url, &urls.recording_ready_url, &urls.meeting_ended_url}) {
    text += *url ? '+' : '-';
    AppendPart(text, url->value_or(""));
  }
  return Sha256Raw(text);
}

/// What was remembered last of each row, and is durable. Of the rows used last about kMaxEntries are kept: when the young half is full, the old
/// half is thrown away.
class Remembered {
 public:
  bool Holds(const std::string& key, const Fingerprint& fingerprint) {
    if (const auto entry = young_.find(key); entry != young_.end()) return entry->second == fingerprint;
    const auto entry = old_.find(key);
    if (entry == old_.end() || entry->second != fingerprint) return false;
    Put(key, fingerprint);
    return true;
  }
  void Put(const std::string& key, const Fingerprint& fingerprint) {
    if (young_.size() >= kMaxEntries / 2) old_ = std::exchange(young_, {});
    young_.insert_or_assign(key, fingerprint);
  }
  void Drop(const std::string& key) {
    young_.erase(key);
    old_.erase(key);
  }

 private:
  static constexpr std::size_t kMaxEntries = 50'000;
  std::unordered_map<std::string, Fingerprint> young_, old_;
};

void Merge(soci::session& sql, const CallbackUrls& urls) {
  OptionalText analytics(urls.analytics_url), ready(urls.recording_ready_url), ended(urls.meeting_ended_url);
  // The node's ID stays, too: recordings of an earlier meeting may still come under it.
  sql << "INSERT INTO plenary_callback_urls (meeting_id, tenant_id, scoped_id, analytics_url, recording_ready_url, meeting_ended_url) "
         "VALUES (:meeting, :tenant, :scoped, :analytics, :ready, :ended) ON CONFLICT (meeting_id, tenant_id) DO UPDATE SET "
         "scoped_id = CASE WHEN excluded.scoped_id <> '' THEN excluded.scoped_id ELSE plenary_callback_urls.scoped_id END, "
         "analytics_url = COALESCE(excluded.analytics_url, plenary_callback_urls.analytics_url), "
         "recording_ready_url = COALESCE(excluded.recording_ready_url, plenary_callback_urls.recording_ready_url), "
         "meeting_ended_url = COALESCE(excluded.meeting_ended_url, plenary_callback_urls.meeting_ended_url)",
      soci::use(urls.meeting_id), soci::use(urls.tenant_id), soci::use(urls.scoped_id), analytics.Use(), ready.Use(), ended.Use();
}

/// At most two rows: more than one is all that anybody wants to know.
template <class... Values>
std::vector<CallbackUrls> Select(soci::session& sql, const std::string& condition, const Values&... values) {
  std::vector<CallbackUrls> rows;
  CallbackUrls row;
  OptionalText analytics, ready, ended;
  soci::statement select(sql);
  (select.exchange(soci::use(values)), ...);
  select.exchange(soci::into(row.tenant_id));
  select.exchange(soci::into(row.meeting_id));
  select.exchange(soci::into(row.scoped_id));
  select.exchange(analytics.Into());
  select.exchange(ready.Into());
  select.exchange(ended.Into());
  select.alloc();
  select.prepare("SELECT tenant_id, meeting_id, scoped_id, analytics_url, recording_ready_url, meeting_ended_url FROM plenary_callback_urls WHERE " +
                 condition + " LIMIT 2");
  select.define_and_bind();
  select.execute();
  while (select.fetch()) {
    row.analytics_url = analytics.value();
    row.recording_ready_url = ready.value();
    row.meeting_ended_url = ended.value();
    rows.push_back(row);
  }
  return rows;
}

/// "scheme://host:port": without user and password.
std::optional<std::string> ReceiverOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const std::size_t begin = scheme + 3;
  std::string_view host = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  return std::string(url.substr(0, begin)).append(host);
}

std::optional<CallbackUrls> TheOnlyOne(std::vector<CallbackUrls> rows) {
  if (rows.size() != 1) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace

struct CallbackUrlStore::Impl {
  explicit Impl(Database& db) : database(db) {}
  ~Impl() { database.Flush(); }  // what is under way calls back here

  void Written(const std::string& key, const Fingerprint& fingerprint, std::uint64_t turn, bool durable) {
    const std::lock_guard lock(mutex);
    const auto latest = under_way.find(key);
    if (latest == under_way.end() || latest->second != turn) return;  // a later one may have changed the row again
    under_way.erase(latest);
    if (durable) remembered.Put(key, fingerprint);
  }

  Database& database;
  std::mutex mutex;
  Remembered remembered;
  std::unordered_map<std::string, std::uint64_t> under_way;  // row → the latest write of it
  std::uint64_t turns = 0;
};

CallbackUrlStore::CallbackUrlStore(Database& database) : impl_(std::make_unique<Impl>(database)) {}
CallbackUrlStore::~CallbackUrlStore() = default;

void CallbackUrlStore::Remember(CallbackUrls urls, std::function<void(const Status&)> done) {
  bool any = false;
  for (const auto* url : {&urls.analytics_url, &urls.recording_ready_url, &urls.meeting_ended_url}) {
    any = any || *url;
    if (*url && (*url)->size() > kMaxUrlBytes) return done(Fail(ErrorCode::kTooLarge, "a callback URL is longer than 8 KiB"));
  }
  if (!any) return done({});
  std::string key = KeyOf(urls);
  const Fingerprint fingerprint = FingerprintOf(urls);
  {
    std::unique_lock lock(impl_->mutex);
    if (!impl_->remembered.Holds(key, fingerprint)) {
      impl_->remembered.Drop(key);
      const std::uint64_t turn = impl_->under_way[key] = ++impl_->turns;
      // Under the lock: turns are taken in the order of the writes.
      impl_->database.Write([urls = std::move(urls)](soci::session& sql) { Merge(sql, urls); },
                            [impl = impl_.get(), key, fingerprint, turn, done = std::move(done)](const Status& written) {
                              impl->Written(key, fingerprint, turn, written.has_value());
                              done(written);
                            });
      return;
    }
  }
  done({});
}

Result<std::optional<CallbackUrls>> CallbackUrlStore::Find(std::string_view tenant_id, std::string_view meeting_id) {
  return ReadValue(impl_->database, [tenant = std::string(tenant_id), id = std::string(meeting_id)](soci::session& sql) {
    auto found = TheOnlyOne(Select(sql, "scoped_id = :id AND scoped_id <> '' AND tenant_id = :tenant", id, tenant));
    if (!found) found = TheOnlyOne(Select(sql, "meeting_id = :id AND tenant_id = :tenant", id, tenant));
    return found;
  });
}

Result<std::vector<std::string>> CallbackUrlStore::Receivers() {
  return ReadValue(impl_->database, [](soci::session& sql) {
    std::set<std::string> receivers;
    for (const char* column : {"analytics_url", "recording_ready_url", "meeting_ended_url"}) {
      const soci::rowset<std::string> urls =
          (sql.prepare << std::string("SELECT ") + column + " FROM plenary_callback_urls WHERE " + column + " IS NOT NULL");
      for (const std::string& url : urls) {
        if (auto receiver = ReceiverOf(url)) receivers.insert(std::move(*receiver));
        if (receivers.size() >= kMaxReceivers) break;
      }
    }
    return std::vector<std::string>(receivers.begin(), receivers.end());
  });
}

}  // namespace plenary::records
