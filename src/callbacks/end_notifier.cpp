#include "callbacks/end_notifier.hpp"

#include <chrono>
#include <utility>

#include "callbacks/key.hpp"

namespace plenary::callbacks {
namespace {

// An internal ID is never used again; longer than this the outbox does not remember.
constexpr std::chrono::hours kQuiet{7 * 24};

}  // namespace

void EndNotifier::Announce(pool::MeetingEnd end, std::function<void(const Status&)> done) {
  runtime_.Block([this, end = std::move(end), done = std::move(done)] {
    const Result<std::optional<records::CallbackUrls>> urls = urls_.Find(end.tenant_id, end.meeting_id);
    if (!urls) return done(tl::unexpected(urls.error()));
    const std::string url = *urls ? (*urls)->meeting_ended_url.value_or("") : "";
    if (url.empty()) return done({});
    records::Callback callback;
    callback.kind = records::CallbackKind::kMeetingEnded;
    callback.tenant_id = end.tenant_id;
    callback.meeting_id = end.meeting_id;
    callback.url = url;
    callback.order_key = OrderKeyOf(callback);
    callback.dedupe_key = KeyOf({records::CallbackKindName(callback.kind), end.tenant_id, end.meeting_id, end.internal_id});
    outbox_.Enqueue(std::move(callback), kQuiet, [done](const Result<bool>& added) {
      if (added) done({});
      else done(tl::unexpected(added.error()));
    });
  });
}

void EndNotifier::Watch(state::StateStore& store) {
  store.OnMeetingEnd([this, &store](const pool::MeetingEnd& end) {
    Announce(end, [this, &store, id = end.id, meeting_id = end.meeting_id](const Status& stored) {
      if (stored) return store.EndAnnounced(id);
      log_.Error("meetingEndedURL: the callback could not be stored yet", {{"meeting", meeting_id}, {"reason", stored.error().detail}});
    });
  });
}

}  // namespace plenary::callbacks
