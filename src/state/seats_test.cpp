// Load and placement: who counts where.
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "state/test_support.hpp"

namespace plenary::state::testing {
namespace {

bool Join(Pool& pool, const std::string& meeting_id, std::uint64_t person, bool anonymous = false) {
  return pool.state->Join("", meeting_id, person, anonymous).outcome == JoinOutcome::kOk;
}

StateOptions Model(pool::LoadModel model) {
  StateOptions options;
  options.load.model = model;
  return options;
}

TEST(Seats, AttendeesAndThoseOnTheirWay) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  pool.Pass(kSecond);
  pool.Poll("n1", {Listed("m", "int-m", 100)});
  for (std::uint64_t person = 1000; person < 1050; ++person) {
    EXPECT_TRUE(Join(pool, "m", person));
    EXPECT_TRUE(Join(pool, "m", person));  // the same link once more
  }
  EXPECT_TRUE(Join(pool, "m", 7));  // is already inside
  EXPECT_EQ(pool.Load("n1"), 150);
  EXPECT_EQ(pool.state->LoadOf("n1").reserved_seats, 50);
}

TEST(Seats, TwoHundredClaimsAtOnceSpreadEvenly) {
  Pool pool;
  for (int i = 0; i < 20; ++i) pool.AddNode("n" + std::to_string(i));
  std::map<std::string, int> placed;
  for (int i = 0; i < 200; ++i) {
    const auto claim = pool.StartClaim({.meeting_id = "m" + std::to_string(i)});
    if (i == 199) pool.journal->Run();
  }
  for (const MeetingPtr& meeting : pool.state->Meetings()) ++placed[meeting->node_id];
  ASSERT_EQ(placed.size(), 20u);
  for (const auto& [node, meetings] : placed) EXPECT_EQ(meetings, 10) << node;
}

TEST(Seats, AClaimReservesItsSeatsUntilTheBufferIsOver) {
  Pool pool;
  pool.AddNode("n1", 2.0);
  pool.Create("m");
  EXPECT_EQ(pool.Load("n1"), 30);
  pool.Pass(15 * kMinute - 1);
  EXPECT_EQ(pool.Load("n1"), 30);
  pool.Pass(1);
  EXPECT_EQ(pool.Load("n1"), 0);
}

TEST(Seats, WhoDoesNotArriveIsDropped) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  for (std::uint64_t person = 1; person <= 20; ++person) Join(pool, "m", person);
  EXPECT_EQ(pool.Load("n1"), 20);
  pool.Pass(59 * kSecond);
  Join(pool, "m", 1);  // tries again
  EXPECT_EQ(pool.Load("n1"), 20);
  pool.Pass(kSecond);
  EXPECT_EQ(pool.Load("n1"), 15);
  pool.Pass(14 * kMinute);
  EXPECT_EQ(pool.Load("n1"), 0);
}

TEST(Seats, APollThatShowsSomeoneCountsThemOnce) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  for (std::uint64_t person = 0; person < 30; ++person) Join(pool, "m", person);
  pool.Pass(kSecond);
  pool.Poll("n1", {Listed("m", "int-m", 20)});  // persons 0 to 19 have arrived
  EXPECT_EQ(pool.Load("n1"), 30);
}

TEST(Seats, AnonymousPeopleArriveOldestFirst) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  for (std::uint64_t person = 1000; person < 1010; ++person) Join(pool, "m", person, true);
  pool.Pass(30 * kSecond);
  for (std::uint64_t person = 2000; person < 2010; ++person) Join(pool, "m", person, true);
  bbb::NodeMeeting listed = Listed("m", "int-m", 0);
  listed.participants = 8;
  listed.anonymous_attendees = 8;
  pool.Poll("n1", {listed});
  EXPECT_EQ(pool.Load("n1"), 20);  // 8 inside, 2 + 10 on their way
  pool.Poll("n1", {listed});
  EXPECT_EQ(pool.Load("n1"), 20);  // nobody else has arrived
  pool.Pass(30 * kSecond);
  EXPECT_EQ(pool.Load("n1"), 18);  // the 2 older ones are late
}

