#include "state/sqlite/sqlite_store.hpp"

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>

#include "state/test_support.hpp"

namespace plenary::state::testing {
namespace {

namespace fs = std::filesystem;

class SqliteStoreTest : public ::testing::Test {
 protected:
  SqliteStoreTest() {
    std::string name = (fs::temp_directory_path() / "plenary-state-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    path_ = (folder_ / "state.db").string();
  }
  ~SqliteStoreTest() override { fs::remove_all(folder_); }

  std::unique_ptr<SqliteStore> Open(StateOptions options = {}) {
    auto store = SqliteStore::Open(path_, options, clock_, random_, nullptr);
    if (!store) ADD_FAILURE() << store.error().detail;
    return store ? std::move(*store) : nullptr;
  }
  Error OpenError() {
    auto store = SqliteStore::Open(path_, {}, clock_, random_, nullptr);
    EXPECT_FALSE(store);
    return store ? Error{} : store.error();
  }

  static Result<NodePtr> AddNode(StateStore& store, const std::string& id) {
    pool::Node node{.id = id, .url = "http://" + id + ".test/bigbluebutton/api", .secret = "secret-" + id};
    node.load_multiplier = 1.5;
    node.state = pool::AdminState::kEnabled;
    std::promise<Result<NodePtr>> promise;
    store.AddNode(std::move(node), [&promise](Result<NodePtr> result) { promise.set_value(std::move(result)); });
    auto result = promise.get_future().get();
    store.ApplyPoll({.node_id = id, .started_at_ms = kStart, .now_ms = kStart}, [](const auto&) {});
    return result;
  }
  /// What the store gives to the `done` of the call that `start` makes.
  template <class T, class Start>
  static Result<T> Wait(const Start& start) {
    std::promise<Result<T>> promise;
    start(StateStore::Done<T>([&promise](Result<T> result) { promise.set_value(std::move(result)); }));
    return promise.get_future().get();
  }
  static Result<ClaimResult> Claim(StateStore& store, const std::string& meeting_id, const std::string& tenant_id = {}) {
    std::promise<Result<ClaimResult>> promise;
    store.Claim({.meeting_id = meeting_id, .tenant_id = tenant_id, .name = "Name of " + meeting_id},
                [&promise](Result<ClaimResult> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }
  std::string Bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Sql(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  fs::path folder_;
  std::string path_;
  TestClock clock_;
  TestRandom random_;
};

TEST_F(SqliteStoreTest, EverythingIsThereAgain) {
  MeetingPtr settled, unsettled;
  {
    auto store = Open();
    ASSERT_TRUE(AddNode(*store, "n1"));
    pool::NodePatch patch;
    patch.checksum_algorithm = DigestAlgorithm::kSha384;
    store->UpdateNode("n1", patch, [](const auto&) {});
    store->SetVersion("n1", "3.0.4");
    settled = Claim(*store, "settled \xc3\xa4 \"'")->meeting;
    unsettled = Claim(*store, "unsettled")->meeting;
    store->Settle(settled, {.internal_id = "i", .create_time_ms = 77, .attendee_pw = "ap"});
    store->Release(Claim(*store, "orphan")->meeting, pool::EndReason::kOrphan, {});
    settled = store->FindMeeting("", settled->meeting_id);
  }
  auto store = Open();
  const NodePtr node = store->Nodes()->Find("n1");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->node.secret, "secret-n1");
  EXPECT_EQ(node->node.load_multiplier, 1.5);
  EXPECT_TRUE(node->node.enabled());
  EXPECT_TRUE(node->node.online);  // joins go on before the first poll
  EXPECT_EQ(node->node.bbb_version, "3.0.4");
  EXPECT_EQ(node->algorithm, DigestAlgorithm::kSha384);
  const MeetingPtr again = store->FindMeeting("", settled->meeting_id);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->phase, pool::MeetingPhase::kSettled);
  EXPECT_EQ(again->claim_id, settled->claim_id);
  EXPECT_EQ(again->internal_id, "i");
  EXPECT_EQ(again->create_time_ms, 77);
  EXPECT_EQ(again->name, settled->name);
  EXPECT_EQ(again->moderator_pw, settled->moderator_pw);
  EXPECT_EQ(again->attendee_pw, "ap");
  EXPECT_EQ(again->voice_bridge, settled->voice_bridge);
  EXPECT_EQ(store->FindMeeting("", "unsettled")->phase, pool::MeetingPhase::kClaimed);
  EXPECT_EQ(store->FindMeeting("", "orphan"), nullptr);
  ASSERT_EQ(store->PendingEnds().size(), 1u);
  EXPECT_EQ(store->PendingEnds()[0].meeting_id, "orphan");
  EXPECT_GT(Claim(*store, "new")->meeting->claim_id, unsettled->claim_id);
}

pool::Tenant FullTenant() {
  pool::Tenant tenant = MakeTenant("t1", {.meetings = 1, .participants = 2, .creates_per_second = 3, .calls_per_second = 4});
  tenant.name = "Acme";
  tenant.secrets = {"s1", "s \xc3\xa4 '\""};
  tenant.retired_secrets = {{"old", kStart + kHour}, {"older", kStart + kMinute}};
  tenant.enabled = false;
  tenant.checksum_algorithms = {DigestAlgorithm::kSha512, DigestAlgorithm::kSha256};
  tenant.lrs = {.endpoint = "https://lrs.test/",
                .username = "u",
                .password = "p",
                .kc_token_url = "https://kc.test/",
                .kc_client_id = "ci",
                .kc_client_secret = "cs",
                .kc_username = "ku",
                .kc_password = "kp"};
  tenant.settings = {{"2", "duration", "60", true}, {"1", "welcome", "", false}};
  tenant.presentation_url = "https://cdn.test/p";
  tenant.logo_url = "https://cdn.test/l";
  tenant.style_url = "https://cdn.test/s";
  return tenant;
}

void ExpectEqual(const pool::Tenant& a, const pool::Tenant& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.secrets, b.secrets);
  EXPECT_EQ(a.retired_secrets, b.retired_secrets);
  EXPECT_EQ(a.enabled, b.enabled);
  EXPECT_EQ(a.checksum_algorithms, b.checksum_algorithms);
  EXPECT_EQ(a.lrs, b.lrs);
  EXPECT_EQ(a.limits, b.limits);
  EXPECT_EQ(a.settings, b.settings);
  EXPECT_EQ(a.presentation_url, b.presentation_url);
  EXPECT_EQ(a.logo_url, b.logo_url);
  EXPECT_EQ(a.style_url, b.style_url);
}

TEST_F(SqliteStoreTest, TenantsAndTokensAreThereAgain) {
  const pool::Tenant full = FullTenant();
  pool::ApiToken token = MakeToken("k1", pool::TokenScope::kTenant, "t1");
  token.created_at_ms = 5;
  token.expires_at_ms = 6;
  {
    auto store = Open();
    ASSERT_TRUE(AddNode(*store, "n1"));
    ASSERT_TRUE(Wait<TenantPtr>([&](auto done) { store->AddTenant(full, done); }));
    ASSERT_TRUE(Wait<TenantPtr>([&](auto done) { store->AddTenant(MakeTenant("t2"), done); }));
    const auto shorten = [](pool::Tenant& tenant) {  // the longer lists of before must be gone
      tenant.settings.pop_back();
      tenant.retired_secrets.pop_back();
      return Status();
    };
    ASSERT_TRUE(Wait<TenantPtr>([&](auto done) { store->UpdateTenant("t1", shorten, 1, done); }));
    ASSERT_TRUE(Wait<void>([&](auto done) { store->AddToken(token, done); }));
    ASSERT_TRUE(Wait<void>([&](auto done) { store->AddToken(MakeToken("k2", pool::TokenScope::kTenant, "t2"), done); }));
    ASSERT_TRUE(Wait<void>([&](auto done) { store->AddToken(MakeToken("k3", pool::TokenScope::kNode, "", "n1"), done); }));
    ASSERT_TRUE(Wait<void>([&](auto done) { store->AddToken(MakeToken("k4", pool::TokenScope::kAdmin), done); }));
    ASSERT_TRUE(Wait<void>([&](auto done) { store->RemoveToken("k4", done); }));
    ASSERT_TRUE(Wait<void>([&](auto done) { store->RemoveTenant("t2", done); }));
    ASSERT_TRUE(Wait<std::vector<MeetingPtr>>([&](auto done) { store->RemoveNode("n1", done); }));
  }
  auto store = Open();
  ASSERT_EQ(store->Tenants()->all().size(), 1u);
  const TenantPtr tenant = store->Tenants()->FindByName("acme");
  ASSERT_NE(tenant, nullptr);
  pool::Tenant expected = full;
  expected.settings.pop_back();
  expected.retired_secrets.pop_back();
  ExpectEqual(tenant->tenant, expected);
  EXPECT_EQ(tenant->tenant.revision, 2u);
  EXPECT_EQ(tenant->policy.secrets.size(), 3u);
  EXPECT_EQ(tenant->meters->max_people, 2);
  EXPECT_EQ(tenant->meters->max_calls, 4);
  ASSERT_EQ(store->Tokens()->all().size(), 1u);
  const pool::ApiToken& again = store->Tokens()->all()[0];
  EXPECT_EQ(again.id, "k1");
  EXPECT_EQ(again.name, token.name);
  EXPECT_EQ(again.scope, pool::TokenScope::kTenant);
  EXPECT_EQ(again.tenant_id, "t1");
  EXPECT_EQ(again.digest, token.digest);
  EXPECT_EQ(again.created_at_ms, 5);
  EXPECT_EQ(again.expires_at_ms, 6);
}

TEST_F(SqliteStoreTest, ScopedMeetingsAndTheirEndsAreThereAgain) {
  {
    auto store = Open();
    ASSERT_TRUE(AddNode(*store, "n1"));
    store->Settle(Claim(*store, "m", "a")->meeting, {.internal_id = "i"});
    store->Settle(Claim(*store, "m", "b")->meeting, {.internal_id = "i"});
    store->Release(Claim(*store, "o", "a")->meeting, std::nullopt, {});
    store->Release(Claim(*store, "m", "c")->meeting, pool::EndReason::kOrphan, {});
  }
  auto store = Open();
  EXPECT_EQ(store->FindMeeting("a", "m")->scoped_id, "");
  ASSERT_NE(store->FindMeeting("b", "m"), nullptr);
  EXPECT_EQ(store->FindMeeting("b", "m")->scoped_id, "m~b");
  EXPECT_EQ(store->FindOnNodes("m~b"), store->FindMeeting("b", "m"));
  EXPECT_EQ(store->FindOnNodes("m"), store->FindMeeting("a", "m"));
  EXPECT_EQ(store->NoTenantMeters()->meetings, 0);
  ASSERT_EQ(store->PendingEnds().size(), 1u);
  EXPECT_EQ(store->PendingEnds()[0].meeting_id, "m~c");
  EXPECT_EQ(store->PendingEnds()[0].tenant_id, "c");
  EXPECT_EQ(Claim(*store, "m", "d")->meeting->node_meeting_id(), "m~d");
}

TEST_F(SqliteStoreTest, ANodesRevisionIsThereAgain) {
  {
    auto store = Open();
    ASSERT_TRUE(AddNode(*store, "n1"));
    ASSERT_TRUE(Wait<NodePtr>([&](auto done) { store->UpdateNode("n1", {.tag = "x"}, done); }));
  }
  EXPECT_EQ(Open()->Nodes()->Find("n1")->node.revision, 2u);
}

TEST_F(SqliteStoreTest, ARemovedNodeIsGone) {
  {
    auto store = Open();
    ASSERT_TRUE(AddNode(*store, "n1"));
    ASSERT_TRUE(Claim(*store, "m"));
    std::promise<Result<std::vector<MeetingPtr>>> removed;
    store->RemoveNode("n1", [&removed](auto result) { removed.set_value(std::move(result)); });
    ASSERT_TRUE(removed.get_future().get());
  }
  auto store = Open();
  EXPECT_TRUE(store->Nodes()->all().empty());
  EXPECT_EQ(store->MeetingCount(), 0u);
}

TEST_F(SqliteStoreTest, WhenIdleTheLogMovesIntoTheFile) {
  auto store = Open();
  ASSERT_TRUE(AddNode(*store, "n1"));
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(Claim(*store, "m" + std::to_string(i)));
  const auto moved = [this] { return Bytes().find("Name of m299") != std::string::npos; };
  for (int i = 0; i < 100 && !moved(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_TRUE(moved());
}

TEST_F(SqliteStoreTest, TheFilesArePrivate) {
  const mode_t before = ::umask(0);
  {
    auto store = Open();
    ASSERT_TRUE(AddNode(*store, "n1"));
    for (const auto& file : fs::directory_iterator(folder_)) {
      struct stat info {};
      ASSERT_EQ(::stat(file.path().c_str(), &info), 0);
      EXPECT_EQ(info.st_mode & 0777u, 0600u) << file.path();
    }
  }
  ::umask(before);
}

TEST_F(SqliteStoreTest, AcknowledgedClaimsSurviveAKill) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto store = Open();
    AddNode(*store, "n1");
    for (int i = 0;; ++i) {
      const auto claim = Claim(*store, "m" + std::to_string(i));
      if (!claim || ::write(pipe_ends[1], &i, sizeof i) != sizeof i) ::_exit(1);
    }
  }
  ::close(pipe_ends[1]);
  int acknowledged = -1;
  while (acknowledged < 100) ASSERT_EQ(::read(pipe_ends[0], &acknowledged, sizeof acknowledged), static_cast<ssize_t>(sizeof acknowledged));
  ::kill(child, SIGKILL);
  for (int next = 0; ::read(pipe_ends[0], &next, sizeof next) == static_cast<ssize_t>(sizeof next);) acknowledged = next;
  ::close(pipe_ends[0]);
  ::waitpid(child, nullptr, 0);
  auto store = Open();
  for (int i = 0; i <= acknowledged; ++i) {
    ASSERT_NE(store->FindMeeting("", "m" + std::to_string(i)), nullptr) << i << " of " << acknowledged;
  }
}

TEST_F(SqliteStoreTest, EndsThatWereNotAnnouncedSurviveAKill) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto store = Open();
    AddNode(*store, "n1");
    std::int64_t first = 0;
    store->OnMeetingEnd([&first](const pool::MeetingEnd& end) { first = first != 0 ? first : end.id; });
    for (const char* id : {"announced", "late"}) {
      const auto claim = Claim(*store, id);
      if (!claim) ::_exit(1);
      store->Settle(claim->meeting, {.internal_id = "int"});
      std::promise<void> forgotten;
      store->Forget(store->FindMeeting("", id), std::nullopt, [&forgotten](const Status&) { forgotten.set_value(); });
      forgotten.get_future().wait();
    }
    store->EndAnnounced(first);
    store->Sweep(kStart);
    store->Flush();
    ::raise(SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  std::vector<pool::MeetingEnd> told;
  const auto open = [&] {
    auto store = Open();
    store->OnMeetingEnd([&told](const pool::MeetingEnd& end) { told.push_back(end); });
    store->Sweep(kStart);
    return store;
  };
  auto store = open();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].meeting_id, "late");
  EXPECT_EQ(told[0].internal_id, "int");
  store->EndAnnounced(told[0].id);
  store.reset();  // without another sweep
  store = open();
  EXPECT_EQ(told.size(), 1u);
}

TEST_F(SqliteStoreTest, AcknowledgedTenantChangesSurviveAKill) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto store = Open();
    if (!Wait<TenantPtr>([&](auto done) { store->AddTenant(MakeTenant("t"), done); })) ::_exit(1);
    for (int i = 0;; ++i) {
      const auto change = [i](pool::Tenant& tenant) {
        tenant.secrets = {"secret-" + std::to_string(i)};
        tenant.settings = {{"1", "a", std::to_string(i)}};
        return Status();
      };
      const auto changed = Wait<TenantPtr>([&](auto done) { store->UpdateTenant("t", change, std::nullopt, done); });
      if (!changed || ::write(pipe_ends[1], &i, sizeof i) != sizeof i) ::_exit(1);
    }
  }
  ::close(pipe_ends[1]);
  int acknowledged = -1;
  while (acknowledged < 50) ASSERT_EQ(::read(pipe_ends[0], &acknowledged, sizeof acknowledged), static_cast<ssize_t>(sizeof acknowledged));
  ::kill(child, SIGKILL);
  for (int next = 0; ::read(pipe_ends[0], &next, sizeof next) == static_cast<ssize_t>(sizeof next);) acknowledged = next;
  ::close(pipe_ends[0]);
  ::waitpid(child, nullptr, 0);
  auto store = Open();
  const pool::Tenant tenant = store->Tenants()->FindById("t")->tenant;
  const int found = std::stoi(tenant.settings.at(0).value);
  EXPECT_GE(found, acknowledged);
  EXPECT_LE(found, acknowledged + 1);
  EXPECT_EQ(tenant.secrets[0], "secret-" + std::to_string(found));  // all of a change or nothing
}

