#include "records/outbox.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "records/database_for_test.hpp"
#include "records/limits.hpp"

namespace plenary::records {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;

class OutboxTest : public test::DatabaseTest {
 protected:
  ~OutboxTest() override { outbox_.reset(); }

  void OpenOutbox() {
    outbox_.reset();
    outbox_ = std::make_unique<Outbox>(Open(), clock_);
  }
  static Callback Make(const std::string& payload, const std::string& order_key, const std::string& tenant = "t") {
    return {.kind = CallbackKind::kHook, .tenant_id = tenant, .meeting_id = "m", .url = "https://a/", .payload = payload, .order_key = order_key};
  }
  Result<bool> Enqueue(Callback callback, milliseconds quiet = milliseconds(0)) {
    return test::Await<Result<bool>>([&](auto done) { outbox_->Enqueue(std::move(callback), quiet, done); });
  }
  /// Lane after lane.
  std::vector<Callback> DueOnes() {
    std::vector<Callback> due;
    const auto lanes = outbox_->DueLanes(clock_.now_ms).value();
    for (const CallbackLane& lane : lanes) {
      std::vector<std::int64_t> seen;
      while (auto callback = outbox_->NextIn(lane, clock_.now_ms, seen).value()) {
        seen.push_back(callback->id);
        due.push_back(*std::move(callback));
      }
    }
    return due;
  }
  /// Their payloads.
  std::string Due() {
    std::string payloads;
    for (const Callback& callback : DueOnes()) payloads += callback.payload;
    return payloads;
  }
  std::int64_t IdOf(const std::string& payload) {
    for (const Callback& callback : DueOnes()) {
      if (callback.payload == payload) return callback.id;
    }
    ADD_FAILURE() << payload << " is not due";
    return 0;
  }
  std::vector<Callback> List(CallbackFilter filter = {}) { return outbox_->List(filter).value(); }

  /// So many of tenant "t", each with its own order_key.
  void Fill(const std::string& state, int count) {
    Run("INSERT INTO plenary_callbacks (kind, tenant_id, meeting_id, url, host, order_key, dedupe_key, state, created_at_ms, next_attempt_ms, "
        "finished_at_ms, attempts, last_status, last_error, payload) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
        std::to_string(count) + ") SELECT 'hook', 't', '', '', 'h', i, '', '" + state + "', 0, 0, 0, 0, 0, '', '' FROM n");
  }