TEST(Seats, CopiesThatAreClaimedElsewhereWeighOnTheirNode) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  pool.AddNode("n2");
  pool.Poll("n2", {Listed("m", "other", 40)});
  EXPECT_EQ(pool.Load("n2"), 40);
  pool.Poll("n2", {});
  EXPECT_EQ(pool.Load("n2"), 0);
}

TEST(Seats, TheMultiplierCountsAtOnce) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  pool::NodePatch patch;
  patch.load_multiplier = 3.0;
  pool.state->UpdateNode("n1", patch, [](const auto&) {});
  EXPECT_EQ(pool.Load("n1"), 45);
}

TEST(Seats, OnlyFitNodesTakeMeetings) {
  Pool pool;
  for (const char* id : {"cordoned", "disabled", "offline", "good"}) pool.AddNode(id);
  pool.AddNode("tagged", 1.0, "video");
  pool.SetState("cordoned", pool::AdminState::kCordoned);
  pool.SetState("disabled", pool::AdminState::kDisabled);
  pool.FailPoll("offline");
  pool.FailPoll("offline");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(pool.Claim("m" + std::to_string(i))->node->node.id, "good");
  const pool::Decision& decision = pool.history.decisions.back();
  EXPECT_EQ(decision.candidates, 1u);
  using pool::Exclusion;
  for (const Exclusion exclusion : {Exclusion::kCordoned, Exclusion::kDisabled, Exclusion::kOffline, Exclusion::kTagged}) {
    EXPECT_EQ(decision.excluded[static_cast<std::size_t>(exclusion)], 1u);
  }
}

TEST(Seats, JoinsOfNodesThatAreOff) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  EXPECT_EQ(pool.state->Join("", "other", 1, false).outcome, JoinOutcome::kNotFound);
  pool.SetState("n1", pool::AdminState::kCordoned);
  EXPECT_EQ(pool.state->Join("", "m", 1, false).outcome, JoinOutcome::kOk);
  pool.SetState("n1", pool::AdminState::kDisabled);
  EXPECT_EQ(pool.state->Join("", "m", 1, false).outcome, JoinOutcome::kUnavailable);
  pool.SetState("n1", pool::AdminState::kEnabled);
  pool.FailPoll("n1");
  EXPECT_EQ(pool.state->Join("", "m", 1, false).outcome, JoinOutcome::kOk);
  pool.FailPoll("n1");
  EXPECT_EQ(pool.state->Join("", "m", 1, false).outcome, JoinOutcome::kUnavailable);
}

TEST(ScaleliteLoad, PollsSetItAndCreatesAndJoinsAddOne) {
  Pool pool(Model(pool::LoadModel::kScalelite));
  pool.AddNode("n1", 2.0);
  EXPECT_EQ(pool.Load("n1"), 0);
  pool.Create("m");
  EXPECT_EQ(pool.Load("n1"), 2);
  Join(pool, "m", 1);
  Join(pool, "m", 1);
  EXPECT_EQ(pool.Load("n1"), 6);
  pool.Pass(kSecond);
  bbb::NodeMeeting listed = Listed("m", "int-m", 20, kStart - kHour);
  listed.moderators = 5;
  pool.Poll("n1", {listed});
  EXPECT_EQ(pool.Load("n1"), 50);
}

TEST(ScaleliteLoad, TiesGoToTheSmallerId) {
  Pool pool(Model(pool::LoadModel::kScalelite));
  pool.AddNode("b");
  pool.AddNode("a");
  EXPECT_EQ(pool.Claim("m1")->node->node.id, "a");
  EXPECT_EQ(pool.Claim("m2")->node->node.id, "b");
  EXPECT_EQ(pool.Claim("m3")->node->node.id, "a");
}

TEST(ScaleliteLoad, AnEntryExistsOnlyAfterAPoll) {
  Pool pool(Model(pool::LoadModel::kScalelite));
  pool.AddNode("n1");
  pool.SetState("n1", pool::AdminState::kCordoned);
  EXPECT_EQ(pool.Load("n1"), 0);
  pool.SetState("n1", pool::AdminState::kEnabled);
  EXPECT_EQ(pool.Load("n1"), 0);  // moved along
  pool.SetState("n1", pool::AdminState::kDisabled);
  pool.SetState("n1", pool::AdminState::kEnabled);
  EXPECT_EQ(pool.Load("n1"), std::nullopt);
  EXPECT_EQ(pool.Claim("m").error().code, ErrorCode::kNoServers);
  pool.Poll("n1", {});
  EXPECT_TRUE(pool.Claim("m").has_value());
}