TEST_F(SqliteStoreTest, AFullDiskRefusesClaimsAndRecovers) {
  auto store = Open();
  ASSERT_TRUE(AddNode(*store, "n1"));
  const auto kept = Claim(*store, "kept");
  store->Settle(kept->meeting, {.internal_id = "i"});
  const auto given_up = Claim(*store, "given-up");
  store->Flush();

  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before {};
  ::sigaction(SIGXFSZ, &ignore, &before);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  rlimit tight = limit;
  tight.rlim_cur = 1;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  std::vector<std::future<Result<ClaimResult>>> refused;
  for (int i = 0; i < 20; ++i) {
    refused.push_back(std::async(std::launch::async, [&store, i] { return Claim(*store, "r" + std::to_string(i % 10)); }));
  }
  for (auto& claim : refused) {
    const auto result = claim.get();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kIo);
  }
  EXPECT_EQ(store->Join("", "kept", 1, false).outcome, JoinOutcome::kOk);
  std::promise<Status> released;
  store->Release(given_up->meeting, pool::EndReason::kOrphan, [&released](Status status) { released.set_value(std::move(status)); });
  EXPECT_EQ(released.get_future().get().error().code, ErrorCode::kIo);
  EXPECT_EQ(store->FindMeeting("", "given-up"), nullptr);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  ::sigaction(SIGXFSZ, &before, nullptr);

  EXPECT_EQ(Claim(*store, "r1")->kind, ClaimKind::kClaimed);
  store.reset();
  store = Open();
  EXPECT_NE(store->FindMeeting("", "kept"), nullptr);
  EXPECT_NE(store->FindMeeting("", "r1"), nullptr);
  EXPECT_EQ(store->FindMeeting("", "r2"), nullptr);
  EXPECT_EQ(store->FindMeeting("", "given-up"), nullptr);  // written late
  EXPECT_EQ(store->PendingEnds().size(), 1u);
}