  test::FakeClock clock_;
  std::unique_ptr<Outbox> outbox_;
};

TEST_F(OutboxTest, KeepsACallbackWithAllItHas) {
  OpenOutbox();
  ASSERT_EQ(Enqueue({.id = 99,
                     .kind = CallbackKind::kAnalytics,
                     .tenant_id = "t",
                     .meeting_id = "m'\"\xc3\xa4",
                     .url = "https://a/?b=c",
                     .payload = R"({"a":1})",
                     .order_key = "k",
                     .dedupe_key = "d",
                     .state = CallbackState::kDead,
                     .attempts = 7}),
            true);
  OpenOutbox();
  const auto due = DueOnes();
  ASSERT_EQ(due.size(), 1u);
  const Callback& callback = due.front();
  EXPECT_EQ(callback.id, 1);
  EXPECT_EQ(callback.kind, CallbackKind::kAnalytics);
  EXPECT_EQ(callback.tenant_id, "t");
  EXPECT_EQ(callback.meeting_id, "m'\"\xc3\xa4");
  EXPECT_EQ(callback.url, "https://a/?b=c");
  EXPECT_EQ(callback.host, "a");
  EXPECT_EQ(callback.payload, R"({"a":1})");
  EXPECT_EQ(callback.order_key, "k");
  EXPECT_EQ(callback.dedupe_key, "d");
  EXPECT_EQ(callback.state, CallbackState::kPending);
  EXPECT_EQ(callback.created_at_ms, clock_.now_ms);
  EXPECT_EQ(callback.next_attempt_ms, clock_.now_ms);
  EXPECT_EQ(callback.attempts, 0);
}

TEST_F(OutboxTest, OnlyTheFirstOfAnOrderKeyIsDue) {
  OpenOutbox();
  for (const auto& [payload, key] : {std::pair("a1", "a"), std::pair("a2", "a"), std::pair("b1", "b"), std::pair("a3", "a")}) {
    ASSERT_EQ(Enqueue(Make(payload, key)), true);
  }
  EXPECT_EQ(Due(), "a1b1");
  EXPECT_TRUE(outbox_->Delivered(IdOf("a1"), 200));
  EXPECT_EQ(Due(), "a2b1");
  EXPECT_TRUE(outbox_->Delivered(IdOf("b1"), 204));
  EXPECT_TRUE(outbox_->Delivered(IdOf("a2"), 200));
  EXPECT_EQ(Due(), "a3");
  EXPECT_TRUE(outbox_->Delivered(IdOf("a3"), 200));
  EXPECT_EQ(Due(), "");
  EXPECT_EQ(outbox_->NextDue().value(), std::nullopt);
}

TEST_F(OutboxTest, EachTenantAndReceiverHasALane) {
  OpenOutbox();
  Callback other_port = Make("t2", "2"), no_url = Make("u2", "3", "u");
  other_port.url = "https://a:8443/x";
  no_url.url = "file:///etc/passwd";
  const std::int64_t first_ms = clock_.now_ms;
  for (const Callback& callback : {Make("t1", "1"), other_port, Make("u1", "1", "u"), no_url, Make("none", "1", "")}) {
    ASSERT_EQ(Enqueue(callback), true);
    clock_.now_ms += 10;
  }
  ASSERT_EQ(Enqueue(Make("t3", "4")), true);
  const auto lanes = [&] {
    std::string all;
    const auto due = outbox_->DueLanes(clock_.now_ms).value();
    for (const CallbackLane& lane : due) all += lane.tenant_id + "|" + lane.host + "|" + std::to_string(lane.next_attempt_ms - first_ms) + " ";
    return all;
  };
  EXPECT_EQ(lanes(), "|a|40 t|a|0 t|a:8443|10 u|?|30 u|a|20 ");
  EXPECT_EQ(outbox_->NextIn({"t", "a"}, clock_.now_ms, {})->value().payload, "t1");
  EXPECT_EQ(outbox_->NextIn({"t", "a"}, clock_.now_ms, {1})->value().payload, "t3");
  EXPECT_EQ(outbox_->NextIn({"t", "a"}, first_ms, {1})->has_value(), false);
  EXPECT_EQ(outbox_->NextIn({"t", "a"}, clock_.now_ms, {1, 6})->has_value(), false);
  EXPECT_TRUE(outbox_->Failed(2, 503, "x", clock_.now_ms + 1));
  EXPECT_EQ(lanes(), "|a|40 t|a|0 u|?|30 u|a|20 ");
}

TEST_F(OutboxTest, AFailedOneHoldsItsOrderKeyUntilItIsDueAgain) {
  OpenOutbox();
  ASSERT_EQ(Enqueue(Make("a1", "a")), true);
  ASSERT_EQ(Enqueue(Make("a2", "a")), true);
  ASSERT_EQ(Enqueue(Make("b1", "b")), true);
  const std::int64_t again = clock_.now_ms + 60'000;
  EXPECT_TRUE(outbox_->Failed(IdOf("a1"), 503, "it answered 503", again));
  ASSERT_EQ(Enqueue(Make("a3", "a")), true);
  EXPECT_EQ(Due(), "b1");
  EXPECT_TRUE(outbox_->Delivered(IdOf("b1"), 200));
  EXPECT_EQ(outbox_->NextDue().value(), again);
  OpenOutbox();
  EXPECT_EQ(outbox_->NextDue().value(), again);
  clock_.now_ms = again - 1;
  EXPECT_EQ(Due(), "");
  clock_.now_ms = again;
  const auto due = DueOnes();
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].payload, "a1");
  EXPECT_EQ(due[0].attempts, 1);
  EXPECT_EQ(due[0].last_status, 503);
  EXPECT_EQ(due[0].last_error, "it answered 503");
  EXPECT_TRUE(outbox_->Delivered(due[0].id, 200));
  EXPECT_EQ(Due(), "a2");
  EXPECT_TRUE(outbox_->Delivered(IdOf("a2"), 200));
  EXPECT_EQ(Due(), "a3");
}