TEST(ScaleliteLoad, GoingOfflineDropsIt) {
  Pool pool(Model(pool::LoadModel::kScalelite));
  pool.AddNode("n1");
  pool.FailPoll("n1");
  EXPECT_EQ(pool.Load("n1"), 0);
  pool.FailPoll("n1");
  EXPECT_EQ(pool.Load("n1"), std::nullopt);
  pool.Poll("n1", {});
  EXPECT_EQ(pool.Load("n1"), 0);
}

TEST(ScaleliteLoad, TheMultiplierCountsFromTheNextPoll) {
  Pool pool(Model(pool::LoadModel::kScalelite));
  pool.AddNode("n1");
  pool.Poll("n1", {Listed("m", "i", 10, kStart - kHour)});
  pool::NodePatch patch;
  patch.load_multiplier = 3.0;
  pool.state->UpdateNode("n1", patch, [](const auto&) {});
  EXPECT_EQ(pool.Load("n1"), 10);
  pool.Poll("n1", {Listed("m", "i", 10, kStart - kHour)});
  EXPECT_EQ(pool.Load("n1"), 30);
}

TEST(RoundRobin, GoesThroughTheNodesInOrder) {
  Pool pool(Model(pool::LoadModel::kRoundRobin));
  for (const char* id : {"c", "a", "b"}) pool.AddNode(id);
  std::string order;
  for (int i = 0; i < 6; ++i) order += pool.Claim("m" + std::to_string(i))->node->node.id;
  EXPECT_EQ(order, "abcabc");
  EXPECT_EQ(pool.history.decisions.back().node_id, "c");
}

// Whatever happens in whatever order: a node's counter is the sum of what its meetings contribute.
RC_GTEST_PROP(Seats, CountersNeverDrift, ()) {
  Pool pool;
  for (const char* id : {"a", "b", "c"}) pool.AddNode(id);
  const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(rc::gen::inRange(0, 9), rc::gen::inRange(0, 6)));
  for (const auto& [what, which] : steps) {
    const std::string meeting_id = "m" + std::to_string(which);
    const std::string node_id(1, static_cast<char>('a' + which % 3));
    const MeetingPtr meeting = pool.state->FindMeeting("", meeting_id);
    switch (what) {
      case 0: if (!meeting) pool.Create(meeting_id); break;
      case 1: pool.StartClaim({.meeting_id = meeting_id}); pool.journal->Run(); break;
      case 2: pool.state->Join("", meeting_id, static_cast<std::uint64_t>(which * 100 + what), which % 2 == 0); break;
      case 3: pool.Poll(node_id, {Listed(meeting_id, "int-" + meeting_id, which * 5)}, kSecond); break;
      case 4: pool.FailPoll(node_id); break;
      case 5: pool.Pass(which * 20 * kSecond); break;
      case 6: if (meeting) pool.state->Reassign(meeting, {}, {}, pool::EndReason::kSuperseded, [](const auto&) {}); break;
      case 7: if (meeting) pool.state->Forget(meeting, std::nullopt, {}); break;
      case 8: pool.journal->fail = which == 0; break;
    }
    pool.journal->Run();
  }
  pool.journal->fail = false;
  while (pool.state->MeetingCount() > 0) {  // whoever waited claims it then
    for (const MeetingPtr& meeting : pool.state->Meetings()) pool.state->Forget(meeting, std::nullopt, {});
    pool.journal->Run();
  }
  for (const char* id : {"a", "b", "c"}) {
    pool.Poll(id, {});
    RC_ASSERT(pool.Load(id) == 0.0);
    RC_ASSERT(pool.state->LoadOf(id).meetings == 0u);
  }
}

}  // namespace
}  // namespace plenary::state::testing