TEST_F(SqliteStoreTest, ADamagedFileIsRefusedAndLeftAlone) {
  std::ofstream(path_) << std::string(5000, 'x');
  const std::string before = Bytes();
  const Error error = OpenError();
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_NE(error.detail.find(path_), std::string::npos);
  EXPECT_EQ(Bytes(), before);
}

TEST_F(SqliteStoreTest, ADamagedPageIsFoundToo) {
  {
    auto store = Open();
    ASSERT_TRUE(AddNode(*store, "n1"));
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(Claim(*store, "m" + std::to_string(i)));
  }
  {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(fs::file_size(path_)) - 4096 + 10);
    file << std::string(3000, '\xff');
  }
  const std::string before = Bytes();
  EXPECT_EQ(OpenError().code, ErrorCode::kCorrupt);
  EXPECT_EQ(Bytes(), before);
}

TEST_F(SqliteStoreTest, ANewerFormatIsRefused) {
  Open().reset();
  Sql("PRAGMA user_version=3");
  const std::string before = Bytes();
  const Error error = OpenError();
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_NE(error.detail.find("newer"), std::string::npos);
  EXPECT_EQ(Bytes(), before);
}

TEST_F(SqliteStoreTest, AnotherProgramsDatabaseIsRefused) {
  Sql("CREATE TABLE bookmarks (url TEXT)");
  EXPECT_EQ(OpenError().code, ErrorCode::kCorrupt);
}