TEST_F(OutboxTest, ADeadOneBlocksNobody) {
  OpenOutbox();
  ASSERT_EQ(Enqueue(Make("a1", "a")), true);
  ASSERT_EQ(Enqueue(Make("a2", "a")), true);
  const std::int64_t dead = IdOf("a1");
  EXPECT_TRUE(outbox_->Dead(dead, 410, "it is gone"));
  EXPECT_EQ(Due(), "a2");
  const auto list = List({.state = CallbackState::kDead});
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].id, dead);
  EXPECT_EQ(list[0].last_status, 410);
  EXPECT_EQ(list[0].last_error, "it is gone");
  EXPECT_EQ(list[0].finished_at_ms, clock_.now_ms);
  EXPECT_EQ(list[0].attempts, 1);
}

TEST_F(OutboxTest, TheSameIsNotQueuedTwice) {
  OpenOutbox();
  Callback callback = Make("a", "a");
  callback.dedupe_key = "same";
  ASSERT_EQ(Enqueue(callback), true);
  EXPECT_EQ(Enqueue(callback), false);
  OpenOutbox();
  EXPECT_EQ(Enqueue(callback), false);
  EXPECT_TRUE(outbox_->Delivered(IdOf("a"), 200));
  clock_.now_ms += 999;
  EXPECT_EQ(Enqueue(callback, milliseconds(1000)), false);
  clock_.now_ms += 1;
  EXPECT_EQ(Enqueue(callback, milliseconds(1000)), true);
  EXPECT_TRUE(outbox_->Dead(IdOf("a"), 0, "refused"));
  EXPECT_EQ(Enqueue(callback, milliseconds(1)), true);  // it has not been delivered
  EXPECT_EQ(outbox_->Counts()->pending, 1);
}

TEST_F(OutboxTest, WithoutQuietOnlyPendingOnesCount) {
  OpenOutbox();
  Callback callback = Make("a", "a");
  callback.dedupe_key = "same";
  ASSERT_EQ(Enqueue(callback), true);
  EXPECT_TRUE(outbox_->Delivered(IdOf("a"), 200));
  EXPECT_EQ(Enqueue(callback), true);
}

TEST_F(OutboxTest, WithoutDedupeKeyNoneIsTheSame) {
  OpenOutbox();
  EXPECT_EQ(Enqueue(Make("a", "a"), milliseconds(kDayMs)), true);
  EXPECT_EQ(Enqueue(Make("a", "a"), milliseconds(kDayMs)), true);
}

TEST_F(OutboxTest, TheSameAtTheSameTimeIsQueuedOnce) {
  OpenOutbox();
  std::atomic<int> added = 0;
  const auto release = Hold();
  for (int i = 0; i < 50; ++i) {
    Callback callback = Make("a", "a");
    callback.dedupe_key = "same";
    outbox_->Enqueue(std::move(callback), milliseconds(0), [&](const Result<bool>& result) { added += result.value() ? 1 : 0; });
  }
  release();
  database_->Flush();
  EXPECT_EQ(added, 1);
  EXPECT_EQ(outbox_->Counts()->pending, 1);
}

