#include "records/hook_store.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include <soci/soci.h>

#include "records/limits.hpp"
#include "records/listener.hpp"
#include "records/optional_text.hpp"
#include "records/query.hpp"

namespace plenary::records {
namespace {

using Hooks = std::vector<Hook>;

// Event IDs are kept in one text, separated by commas.

std::optional<std::string> Joined(const std::optional<std::vector<std::string>>& words) {
  if (!words) return std::nullopt;
  std::string text;
  for (const std::string& word : *words) text.append(text.empty() ? "" : ",").append(word);
  return text;
}

std::optional<std::vector<std::string>> Split(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  std::vector<std::string> words;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

/// All hooks, or the one of a tenant for a URL.
Hooks Select(soci::session& sql, const std::string& condition, const Hook* wanted) {
  Hooks hooks;
  Hook hook;
  OptionalText meeting_id, event_ids;
  int raw = 0;
  long long created_at_ms = 0;
  soci::statement select(sql);
  if (wanted != nullptr) {
    select.exchange(soci::use(wanted->tenant_id));
    select.exchange(soci::use(wanted->callback_url));
  }
  select.exchange(soci::into(hook.id));
  select.exchange(soci::into(hook.tenant_id));
  select.exchange(soci::into(hook.callback_url));
  select.exchange(meeting_id.Into());
  select.exchange(event_ids.Into());
  select.exchange(soci::into(raw));
  select.exchange(soci::into(created_at_ms));
  select.alloc();
  select.prepare("SELECT id, tenant_id, callback_url, meeting_id, event_ids, raw, created_at_ms FROM plenary_hooks " + condition);
  select.define_and_bind();
  select.execute();
  while (select.fetch()) {
    hook.meeting_id = meeting_id.value();
    hook.event_ids = Split(event_ids.value());
    hook.raw = raw != 0;
    hook.created_at_ms = created_at_ms;
    hooks.push_back(hook);
  }
  return hooks;
}

void Insert(soci::session& sql, const Hook& hook) {
  OptionalText meeting_id(hook.meeting_id), event_ids(Joined(hook.event_ids));
  const int raw = hook.raw ? 1 : 0;
  const long long created_at_ms = hook.created_at_ms;
  sql << "INSERT INTO plenary_hooks (id, tenant_id, callback_url, meeting_id, event_ids, raw, created_at_ms) "
         "VALUES (:id, :tenant, :url, :meeting, :events, :raw, :created)",
      soci::use(hook.id), soci::use(hook.tenant_id), soci::use(hook.callback_url), meeting_id.Use(), event_ids.Use(),
      soci::use(raw), soci::use(created_at_ms);
}

/// The table decides, because hooks that are being written are not in memory yet.
Result<HookStore::Added> AddTo(soci::session& sql, const Hook& hook) {
  Hooks same = Select(sql, "WHERE tenant_id = :tenant AND callback_url = :url", &hook);
  if (!same.empty()) return HookStore::Added{std::move(same.front()), true};
  long long count = 0;
  sql << "SELECT COUNT(*) FROM plenary_hooks WHERE tenant_id = :tenant", soci::use(hook.tenant_id), soci::into(count);
  if (count >= static_cast<long long>(HookStore::kMaxPerTenant)) {
    return Fail(ErrorCode::kLimit, "there are " + std::to_string(count) + " webhooks already");
  }
  Insert(sql, hook);
  return HookStore::Added{hook, false};
}

}  // namespace

struct HookStore::Impl {
  Impl(Database& db, Hooks kept) : database(db), hooks(std::make_shared<const Hooks>(std::move(kept))) {}
  ~Impl() { database.Flush(); }  // what is under way calls back here

  std::shared_ptr<const Hooks> All() const {
    const std::lock_guard lock(mutex);
    return hooks;
  }

  /// On the writer's thread only, so that no change gets lost between reading and replacing.
  template <class Change>
  void Replace(Change change) {
    auto changed = std::make_shared<Hooks>(*All());
    change(*changed);
    {
      const std::lock_guard lock(mutex);
      hooks = std::move(changed);
    }
    listener.Tell();
  }

  Database& database;
  mutable std::mutex mutex;
  std::shared_ptr<const Hooks> hooks;
  Listener listener;
};

HookStore::HookStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HookStore::~HookStore() = default;

Result<std::unique_ptr<HookStore>> HookStore::Open(Database& database) {
  Result<Hooks> kept = ReadValue(database, [](soci::session& sql) { return Select(sql, "ORDER BY created_at_ms, id", nullptr); });
  if (!kept) return tl::unexpected<Error>(std::move(kept.error()));
  return std::unique_ptr<HookStore>(new HookStore(std::make_unique<Impl>(database, *std::move(kept))));
}

std::shared_ptr<const std::vector<Hook>> HookStore::All() const { return impl_->All(); }

void HookStore::Add(Hook hook, std::function<void(const Result<Added>&)> done) {
  if (hook.callback_url.size() > kMaxUrlBytes) return done(Fail(ErrorCode::kTooLarge, "the callback URL is too long"));
  if (Joined(hook.event_ids).value_or("").size() > kMaxEventIdsBytes) {
    return done(Fail(ErrorCode::kTooLarge, "the list of events is too long"));
  }
  WriteValue(
      impl_->database, [hook = std::move(hook)](soci::session& sql) { return AddTo(sql, hook); },
      [impl = impl_.get(), done = std::move(done)](const Result<Added>& added) {
        if (added && !added->existed) impl->Replace([&](Hooks& hooks) { hooks.push_back(added->hook); });
        done(added);
      });
}

void HookStore::Remove(std::string tenant_id, std::string id, std::function<void(const Status&)> done) {
  const auto remove = [tenant_id = std::move(tenant_id), id](soci::session& sql) -> Status {
    soci::statement gone =
        (sql.prepare << "DELETE FROM plenary_hooks WHERE id = :id AND tenant_id = :tenant", soci::use(id), soci::use(tenant_id));
    gone.execute(true);
    if (gone.get_affected_rows() == 0) return Fail(ErrorCode::kNotFound, "there is no such webhook");
    return {};
  };
  WriteValue(impl_->database, remove, [impl = impl_.get(), id, done = std::move(done)](const Status& removed) {
    if (removed) impl->Replace([&](Hooks& hooks) { std::erase_if(hooks, [&](const Hook& hook) { return hook.id == id; }); });
    done(removed);
  });
}

void HookStore::OnChange(std::function<void()> changed) { impl_->listener.Set(std::move(changed)); }

}  // namespace plenary::records