TEST_F(SqliteStoreTest, AFolderThatIsMissingIsAnError) {
  fs::remove_all(folder_);
  EXPECT_EQ(OpenError().code, ErrorCode::kIo);
}

// Claims, settles, joins, polls, sweeps and reads from several threads at once; the sanitizers watch.
TEST_F(SqliteStoreTest, ManyThreads) {
  auto store = Open();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(AddNode(*store, "n" + std::to_string(i)));
  ASSERT_TRUE(Wait<TenantPtr>([&](auto done) { store->AddTenant(MakeTenant("t"), done); }));
  std::atomic<int> claimed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const std::string id = "m" + std::to_string(i);
        store->Claim({.meeting_id = id}, [&store, &claimed](Result<ClaimResult> result) {
          if (!result || result->kind != ClaimKind::kClaimed) return;
          ++claimed;
          store->Settle(result->meeting, {.internal_id = "i"});
        });
        store->Join("", id, static_cast<std::uint64_t>(t), t == 0);
        store->UpdateTenant("t", [](pool::Tenant& tenant) {
          ++tenant.limits.participants;
          return Status();
        }, std::nullopt, [](const auto&) {});
        (void)store->Tenants()->FindByName("T")->meters->AdmitCall(i);
        (void)store->FindOnNodes(id);
        (void)store->Nodes()->Find("n1");
        (void)store->LoadOf("n2");
        if (i % 10 == t) {
          PollReport report{.node_id = "n" + std::to_string(t), .started_at_ms = kStart, .now_ms = kStart};
          report.meetings.push_back(Listed(id, "i", 3));
          store->ApplyPoll(std::move(report), [](const auto&) {});
          store->Sweep(kStart + i);
          (void)store->KnownMeetings("n0");
          (void)store->Meetings();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  store->Flush();
  store->Flush();  // what was settled while the first one was on its way
  EXPECT_EQ(store->MeetingCount(), 100u);
  EXPECT_LE(claimed, 100);
  EXPECT_GT(claimed, 0);
  // Behind all of the others.
  const auto last = Wait<TenantPtr>([&](auto done) { store->UpdateTenant("t", [](pool::Tenant&) { return Status(); }, std::nullopt, done); });
  EXPECT_EQ((*last)->tenant.limits.participants, 400);
}

}  // namespace
}  // namespace plenary::state::testing
