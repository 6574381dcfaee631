#include <map>
#include <set>

#include <gtest/gtest.h>

#include "pool/voice_bridge.hpp"
#include "state/test_support.hpp"

namespace plenary::state::testing {
namespace {

ClaimKind KindOf(const Slot<ClaimResult>& slot) { return (*slot)->value().kind; }

TEST(Claims, TheFirstGetsItAndTheOthersWaitForIt) {
  Pool pool;
  pool.AddNode("n1");
  const auto first = pool.StartClaim({.meeting_id = "m"});
  const auto second = pool.StartClaim({.meeting_id = "m"});
  EXPECT_FALSE(first->has_value());  // not durable yet
  pool.journal->Run();
  ASSERT_TRUE(first->has_value());
  EXPECT_EQ(KindOf(first), ClaimKind::kClaimed);
  EXPECT_FALSE(second->has_value());
  pool.state->Settle((*first)->value().meeting, {.internal_id = "i", .create_time_ms = 5});
  ASSERT_TRUE(second->has_value());
  EXPECT_EQ(KindOf(second), ClaimKind::kExisting);
  EXPECT_EQ((*second)->value().meeting->internal_id, "i");
  EXPECT_EQ((*second)->value().node->node.id, "n1");
  EXPECT_EQ(pool.Claim("m")->kind, ClaimKind::kExisting);
}

TEST(Claims, AfterAReleaseTheFirstWaiterClaims) {
  Pool pool;
  pool.AddNode("n1");
  const auto first = pool.StartClaim({.meeting_id = "m"});
  const auto second = pool.StartClaim({.meeting_id = "m"});
  const auto third = pool.StartClaim({.meeting_id = "m"});
  pool.journal->Run();
  auto [released, done] = MakeSlot<void>();
  pool.state->Release((*first)->value().meeting, std::nullopt, done);
  EXPECT_FALSE(released->has_value());
  pool.journal->Run();
  EXPECT_TRUE(released->has_value() && released->value());
  EXPECT_EQ(KindOf(second), ClaimKind::kClaimed);
  EXPECT_NE((*second)->value().meeting->claim_id, (*first)->value().meeting->claim_id);
  EXPECT_FALSE(third->has_value());
  pool.state->Settle((*second)->value().meeting, {});
  EXPECT_EQ(KindOf(third), ClaimKind::kExisting);
}

TEST(Claims, OneTenantDoesNotSeeAnothers) {
  Pool pool;
  pool.AddNode("n1");
  const auto a = pool.StartClaim({.meeting_id = "m", .tenant_id = "a"});
  const auto b = pool.StartClaim({.meeting_id = "m", .tenant_id = "b"});
  pool.journal->Run();
  EXPECT_EQ(KindOf(a), ClaimKind::kClaimed);
  EXPECT_EQ(KindOf(b), ClaimKind::kClaimed);
  EXPECT_EQ(pool.state->FindMeeting("", "m"), nullptr);
  EXPECT_EQ(pool.state->FindMeeting("b", "m"), (*b)->value().meeting);
}

TEST(Claims, APasswordIsGeneratedOnlyWhereNoneWasGiven) {
  Pool pool;
  pool.AddNode("n1");
  const auto without = pool.StartClaim({.meeting_id = "m1"});
  const auto with = pool.StartClaim({.meeting_id = "m2", .moderator_pw = "given"});
  pool.journal->Run();
  const std::string& password = (*without)->value().meeting->moderator_pw;
  EXPECT_EQ(password.size(), 8u);
  EXPECT_EQ(password.find_first_not_of(kAlphanumerics), std::string::npos);
  EXPECT_EQ((*with)->value().meeting->moderator_pw, "given");
}

TEST(Claims, WithoutANodeNothingIsClaimed) {
  Pool pool;
  EXPECT_EQ(pool.Claim("m").error().code, ErrorCode::kNoServers);
  EXPECT_EQ(pool.state->MeetingCount(), 0u);
  ASSERT_EQ(pool.history.decisions.size(), 1u);
  EXPECT_EQ(pool.history.decisions[0].node_id, "");
}

TEST(Claims, TagsChooseAmongNodes) {  // spec scalelite 6
  Pool pool;
  pool.AddNode("plain");
  pool.AddNode("gpu1", 1.0, "gpu");
  auto place = [&pool, n = 0](const std::string& tag) mutable -> std::string {
    const auto slot = pool.StartClaim({.meeting_id = "m" + std::to_string(n++), .server_tag = tag});
    pool.journal->Run();
    if (**slot) return (**slot)->node->node.id;
    const Error& error = (**slot).error();
    return error.code == ErrorCode::kTagUnavailable ? "no such tag: " + error.detail : "none";
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(place(""), "plain");  // although the tagged one is empty
  EXPECT_EQ(place("gpu"), "gpu1");
  EXPECT_EQ(place("gpu!"), "gpu1");
  EXPECT_EQ(place("big;gpu"), "gpu1");
  EXPECT_EQ(place("big"), "plain");
  EXPECT_EQ(place("big;huge!"), "no such tag: big;huge");
  EXPECT_EQ(place("none!"), "plain");
  pool.SetState("plain", pool::AdminState::kDisabled);
  EXPECT_EQ(place("big"), "none");
  EXPECT_EQ(place(""), "none");
  pool.SetState("gpu1", pool::AdminState::kDisabled);
  EXPECT_EQ(place("gpu!"), "none");  // an empty pool is not a missing tag
}

TEST(Claims, AFailedWriteUndoesTheClaim) {
  Pool pool;
  pool.AddNode("n1");
  pool.journal->fail = true;
  const auto first = pool.StartClaim({.meeting_id = "m"});
  const auto waiting = pool.StartClaim({.meeting_id = "m"});
  pool.journal->Run();
  EXPECT_EQ((*first)->error().code, ErrorCode::kIo);
  EXPECT_EQ((*waiting)->error().code, ErrorCode::kIo);
  EXPECT_EQ(pool.state->FindMeeting("", "m"), nullptr);
  EXPECT_EQ(pool.Load("n1"), 0);
  pool.journal->fail = false;
  EXPECT_EQ(pool.Claim("m")->kind, ClaimKind::kClaimed);
  EXPECT_EQ(pool.state->FindMeeting("", "m")->voice_bridge, pool::VoiceBridgeNumbers("m", 9).Next());
}

TEST(Claims, VoiceBridgesAreScalelitesAndUnique) {
  StateOptions options;
  options.voice_bridge_length = 1;  // nine numbers
  Pool pool(options);
  pool.AddNode("n1");
  std::set<std::string> numbers;
  int failed = 0;
  for (int i = 0; i < 12; ++i) {
    if (const auto claim = pool.Claim("m" + std::to_string(i))) {
      EXPECT_TRUE(numbers.insert(claim->meeting->voice_bridge).second);
    } else {
      EXPECT_EQ(claim.error().code, ErrorCode::kNoVoiceBridge);
      EXPECT_EQ(claim.error().detail, "Failed to allocate conference number for meeting ID after 10 tries");
      ++failed;
    }
  }
  EXPECT_GE(failed, 3);
  EXPECT_EQ(pool.state->MeetingCount() + static_cast<std::size_t>(failed), 12u);
}

TEST(Claims, AVoiceBridgeIsFreeAgainWithItsMeeting) {
  Pool pool;
  pool.AddNode("n1");
  const MeetingPtr meeting = pool.Create("room-a");
  EXPECT_EQ(meeting->voice_bridge, "518795727");
  pool.state->Forget(meeting, std::nullopt, {});
  EXPECT_EQ(pool.Claim("room-a")->meeting->voice_bridge, "518795727");
}

TEST(Claims, AnExternalVoiceBridgeComesFirst) {
  StateOptions options;
  options.use_external_voice_bridge = true;
  Pool pool(options);
  pool.AddNode("n1");
  const auto wish = pool.StartClaim({.meeting_id = "room-a", .voice_bridge = "77777"});
  const auto taken = pool.StartClaim({.meeting_id = "room-b", .voice_bridge = "77777"});
  const auto reserved = pool.StartClaim({.meeting_id = "room-c", .voice_bridge = "99999"});
  pool.journal->Run();
  EXPECT_EQ((*wish)->value().meeting->voice_bridge, "77777");
  EXPECT_EQ((*taken)->value().meeting->voice_bridge, "423472076");
  EXPECT_EQ((*reserved)->value().meeting->voice_bridge, "391831934");
}

TEST(Claims, WithoutTheSettingAWishIsNoWish) {
  Pool pool;
  pool.AddNode("n1");
  const auto claim = pool.StartClaim({.meeting_id = "room-a", .voice_bridge = "77777"});
  pool.journal->Run();
  EXPECT_EQ((*claim)->value().meeting->voice_bridge, "518795727");
}

TEST(Claims, SettlingAgainUpdates) {
  Pool pool;
  pool.AddNode("n1");
  const MeetingPtr meeting = pool.Create("m");
  pool.state->Settle(meeting, {.internal_id = "new", .create_time_ms = 9, .attendee_pw = "ap"});
  const MeetingPtr now = pool.state->FindMeeting("", "m");
  EXPECT_EQ(now->internal_id, "new");
  EXPECT_EQ(now->create_time_ms, 9);
  EXPECT_EQ(now->attendee_pw, "ap");
  EXPECT_EQ(now->moderator_pw, "mp-m");
  EXPECT_EQ(now->claim_id, meeting->claim_id);
}

TEST(Claims, LateWritesOfAnOlderClaimDoNothing) {
  Pool pool;
  pool.AddNode("n1");
  const MeetingPtr old = pool.Create("m");
  pool.state->Forget(old, std::nullopt, {});
  const MeetingPtr now = pool.Claim("m")->meeting;
  pool.state->Settle(old, {.internal_id = "late"});
  pool.state->Release(old, pool::EndReason::kOrphan, {});
  pool.state->Forget(old, pool::EndReason::kRequested, {});
  EXPECT_EQ(pool.state->FindMeeting("", "m"), now);
  EXPECT_TRUE(pool.state->PendingEnds().empty());
}

TEST(Claims, ReassignMovesItAndOwesAnEndInTheSameWrite) {
  Pool pool;
  pool.AddNode("n1");
  pool.AddNode("n2");
  const auto first = pool.Claim("m");
  const auto waiting = pool.StartClaim({.meeting_id = "m"});
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool.state->Reassign(first->meeting, {first->node->node.id}, {}, pool::EndReason::kOrphan, done);
  ASSERT_EQ(pool.journal->queue.size(), 1u);
  EXPECT_EQ(pool.journal->queue.front().rows.size(), 2u);
  pool.journal->Run();
  const ClaimResult& result = moved->value().value();
  EXPECT_EQ(result.kind, ClaimKind::kClaimed);
  EXPECT_NE(result.node->node.id, first->node->node.id);
  EXPECT_EQ(result.meeting->voice_bridge, first->meeting->voice_bridge);
  EXPECT_EQ(result.meeting->moderator_pw, first->meeting->moderator_pw);
  EXPECT_EQ(pool.Load(first->node->node.id), 0);
  EXPECT_EQ(pool.Load(result.node->node.id), 15);
  ASSERT_EQ(pool.state->PendingEnds().size(), 1u);
  EXPECT_EQ(pool.state->PendingEnds()[0].node_id, first->node->node.id);
  EXPECT_FALSE(waiting->has_value());
  pool.state->Settle(result.meeting, {.internal_id = "i"});
  EXPECT_EQ(KindOf(waiting), ClaimKind::kExisting);
}

TEST(Claims, WithNoNodeLeftTheClaimIsReleasedAndTheEndOwed) {
  Pool pool;
  pool.AddNode("n1");
  const auto first = pool.Claim("m");
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool.state->Reassign(first->meeting, {"n1"}, {}, pool::EndReason::kOrphan, done);
  pool.journal->Run();
  EXPECT_EQ((*moved)->error().code, ErrorCode::kNoServers);
  EXPECT_EQ(pool.state->FindMeeting("", "m"), nullptr);
  EXPECT_EQ(pool.state->PendingEnds().size(), 1u);
}

TEST(Claims, AMeetingOnAnOfflineNodeMovesOnlyOnce) {
  Pool pool;
  pool.AddNode("n1");
  const MeetingPtr meeting = pool.Create("m");
  pool.AddNode("n2");
  pool.FailPoll("n1");
  pool.FailPoll("n1");
  auto [first, first_done] = MakeSlot<ClaimResult>();
  auto [second, second_done] = MakeSlot<ClaimResult>();
  pool.state->Reassign(meeting, {}, {}, pool::EndReason::kSuperseded, first_done);
  pool.state->Reassign(meeting, {}, {}, pool::EndReason::kSuperseded, second_done);
  pool.journal->Run();
  EXPECT_EQ(KindOf(first), ClaimKind::kClaimed);
  EXPECT_FALSE(second->has_value());
  pool.state->Settle((*first)->value().meeting, {.internal_id = "i2"});
  EXPECT_EQ(KindOf(second), ClaimKind::kExisting);
  ASSERT_EQ(pool.state->PendingEnds().size(), 1u);
  EXPECT_EQ(pool.state->PendingEnds()[0].internal_id, "int-m");
}

TEST(Claims, ASettledMeetingThatCannotMoveStays) {
  Pool pool;
  pool.AddNode("n1");
  const MeetingPtr meeting = pool.Create("m");
  pool.FailPoll("n1");
  pool.FailPoll("n1");
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool.state->Reassign(meeting, {}, {}, pool::EndReason::kSuperseded, done);
  EXPECT_EQ((*moved)->error().code, ErrorCode::kNoServers);
  EXPECT_EQ(pool.state->FindMeeting("", "m"), meeting);
  EXPECT_TRUE(pool.state->PendingEnds().empty());
}

TEST(Claims, AFailedMoveGoesBackToTheSettledMeeting) {
  Pool pool;
  pool.AddNode("n1");
  const MeetingPtr meeting = pool.Create("m");
  pool.AddNode("n2");
  pool.FailPoll("n1");
  pool.FailPoll("n1");
  pool.journal->fail = true;
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool.state->Reassign(meeting, {}, {}, pool::EndReason::kSuperseded, done);
  pool.journal->Run();
  EXPECT_EQ((*moved)->error().code, ErrorCode::kIo);
  EXPECT_EQ(pool.state->FindMeeting("", "m"), meeting);
  EXPECT_EQ(pool.Load("n2"), 0);
  EXPECT_TRUE(pool.state->PendingEnds().empty());
}

TEST(Claims, AMoveThatItsNewNodeRefusesGoesBack) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  pool.Poll("n1", {Listed("m", "int-m", 3)});
  const MeetingPtr meeting = pool.state->FindMeeting("", "m");
  pool.AddNode("n2");
  pool.AddNode("n3");
  pool.FailPoll("n1");
  pool.FailPoll("n1");
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool.state->Reassign(meeting, {}, {}, pool::EndReason::kSuperseded, done);
  pool.journal->Run();
  ASSERT_EQ(KindOf(moved), ClaimKind::kClaimed);
  EXPECT_TRUE(pool.state->PendingEnds().empty());  // nothing has taken its place yet
  auto [again, again_done] = MakeSlot<ClaimResult>();
  pool.state->Reassign((*moved)->value().meeting, {(*moved)->value().node->node.id}, {}, pool::EndReason::kOrphan, again_done);
  pool.journal->Run();
  ASSERT_EQ(KindOf(again), ClaimKind::kClaimed);
  pool.state->Release((*again)->value().meeting, std::nullopt, nullptr);
  pool.journal->Run();
  EXPECT_EQ(pool.state->FindMeeting("", "m")->internal_id, "int-m");
  EXPECT_EQ(pool.state->FindMeeting("", "m")->node_id, "n1");
  ASSERT_EQ(pool.state->KnownMeetings("n1").size(), 1u);
  EXPECT_NE(pool.state->KnownMeetings("n1")[0].xml, nullptr);
  EXPECT_EQ(pool.Load("n2"), 0);
  EXPECT_EQ(pool.Load("n3"), 0);
  ASSERT_EQ(pool.state->PendingEnds().size(), 1u);  // only of what the silent node may have made
  EXPECT_EQ(pool.state->PendingEnds()[0].reason, pool::EndReason::kOrphan);
  pool.Poll("n1", {Listed("m", "int-m", 3)});
  EXPECT_NE(pool.state->FindMeeting("", "m"), nullptr);
}

TEST(Claims, ALateForgetLeavesWhatWasMadeAnew) {
  Pool pool;
  pool.AddNode("n1");
  const MeetingPtr ended = pool.Create("m");
  pool.state->Settle(ended, {.internal_id = "int-2", .create_time_ms = 2});
  pool.state->Forget(ended, std::nullopt, nullptr);
  pool.journal->Run();
  ASSERT_NE(pool.state->FindMeeting("", "m"), nullptr);
  EXPECT_EQ(pool.state->FindMeeting("", "m")->internal_id, "int-2");
}

TEST(Claims, WhatANodeMadeAnewIsKeptThoughAPollForgotTheOldOne) {
  Pool pool;
  pool.AddNode("n1");
  pool.AddNode("n2");
  const MeetingPtr before = pool.Create("m");
  const std::string home = before->node_id;
  pool.Pass(kMinute);
  pool.Poll(home, {});
  ASSERT_EQ(pool.state->FindMeeting("", "m"), nullptr);
  pool.state->Settle(before, {.internal_id = "int-2", .create_time_ms = 2});
  pool.journal->Run();
  ASSERT_NE(pool.state->FindMeeting("", "m"), nullptr);
  EXPECT_EQ(pool.state->FindMeeting("", "m")->internal_id, "int-2");
  EXPECT_EQ(pool.state->FindMeeting("", "m")->node_id, home);
  EXPECT_EQ(pool.Claim("m")->kind, ClaimKind::kExisting);
}

TEST(Claims, AFailedMoveOfAnUnsettledClaimReleasesIt) {
  Pool pool;
  pool.AddNode("n1");
  pool.AddNode("n2");
  const auto claim = pool.Claim("m");
  pool.journal->fail = true;
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool.state->Reassign(claim->meeting, {claim->node->node.id}, {}, pool::EndReason::kOrphan, done);
  const auto waiting = pool.StartClaim({.meeting_id = "m"});
  pool.journal->Run();
  EXPECT_EQ((*moved)->error().code, ErrorCode::kIo);
  EXPECT_EQ((*waiting)->error().code, ErrorCode::kIo);
  EXPECT_EQ(pool.state->FindMeeting("", "m"), nullptr);
  EXPECT_EQ(pool.state->PendingEnds().size(), 1u);
}

TEST(Claims, ADecisionIsKeptForEachClaim) {
  Pool pool;
  for (int i = 0; i < 12; ++i) pool.AddNode("n" + std::to_string(i));
  pool.AddNode("off");
  pool.SetState("off", pool::AdminState::kDisabled);
  const auto claim = pool.Claim("m");
  ASSERT_EQ(pool.history.decisions.size(), 1u);
  const pool::Decision& decision = pool.history.decisions[0];
  EXPECT_EQ(decision.meeting_id, "m");
  EXPECT_EQ(decision.node_id, claim->node->node.id);
  EXPECT_EQ(decision.candidates, 12u);
  EXPECT_EQ(decision.excluded[static_cast<std::size_t>(pool::Exclusion::kDisabled)], 1u);
  ASSERT_EQ(decision.best.size(), pool::Decision::kKept);
  EXPECT_EQ(decision.best[0].first, decision.node_id);
}

TEST(Claims, ShuttingDownTellsThoseWhoWait) {
  Slot<ClaimResult> waiting;
  {
    Pool pool;
    pool.AddNode("n1");
    pool.Claim("m");
    waiting = pool.StartClaim({.meeting_id = "m"});
  }
  ASSERT_TRUE(waiting->has_value());
  EXPECT_EQ((*waiting)->error().code, ErrorCode::kCancelled);
}

// --- in doubt: claims that were unsettled when the process stopped ---------------------------------------------------------------------

class InDoubt : public ::testing::Test {
 protected:
  InDoubt() {
    SavedRows rows;
    for (const char* id : {"n1", "n2"}) {
      pool::Node node{.id = id, .url = "http://" + std::string(id) + ".test/bigbluebutton/api"};
      node.state = pool::AdminState::kEnabled;
      node.online = true;
      node.polled = true;
      rows.nodes.push_back(node);
    }
    pool::Meeting meeting{.meeting_id = "m", .node_id = "n1", .claim_id = 7};
    meeting.moderator_pw = "mp-m";
    meeting.voice_bridge = "12345";
    meeting.claimed_at_ms = kStart - 5 * kSecond;
    rows.meetings.push_back(meeting);
    pool_.state->Load(std::move(rows));
  }
  Pool pool_;
};

TEST_F(InDoubt, JoinsGoOn) { EXPECT_EQ(pool_.state->Join("", "m", 1, false).outcome, JoinOutcome::kOk); }

TEST_F(InDoubt, ListedIsSettled) {
  const auto waiting = pool_.StartClaim({.meeting_id = "m"});
  EXPECT_FALSE(waiting->has_value());
  pool_.Poll("n2", {});
  EXPECT_FALSE(waiting->has_value());
  pool_.Poll("n1", {Listed("m", "i")});
  EXPECT_EQ(KindOf(waiting), ClaimKind::kExisting);
  EXPECT_EQ(pool_.state->FindMeeting("", "m")->internal_id, "i");
  EXPECT_EQ(pool_.state->FindMeeting("", "m")->claim_id, 7u);
}

TEST_F(InDoubt, NotListedIsReleasedAndItsEndOwed) {
  const auto first = pool_.StartClaim({.meeting_id = "m"});
  const auto second = pool_.StartClaim({.meeting_id = "m"});
  pool_.Poll("n1", {});
  EXPECT_EQ(KindOf(first), ClaimKind::kClaimed);
  EXPECT_GT((*first)->value().meeting->claim_id, 7u);
  EXPECT_FALSE(second->has_value());
  ASSERT_EQ(pool_.state->PendingEnds().size(), 1u);
  EXPECT_EQ(pool_.state->PendingEnds()[0].reason, pool::EndReason::kOrphan);
}

TEST_F(InDoubt, WithItsNodeUnreachableOneCallerDecides) {
  const auto first = pool_.StartClaim({.meeting_id = "m"});
  const auto second = pool_.StartClaim({.meeting_id = "m"});
  pool_.FailPoll("n1");
  EXPECT_EQ(KindOf(first), ClaimKind::kInDoubt);
  EXPECT_FALSE(second->has_value());
  pool_.FailPoll("n1");
  EXPECT_FALSE(second->has_value());
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool_.state->Reassign((*first)->value().meeting, {"n1"}, {}, pool::EndReason::kOrphan, done);
  pool_.journal->Run();
  EXPECT_EQ(KindOf(moved), ClaimKind::kClaimed);
  EXPECT_EQ((*moved)->value().node->node.id, "n2");
  EXPECT_EQ((*moved)->value().meeting->voice_bridge, "12345");
  pool_.state->Settle((*moved)->value().meeting, {});
  EXPECT_EQ(KindOf(second), ClaimKind::kExisting);
}

TEST_F(InDoubt, AfterAFailedPollTheNextCallerNeedNotWaitForAnother) {
  pool_.FailPoll("n1");
  const auto claim = pool_.StartClaim({.meeting_id = "m"});
  EXPECT_EQ(KindOf(claim), ClaimKind::kInDoubt);
}

TEST_F(InDoubt, ItsReleaseLetsTheNextOneClaim) {
  const auto first = pool_.StartClaim({.meeting_id = "m"});
  const auto second = pool_.StartClaim({.meeting_id = "m"});
  pool_.FailPoll("n1");
  pool_.state->Release((*first)->value().meeting, std::nullopt, {});
  pool_.journal->Run();
  EXPECT_EQ(KindOf(second), ClaimKind::kClaimed);
}

TEST_F(InDoubt, AReassignThatComesAfterTheAnswerChangesNothing) {
  const auto first = pool_.StartClaim({.meeting_id = "m"});
  pool_.FailPoll("n1");
  pool_.Poll("n1", {Listed("m", "i")});
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool_.state->Reassign((*first)->value().meeting, {"n1"}, {}, pool::EndReason::kOrphan, done);
  EXPECT_EQ(KindOf(moved), ClaimKind::kExisting);
  EXPECT_EQ((*moved)->value().node->node.id, "n1");
  EXPECT_TRUE(pool_.state->PendingEnds().empty());
}

}  // namespace
}  // namespace plenary::state::testing