TEST_F(OutboxTest, ListsPendingAndDeadOnesUnlessAsked) {
  OpenOutbox();
  for (const char* payload : {"a", "b", "c", "d"}) ASSERT_EQ(Enqueue(Make(payload, payload, payload == std::string("d") ? "u" : "t")), true);
  EXPECT_TRUE(outbox_->Delivered(IdOf("b"), 200));
  EXPECT_TRUE(outbox_->Dead(IdOf("c"), 0, "x"));
  const auto ids = [&](CallbackFilter filter) {
    std::vector<std::int64_t> found;
    for (const Callback& callback : List(filter)) found.push_back(callback.id);
    return found;
  };
  using Ids = std::vector<std::int64_t>;
  EXPECT_EQ(ids({}), (Ids{1, 3, 4}));
  EXPECT_EQ(ids({.state = CallbackState::kPending}), (Ids{1, 4}));
  EXPECT_EQ(ids({.state = CallbackState::kDelivered}), (Ids{2}));
  EXPECT_EQ(ids({.state = CallbackState::kDead}), (Ids{3}));
  EXPECT_EQ(ids({.tenant_id = "t"}), (Ids{1, 3}));
  EXPECT_EQ(ids({.tenant_id = ""}), (Ids{}));
  EXPECT_EQ(ids({.after_id = 1, .limit = 1}), (Ids{3}));
  EXPECT_EQ(List()[0].payload, "");
  const auto counts = outbox_->Counts();
  EXPECT_EQ(counts->pending, 2);
  EXPECT_EQ(counts->dead, 1);
}

TEST_F(OutboxTest, RetryMakesPendingAndDeadOnesDue) {
  OpenOutbox();
  for (const char* payload : {"a", "b", "c"}) ASSERT_EQ(Enqueue(Make(payload, payload)), true);
  ASSERT_EQ(Enqueue(Make("u", "u", "u")), true);
  EXPECT_TRUE(outbox_->Failed(IdOf("a"), 500, "x", clock_.now_ms + 1000));
  EXPECT_TRUE(outbox_->Dead(IdOf("b"), 500, "x"));
  EXPECT_TRUE(outbox_->Delivered(IdOf("c"), 200));
  EXPECT_TRUE(outbox_->Dead(IdOf("u"), 500, "x"));
  EXPECT_EQ(outbox_->Retry({}, std::nullopt, false), 0);
  EXPECT_EQ(outbox_->Retry({3, 99}, std::nullopt, false), 0);
  EXPECT_EQ(outbox_->Retry({4}, "t", false), 0);
  EXPECT_EQ(Due(), "");
  EXPECT_EQ(outbox_->Retry({1, 2}, "t", false), 2);
  clock_.now_ms += 1;
  EXPECT_EQ(Due(), "ab");
  EXPECT_EQ(List()[0].attempts, 1);
  EXPECT_EQ(List()[1].attempts, 0);
  EXPECT_EQ(outbox_->Retry({}, "u", true), 1);
  EXPECT_EQ(outbox_->Retry({}, std::nullopt, true), 3);
}

TEST_F(OutboxTest, ARevivedOneGoesBeforeLaterOnesOfItsOrderKey) {
  OpenOutbox();
  ASSERT_EQ(Enqueue(Make("a1", "a")), true);
  ASSERT_EQ(Enqueue(Make("a2", "a")), true);
  const std::int64_t first = IdOf("a1");
  EXPECT_TRUE(outbox_->Dead(first, 500, "x"));
  EXPECT_EQ(Due(), "a2");
  EXPECT_EQ(outbox_->Retry({first}, std::nullopt, false), 1);
  EXPECT_EQ(Due(), "a1");
}

