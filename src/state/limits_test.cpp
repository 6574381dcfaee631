// Limits of tenants, exact under concurrency, and the meters beside them.
#include <thread>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "state/test_support.hpp"

namespace plenary::state::testing {
namespace {

StateOptions Model(pool::LoadModel model = pool::LoadModel::kSeats) {
  StateOptions options;
  options.multitenancy = true;
  options.load.model = model;
  return options;
}

/// Runs `work(i)` for i in [0, n) on eight threads.
template <class Work>
void InParallel(int n, const Work& work) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&work, t, n] {
      for (int i = t; i < n; i += 8) work(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

const TenantMeters& MetersOf(const Pool& pool, const std::string& id) { return *pool.state->Tenants()->FindById(id)->meters; }

JoinOutcome Join(Pool& pool, const std::string& meeting_id, std::uint64_t person, const std::string& tenant_id = "t") {
  return pool.state->Join(tenant_id, meeting_id, person, false).outcome;
}

std::string Refusal(const Result<ClaimResult>& claim) {
  if (claim) return "none";
  return claim.error().code == ErrorCode::kLimit ? claim.error().detail : "another error";
}

// --- meetings ----------------------------------------------------------------------------------------------------------------------------

TEST(MeetingLimit, AHundredClaimsAtOnceAgainstTen) {
  Pool pool(Model());
  for (const char* id : {"n1", "n2"}) pool.AddNode(id);
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t", {.meetings = 10})));
  std::atomic<int> refused{0};
  InParallel(100, [&](int i) {
    pool.state->Claim({.meeting_id = "m" + std::to_string(i), .tenant_id = "t"}, [&refused](const Result<ClaimResult>& claim) {
      if (Refusal(claim) == "meetings") ++refused;
    });
  });
  EXPECT_EQ(refused, 90);
  EXPECT_EQ(pool.state->MeetingCount(), 10u);
  EXPECT_EQ(MetersOf(pool, "t").meetings, 10);
  EXPECT_EQ(MetersOf(pool, "t").refused, 90);
  pool.journal->Run();
}

TEST(MeetingLimit, CountsWhatIsAliveAndRefusesOnlyNewOnes) {
  Pool pool(Model());
  pool.AddNode("n1");
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t", {.meetings = 2})));
  const MeetingPtr first = pool.Create("m1", "t");
  const auto unsettled = pool.Claim("m2", "t");
  EXPECT_EQ(Refusal(pool.Claim("m3", "t")), "meetings");
  EXPECT_EQ(pool.Claim("m1", "t")->kind, ClaimKind::kExisting);
  EXPECT_TRUE(pool.Claim("m3", "other"));
  pool.state->Release(unsettled->meeting, std::nullopt, {});
  EXPECT_TRUE(pool.Create("m3", "t"));
  EXPECT_EQ(Refusal(pool.Claim("m4", "t")), "meetings");
  pool.state->Forget(first, std::nullopt, {});
  EXPECT_TRUE(pool.Claim("m4", "t"));
  EXPECT_EQ(MetersOf(pool, "t").created, 2);
}

TEST(MeetingLimit, AdoptedOnesCountAndAreNeverRefused) {
  Pool pool(Model());
  pool.AddNode("n1");
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t", {.meetings = 2})));
  std::vector<bbb::NodeMeeting> listed;
  for (int i = 0; i < 3; ++i) listed.push_back(Listed("x" + std::to_string(i), "i" + std::to_string(i)));
  for (bbb::NodeMeeting& meeting : listed) meeting.tenant_id = "t";
  EXPECT_EQ(pool.Poll("n1", listed).adopted.size(), 3u);
  EXPECT_EQ(MetersOf(pool, "t").meetings, 3);
  EXPECT_EQ(MetersOf(pool, "t").created, 0);
  EXPECT_EQ(Refusal(pool.Claim("m", "t")), "meetings");
}

TEST(MeetingLimit, WhoWaitedForAClaimOfTheSameIdIsNotRefused) {
  Pool pool(Model());
  pool.AddNode("n1");
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t", {.meetings = 1})));
  const auto first = pool.StartClaim({.meeting_id = "m", .tenant_id = "t"});
  const auto second = pool.StartClaim({.meeting_id = "m", .tenant_id = "t"});
  const auto third = pool.StartClaim({.meeting_id = "m", .tenant_id = "t"});
  pool.journal->Run();
  pool.state->Release((*first)->value().meeting, std::nullopt, {});
  pool.journal->Run();
  EXPECT_EQ((*second)->value().kind, ClaimKind::kClaimed);  // it is really new, and there is room again
  pool.state->Settle((*second)->value().meeting, {});
  EXPECT_EQ((*third)->value().kind, ClaimKind::kExisting);
}

TEST(MeetingLimit, AClaimThatCouldNotBeWrittenGivesItsPlaceBack) {
  Pool pool(Model());
  pool.AddNode("n1");
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t", {.meetings = 1})));
  pool.journal->fail = true;
  EXPECT_EQ(Refusal(pool.Claim("m", "t")), "another error");
  pool.journal->fail = false;
  EXPECT_TRUE(pool.Claim("m", "t"));
}

TEST(MeetingLimit, AMoveAndAMeetingsReturnAreNoNewOnes) {
  Pool pool(Model());
  pool.AddNode("n1");
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t", {.meetings = 1})));
  const MeetingPtr meeting = pool.Create("m", "t");
  pool.AddNode("n2");
  pool.FailPoll("n1");
  pool.FailPoll("n1");
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool.state->Reassign(meeting, {}, {}, pool::EndReason::kSuperseded, done);
  pool.journal->Run();
  EXPECT_TRUE((*moved)->has_value());
  EXPECT_EQ(MetersOf(pool, "t").meetings, 1);
}

// --- creates per second ------------------------------------------------------------------------------------------------------------------

TEST(CreateLimit, AtMostSoManyInAnySecond) {
  Pool pool(Model());
  pool.AddNode("n1");
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t", {.creates_per_second = 3})));
  int n = 0;
  const auto create = [&] { return Refusal(pool.Claim("m" + std::to_string(n++), "t")); };
  EXPECT_EQ(create(), "none");
  pool.Pass(600);
  EXPECT_EQ(create(), "none");
  EXPECT_EQ(create(), "none");
  EXPECT_EQ(create(), "creates");
  const auto waiting = pool.StartClaim({.meeting_id = "m0", .tenant_id = "t"});
  EXPECT_FALSE(waiting->has_value());  // its claim is not settled: it waits, and is not refused
  pool.Pass(400);
  EXPECT_EQ(create(), "creates");
  pool.Pass(1);
  EXPECT_EQ(create(), "none");
  EXPECT_EQ(create(), "creates");
  EXPECT_EQ(Refusal(pool.Claim("x", "other")), "none");
}

TEST(CreateLimit, AReleasedClaimWasACreateAndARefusedOneWasNot) {
  Pool pool(Model());
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t", {.creates_per_second = 1})));
  EXPECT_EQ(Refusal(pool.Claim("m", "t")), "another error");  // no node
  pool.AddNode("n1");
  const auto claim = pool.Claim("m", "t");
  ASSERT_TRUE(claim);
  pool.state->Release(claim->meeting, std::nullopt, {});
  EXPECT_EQ(Refusal(pool.Claim("m", "t")), "creates");
}

TEST(CreateLimit, ExactUnderConcurrency) {
  Pool pool(Model());
  pool.AddNode("n1");
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t", {.creates_per_second = 7})));
  InParallel(100, [&](int i) { pool.state->Claim({.meeting_id = "m" + std::to_string(i), .tenant_id = "t"}, [](const auto&) {}); });
  EXPECT_EQ(pool.state->MeetingCount(), 7u);
  pool.journal->Run();
}

// --- participants ------------------------------------------------------------------------------------------------------------------------

class SeatLimit : public ::testing::TestWithParam<pool::LoadModel> {
 protected:
  SeatLimit() : pool_(Model(GetParam())) {
    for (const char* id : {"n1", "n2"}) pool_.AddNode(id);
    EXPECT_TRUE(pool_.AddTenant(MakeTenant("t", {.participants = 50})));
    for (int i = 0; i < 4; ++i) pool_.Create("m" + std::to_string(i), "t");
  }
  const TenantMeters& meters() const { return MetersOf(pool_, "t"); }
  Pool pool_;
};
INSTANTIATE_TEST_SUITE_P(Models, SeatLimit,
                         ::testing::Values(pool::LoadModel::kSeats, pool::LoadModel::kScalelite, pool::LoadModel::kRoundRobin));

TEST_P(SeatLimit, AThousandPeopleAtOnceAgainstFifty) {
  std::atomic<int> seated{0}, full{0};
  InParallel(1000, [&](int i) {
    const JoinOutcome outcome = Join(pool_, "m" + std::to_string(i % 4), static_cast<std::uint64_t>(i));
    if (outcome == JoinOutcome::kOk) ++seated;
    if (outcome == JoinOutcome::kFull) ++full;
  });
  EXPECT_EQ(seated, 50);
  EXPECT_EQ(full, 950);
  EXPECT_EQ(meters().people, 50);
  EXPECT_EQ(meters().refused, 950);
}

TEST_P(SeatLimit, SeatsThatNobodyTookReturnAfterAMinute) {
  for (std::uint64_t person = 0; person < 50; ++person) ASSERT_EQ(Join(pool_, "m0", person), JoinOutcome::kOk);
  EXPECT_EQ(Join(pool_, "m1", 99), JoinOutcome::kFull);
  EXPECT_EQ(Join(pool_, "m0", 7), JoinOutcome::kOk);  // has one
  pool_.Pass(59 * kSecond);
  EXPECT_EQ(Join(pool_, "m1", 99), JoinOutcome::kFull);
  EXPECT_EQ(Join(pool_, "m0", 7), JoinOutcome::kOk);  // … and begins anew
  pool_.Pass(kSecond);
  EXPECT_EQ(meters().people, 1);
  for (std::uint64_t person = 100; person < 149; ++person) ASSERT_EQ(Join(pool_, "m1", person), JoinOutcome::kOk);
  EXPECT_EQ(Join(pool_, "m1", 149), JoinOutcome::kFull);
}

TEST_P(SeatLimit, WhoHasArrivedKeepsTheSeatUntilAPollMissesThem) {
  const MeetingPtr meeting = pool_.state->FindMeeting("t", "m0");
  for (std::uint64_t person = 0; person < 50; ++person) ASSERT_EQ(Join(pool_, "m0", person), JoinOutcome::kOk);
  const auto listed = [&](std::int64_t people) {
    std::vector<bbb::NodeMeeting> list;
    for (const MeetingPtr& other : pool_.state->Meetings(meeting->node_id)) {
      list.push_back(Listed(other->meeting_id, other->internal_id, other == meeting ? people : 0));
    }
    return list;
  };
  pool_.Pass(30 * kSecond);
  pool_.Poll(meeting->node_id, listed(20));
  EXPECT_EQ(meters().people, 50);
  EXPECT_EQ(meters().participants, 20);
  EXPECT_EQ(Join(pool_, "m0", 3), JoinOutcome::kOk);  // is inside
  EXPECT_EQ(Join(pool_, "m0", 77), JoinOutcome::kFull);
  pool_.Pass(30 * kSecond);  // the other thirty did not come
  EXPECT_EQ(meters().people, 20);
  pool_.Poll(meeting->node_id, listed(60));  // more than allowed: they came past us
  EXPECT_EQ(meters().people, 60);
  EXPECT_EQ(Join(pool_, "m0", 77), JoinOutcome::kFull);
  EXPECT_EQ(Join(pool_, "m0", 5), JoinOutcome::kOk);
  pool_.Poll(meeting->node_id, listed(10));
  EXPECT_EQ(meters().people, 10);
  EXPECT_EQ(Join(pool_, "m0", 77), JoinOutcome::kOk);
  pool_.state->Forget(pool_.state->FindMeeting("t", "m0"), std::nullopt, {});
  EXPECT_EQ(meters().people, 0);
  EXPECT_EQ(meters().participants, 0);
}

TEST_P(SeatLimit, CanBeChangedAndRemoved) {
  for (std::uint64_t person = 0; person < 50; ++person) ASSERT_EQ(Join(pool_, "m0", person), JoinOutcome::kOk);
  const auto set = [this](std::int64_t limit) {
    return pool_.UpdateTenant("t", [limit](pool::Tenant& tenant) {
      tenant.limits.participants = limit;
      return Status();
    });
  };
  ASSERT_TRUE(set(40));
  EXPECT_EQ(Join(pool_, "m0", 60), JoinOutcome::kFull);
  EXPECT_EQ(Join(pool_, "m0", 49), JoinOutcome::kOk);
  ASSERT_TRUE(set(51));
  EXPECT_EQ(Join(pool_, "m0", 60), JoinOutcome::kOk);
  EXPECT_EQ(Join(pool_, "m0", 61), JoinOutcome::kFull);
  ASSERT_TRUE(set(0));
  EXPECT_EQ(Join(pool_, "m0", 61), JoinOutcome::kOk);
}

TEST_P(SeatLimit, BelongsToItsTenantAlone) {
  pool_.Create("o", "other");
  for (std::uint64_t person = 0; person < 60; ++person) EXPECT_EQ(Join(pool_, "o", person, "other"), JoinOutcome::kOk);
  EXPECT_EQ(meters().people, 0);
  EXPECT_EQ(Join(pool_, "m0", 1), JoinOutcome::kOk);
}

TEST_P(SeatLimit, ALimitBeyondWhatAMeetingRemembersIsStillKept) {
  ASSERT_TRUE(pool_.UpdateTenant("t", [](pool::Tenant& tenant) {
    tenant.limits.participants = 1'000'000;
    return Status();
  }));
  std::size_t seated = 0;
  for (std::uint64_t person = 0; person < SeatCount::kMaxHanded + 5; ++person) seated += Join(pool_, "m0", person) == JoinOutcome::kOk;
  EXPECT_EQ(seated, SeatCount::kMaxHanded);
  EXPECT_EQ(meters().people, static_cast<std::int64_t>(SeatCount::kMaxHanded));
}

TEST(SeatLimitScalelite, ARefusedJoinAddsNoLoadAndOneMoreLinkDoes) {
  Pool pool(Model(pool::LoadModel::kScalelite));
  pool.AddNode("n1");
  ASSERT_TRUE(pool.AddTenant(MakeTenant("t", {.participants = 1})));
  pool.Create("m", "t");
  EXPECT_EQ(pool.Load("n1"), 1);
  Join(pool, "m", 1);
  Join(pool, "m", 1);
  EXPECT_EQ(pool.Load("n1"), 3);
  EXPECT_EQ(Join(pool, "m", 2), JoinOutcome::kFull);
  EXPECT_EQ(pool.Load("n1"), 3);
}

TEST(Meters, MeetingsWithoutTenantHaveTheirs) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  Join(pool, "m", 1, "");
  const auto meters = pool.state->NoTenantMeters();
  EXPECT_EQ(meters->meetings, 1);
  EXPECT_EQ(meters->people, 1);
  EXPECT_EQ(meters->created, 1);
  pool.Pass(kSecond);
  pool.Poll("n1", {Listed("m", "int-m", 3)});
  EXPECT_EQ(meters->participants, 3);
  bbb::NodeMeeting breakout = Listed("b", "int-b", 3);
  breakout.breakout = true;
  pool.Poll("n1", {Listed("m", "int-m", 3), breakout});
  EXPECT_EQ(meters->participants, 3);  // those of a breakout are in its parent
  EXPECT_EQ(meters->meetings, 2);
  pool.state->RemoveNode("n1", [](const auto&) {});
  pool.journal->Run();
  EXPECT_EQ(meters->meetings, 0);
  EXPECT_EQ(meters->people, 0);
  EXPECT_EQ(meters->participants, 0);
}

// Whatever happens in whatever order: nothing is left of it in the meters when the meetings are gone.
RC_GTEST_PROP(Meters, NeverDrift, ()) {
  Pool pool(Model());
  for (const char* id : {"n0", "n1"}) pool.AddNode(id);
  RC_ASSERT(pool.AddTenant(MakeTenant("t", {.meetings = 3, .participants = 12})).has_value());
  const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(rc::gen::inRange(0, 9), rc::gen::inRange(0, 6)));
  for (const auto& [what, which] : steps) {
    const std::string meeting_id = "m" + std::to_string(which);
    const std::string node_id = "n" + std::to_string(which % 2);
    const std::string tenant_id = which == 5 ? "" : "t";
    const MeetingPtr meeting = pool.state->FindMeeting(tenant_id, meeting_id);
    switch (what) {
      case 0: if (!meeting) pool.Create(meeting_id, tenant_id); break;
      case 1: pool.StartClaim({.meeting_id = meeting_id, .tenant_id = tenant_id}); break;
      case 2: for (std::uint64_t p = 0; p < 9; ++p) pool.state->Join(tenant_id, meeting_id, p, p % 2 == 0); break;
      case 3: pool.Poll(node_id, {Listed(meeting_id, "int-" + meeting_id, which * 2)}, kSecond); break;
      case 4: pool.FailPoll(node_id); break;
      case 5: pool.Pass(which * 20 * kSecond); break;
      case 6: if (meeting) pool.state->Reassign(meeting, {}, {}, pool::EndReason::kSuperseded, [](const auto&) {}); break;
      case 7: if (meeting) pool.state->Forget(meeting, std::nullopt, {}); break;
      case 8: pool.journal->fail = which == 0; break;
    }
    pool.journal->Run();
    const TenantMeters& meters = MetersOf(pool, "t");
    std::int64_t meetings = 0;
    for (const MeetingPtr& alive : pool.state->Meetings()) meetings += alive->tenant_id == "t";
    RC_ASSERT(meters.meetings == meetings);
    RC_ASSERT(meters.people >= meters.participants);
  }
  pool.journal->fail = false;
  while (pool.state->MeetingCount() > 0) {  // whoever waited claims it then
    for (const MeetingPtr& meeting : pool.state->Meetings()) pool.state->Forget(meeting, std::nullopt, {});
    pool.journal->Run();
  }
  for (const TenantMeters* meters : {&MetersOf(pool, "t"), &*pool.state->NoTenantMeters()}) {
    RC_ASSERT(meters->meetings == 0);
    RC_ASSERT(meters->people == 0);
    RC_ASSERT(meters->participants == 0);
  }
}

}  // namespace
}  // namespace plenary::state::testing