TEST_F(OutboxTest, DropRemovesAndFreesTheOrderKey) {
  OpenOutbox();
  for (const char* payload : {"a1", "a2"}) ASSERT_EQ(Enqueue(Make(payload, "a")), true);
  ASSERT_EQ(Enqueue(Make("u1", "u", "u")), true);
  ASSERT_EQ(Enqueue(Make("d", "d")), true);
  EXPECT_TRUE(outbox_->Delivered(IdOf("d"), 200));
  EXPECT_EQ(outbox_->Drop({1}, "u", false), 0);
  EXPECT_EQ(outbox_->Drop({1, 4}, std::nullopt, false), 1);
  EXPECT_EQ(Due(), "a2u1");
  EXPECT_EQ(outbox_->Drop({}, "t", true), 1);
  EXPECT_EQ(Due(), "u1");
  EXPECT_EQ(outbox_->Drop({}, std::nullopt, true), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM plenary_callbacks"), 1);  // the delivered one, which must stay known
}

TEST_F(OutboxTest, TheIdOfADroppedOneIsNobodyElses) {
  OpenOutbox();
  ASSERT_EQ(Enqueue(Make("a", "a")), true);
  const std::int64_t dropped = IdOf("a");
  EXPECT_EQ(outbox_->Drop({dropped}, std::nullopt, false), 1);
  ASSERT_EQ(Enqueue(Make("b", "b")), true);
  EXPECT_TRUE(outbox_->Delivered(dropped, 200));
  EXPECT_TRUE(outbox_->Failed(dropped, 500, "x", clock_.now_ms + 1));
  EXPECT_EQ(Due(), "b");
}

TEST_F(OutboxTest, PurgeTakesWhatIsOld) {
  OpenOutbox();
  for (const char* payload : {"a", "b", "c"}) ASSERT_EQ(Enqueue(Make(payload, payload)), true);
  EXPECT_TRUE(outbox_->Delivered(IdOf("a"), 200));
  EXPECT_TRUE(outbox_->Dead(IdOf("b"), 500, "x"));
  const auto count = [&] { return Number("SELECT COUNT(*) FROM plenary_callbacks"); };
  EXPECT_TRUE(outbox_->Purge(clock_.now_ms + 7 * kDayMs));
  EXPECT_EQ(count(), 3);
  EXPECT_TRUE(outbox_->Purge(clock_.now_ms + 7 * kDayMs + 1));
  EXPECT_EQ(count(), 2);
  EXPECT_TRUE(outbox_->Purge(clock_.now_ms + 90 * kDayMs + 1));
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(Due(), "c");
}

TEST_F(OutboxTest, ADeliveredOneKeepsNoPayload) {
  OpenOutbox();
  ASSERT_EQ(Enqueue(Make("secret of a meeting", "a")), true);
  EXPECT_TRUE(outbox_->Delivered(1, 200));
  EXPECT_EQ(Number("SELECT LENGTH(payload) FROM plenary_callbacks"), 0);
}

TEST_F(OutboxTest, NewsAreTold) {
  OpenOutbox();
  std::atomic<int> news = 0;
  outbox_->OnNews([&] { ++news; });
  Callback callback = Make("a", "a");
  callback.dedupe_key = "same";
  ASSERT_EQ(Enqueue(callback), true);
  EXPECT_EQ(news, 1);
  EXPECT_EQ(Enqueue(callback), false);
  EXPECT_EQ(news, 1);
  EXPECT_TRUE(outbox_->Dead(1, 500, "x"));
  EXPECT_EQ(news, 2);
  EXPECT_EQ(outbox_->Retry({}, std::nullopt, true), 1);
  EXPECT_EQ(news, 3);
  outbox_->OnNews(nullptr);
  EXPECT_EQ(outbox_->Drop({}, std::nullopt, true), 1);
  EXPECT_EQ(news, 3);
}

TEST_F(OutboxTest, SizesAreLimited) {
  OpenOutbox();
  Callback url = Make("a", "a");
  url.url.assign(kMaxUrlBytes + 1, 'u');
  Callback payload = Make(std::string(kMaxPayloadBytes + 1, 'p'), "a");
  for (const Callback& callback : {url, payload}) {
    const auto refused = Enqueue(callback);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  }
  EXPECT_EQ(Enqueue(Make(std::string(kMaxPayloadBytes, 'p'), "a")), true);
  EXPECT_EQ(Due().size(), kMaxPayloadBytes);
}

TEST_F(OutboxTest, PendingOnesAreLimitedPerTenant) {
  OpenOutbox();
  Fill("pending", 99'998);
  std::atomic<int> added = 0, refused = 0;
  const auto release = Hold();
  for (int i = 0; i < 5; ++i) {
    outbox_->Enqueue(Make("x", "x"), milliseconds(0), [&](const Result<bool>& result) {
      if (result) ++added;
      if (!result && result.error().code == ErrorCode::kLimit) ++refused;
    });
  }
  release();
  database_->Flush();
  EXPECT_EQ(added, 2);
  EXPECT_EQ(refused, 3);
  EXPECT_EQ(Enqueue(Make("x", "x", "u")), true);
  EXPECT_TRUE(outbox_->Delivered(1, 200));
  clock_.now_ms += 1000;
  EXPECT_EQ(Enqueue(Make("x", "x")), true);
  EXPECT_FALSE(Enqueue(Make("x", "x")));
}

TEST_F(OutboxTest, RevivedOnesCountForTheLimit) {
  OpenOutbox();
  Fill("pending", 99'990);
  Fill("dead", 10);
  EXPECT_EQ(Enqueue(Make("x", "x")), true);
  EXPECT_EQ(outbox_->Retry({}, "t", true), 100'001);
  const auto refused = Enqueue(Make("x", "x"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimit);
}

// Thousands that wait behind one receiver which does not answer must not make everybody else's deliveries slow.
TEST_F(OutboxTest, ABacklogBehindOneCallbackIsNotLookedThrough) {
  OpenOutbox();
  ASSERT_EQ(Enqueue(Make("first", "a")), true);
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Enqueue(Make("before", "a")), true);
  EXPECT_TRUE(outbox_->Failed(IdOf("first"), 503, "x", clock_.now_ms + 60'000));
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Enqueue(Make("after", "a")), true);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM plenary_callbacks WHERE next_attempt_ms <= " + std::to_string(clock_.now_ms)), 0);
}

TEST_F(OutboxTest, ErrorsAreTold) {
  OpenOutbox();
  Run("DROP TABLE plenary_callbacks");
  const auto enqueued = Enqueue(Make("a", "a"));
  ASSERT_FALSE(enqueued);
  EXPECT_EQ(enqueued.error().code, ErrorCode::kIo);
  EXPECT_FALSE(outbox_->DueLanes(0));
  EXPECT_FALSE(outbox_->NextIn({}, 0, {}));
  EXPECT_FALSE(outbox_->NextDue());
  EXPECT_FALSE(outbox_->Delivered(1, 200));
  EXPECT_FALSE(outbox_->Failed(1, 200, "", 0));
  EXPECT_FALSE(outbox_->Dead(1, 200, ""));
  EXPECT_FALSE(outbox_->List({}));
  EXPECT_FALSE(outbox_->Counts());
  EXPECT_FALSE(outbox_->Retry({1}, std::nullopt, false));
  EXPECT_FALSE(outbox_->Drop({1}, std::nullopt, false));
  EXPECT_FALSE(outbox_->Purge(0));
}

// The child delivers and is killed without warning: what it reported as delivered is never due again, and nothing that was queued is lost.
TEST_F(OutboxTest, DeliveriesSurviveAKill) {
  OpenOutbox();
  for (int i = 0; i < 300; ++i) outbox_->Enqueue(Make(std::to_string(i), std::to_string(i)), milliseconds(0), [](const Result<bool>&) {});
  outbox_.reset();
  database_.reset();
  int delivered[2];
  ASSERT_EQ(::pipe(delivered), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    OpenOutbox();
    for (std::int64_t id = 1; id <= 300; ++id) {
      if (!outbox_->Delivered(id, 200) || ::write(delivered[1], "+", 1) != 1) ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(delivered[1]);
  int done = 0;
  char byte = 0;
  while (done < 100 && ::read(delivered[0], &byte, 1) == 1) ++done;
  ::kill(child, SIGKILL);
  while (::read(delivered[0], &byte, 1) == 1) ++done;
  ::waitpid(child, nullptr, 0);
  ::close(delivered[0]);
  ASSERT_GE(done, 100);
  OpenOutbox();
  const auto due = DueOnes();
  ASSERT_FALSE(due.empty() && done < 300);
  for (const Callback& callback : due) EXPECT_GT(callback.id, done);
  EXPECT_GE(static_cast<int>(due.size()), 300 - done - 1);
}

}  // namespace
}  // namespace plenary::records
