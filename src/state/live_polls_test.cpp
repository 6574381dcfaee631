#include <gtest/gtest.h>

#include "state/test_support.hpp"

namespace plenary::state::testing {
namespace {

TEST(Polls, AnIncompleteListEndsNothing) {
  Pool pool;
  pool.AddNode("n1");
  ASSERT_TRUE(pool.Create("m"));
  pool.Pass(kMinute);
  auto [slot, done] = MakeSlot<PollOutcome>();
  pool.state->ApplyPoll({.node_id = "n1", .started_at_ms = pool.clock.now_ms, .now_ms = pool.clock.now_ms, .meetings = {}, .incomplete = true}, done);
  pool.journal->Run();
  EXPECT_TRUE((**slot)->ended.empty());
  EXPECT_NE(pool.state->FindMeeting("", "m"), nullptr);
  EXPECT_EQ(pool.Poll("n1", {}).ended.size(), 1u);
}

TEST(Polls, ANodeComesOnlineWithItsStatistics) {
  Pool pool;
  pool.AddNode("n1");
  bbb::NodeMeeting big = Listed("m1", "i1", 30);
  big.videos = 3;
  pool.Poll("n1", {big, Listed("m2", "i2", 12)});
  const NodePtr node = pool.state->Nodes()->Find("n1");
  EXPECT_TRUE(node->node.online);
  EXPECT_EQ(node->node.stats, (pool::NodeStats{.meetings = 2, .users = 42, .largest_meeting = 30, .videos = 3}));
  EXPECT_EQ(node->node.last_poll_ok_ms, kStart);
}

TEST(Polls, BelowTheThresholdNoStatisticsCount) {
  StateOptions options;
  options.health.healthy_threshold = 2;
  Pool pool(options);
  pool.AddNode("n1");  // its first good poll
  EXPECT_FALSE(pool.state->Nodes()->Find("n1")->node.polled);
  EXPECT_EQ(pool.Claim("m").error().code, ErrorCode::kNoServers);
  EXPECT_EQ(pool.Poll("n1", {}).health, pool::HealthChange::kCameOnline);
  EXPECT_TRUE(pool.Claim("m").has_value());
}

TEST(Polls, EndedMeetingsAreForgotten) {
  Pool pool;
  pool.AddNode("n1");
  const MeetingPtr meeting = pool.Create("m");
  pool.Pass(10 * kSecond);
  pool.Poll("n1", {Listed("m", "int-m", 8)});
  const PollOutcome outcome = pool.Poll("n1", {});
  ASSERT_EQ(outcome.ended.size(), 1u);
  EXPECT_EQ(outcome.ended[0]->meeting_id, "m");
  EXPECT_EQ(pool.state->FindMeeting("", "m"), nullptr);
  ASSERT_EQ(pool.history.rooms.size(), 1u);
  EXPECT_EQ(pool.history.rooms[0].peak_participants, 8);
  EXPECT_EQ(pool.history.rooms[0].ended_at_ms, kStart + 10 * kSecond);
}

TEST(Polls, AListFromBeforeTheCreateIsNoProofOfItsEnd) {
  Pool pool;
  pool.AddNode("n1");
  pool.Pass(10 * kSecond);
  const auto claim = pool.Claim("m");
  EXPECT_TRUE(pool.Poll("n1", {}).ended.empty());  // unsettled
  pool.state->Settle(claim->meeting, {.internal_id = "i"});
  EXPECT_TRUE(pool.Poll("n1", {}, kSecond).ended.empty());
  pool.Pass(2 * kSecond);
  EXPECT_EQ(pool.Poll("n1", {}, kSecond).ended.size(), 1u);
}

TEST(Polls, UnknownMeetingsAreAdopted) {
  Pool pool;
  pool.AddNode("n1");
  bbb::NodeMeeting listed = Listed("wild", "i", 3);
  listed.voice_bridge = "71234";
  listed.raw = "<meeting>wild</meeting>";
  const PollOutcome outcome = pool.Poll("n1", {listed});
  ASSERT_EQ(outcome.adopted.size(), 1u);
  const MeetingPtr meeting = pool.state->FindMeeting("", "wild");
  ASSERT_NE(meeting, nullptr);
  EXPECT_TRUE(meeting->adopted);
  EXPECT_EQ(meeting->moderator_pw, "mp-wild");
  EXPECT_EQ(meeting->voice_bridge, "71234");
  EXPECT_EQ(pool.Claim("wild")->kind, ClaimKind::kExisting);
  ASSERT_EQ(pool.state->KnownMeetings("n1").size(), 1u);
  EXPECT_EQ(*pool.state->KnownMeetings("n1")[0].xml, "<meeting>wild</meeting>");
  EXPECT_TRUE(pool.Poll("n1", {listed}).adopted.empty());
}

TEST(Polls, BreakoutsAreAdoptedWithoutSeats) {
  Pool pool;
  pool.AddNode("n1");
  bbb::NodeMeeting listed = Listed("room", "i", 9);
  listed.breakout = true;
  pool.Poll("n1", {listed});
  EXPECT_NE(pool.state->FindMeeting("", "room"), nullptr);
  EXPECT_EQ(pool.Load("n1"), 0);
}

TEST(Polls, TheClaimedCopyStaysAndTheOtherIsReported) {
  Pool pool;
  pool.AddNode("n1");
  const MeetingPtr meeting = pool.Create("m");
  pool.AddNode("n2");
  const PollOutcome outcome = pool.Poll("n2", {Listed("m", "other")});
  ASSERT_EQ(outcome.duplicates.size(), 1u);
  EXPECT_EQ(outcome.duplicates[0], meeting);
  EXPECT_TRUE(outcome.adopted.empty());
  EXPECT_TRUE(outcome.due.empty());
}

TEST(Polls, ANewInternalIdIsLearned) {
  Pool pool;
  pool.AddNode("n1");
  const MeetingPtr meeting = pool.Create("m");
  pool.Poll("n1", {Listed("m", "old-copy")}, kSecond);  // asked before the create was answered
  EXPECT_EQ(pool.state->FindMeeting("", "m")->internal_id, "int-m");
  pool.Pass(kSecond);
  pool.Poll("n1", {Listed("m", "after-restart")});
  EXPECT_EQ(pool.state->FindMeeting("", "m")->internal_id, "after-restart");
  EXPECT_EQ(pool.state->FindMeeting("", "m")->claim_id, meeting->claim_id);
}

TEST(Polls, AForgottenMeetingIsNotAdoptedFromAnOlderList) {
  Pool pool;
  pool.AddNode("n1");
  pool.state->Forget(pool.Create("m"), std::nullopt, {});
  EXPECT_TRUE(pool.Poll("n1", {Listed("m", "new")}, kSecond).adopted.empty());
  pool.Pass(5 * kSecond);
  EXPECT_TRUE(pool.Poll("n1", {Listed("m", "int-m")}).adopted.empty());     // the node ends it just now
  EXPECT_EQ(pool.Poll("n1", {Listed("m", "new")}).adopted.size(), 1u);      // another one
}

TEST(Polls, AForgottenMeetingThatGoesOnIsFoundAgain) {
  Pool pool;
  pool.AddNode("n1");
  pool.state->Forget(pool.Create("m"), std::nullopt, {});
  pool.Pass(kMinute);
  EXPECT_EQ(pool.Poll("n1", {Listed("m", "int-m")}).adopted.size(), 1u);
}

TEST(Polls, ACordonedNodeIsDisabledWhenItIsEmpty) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  pool.SetState("n1", pool::AdminState::kCordoned);
  pool.Pass(20 * kMinute);
  EXPECT_FALSE(pool.Poll("n1", {Listed("m", "int-m", 0)}).auto_disabled);
  EXPECT_TRUE(pool.Poll("n1", {}).auto_disabled);
  EXPECT_TRUE(pool.state->Nodes()->Find("n1")->node.disabled());
}

TEST(Polls, ScaleliteDisablesACordonedNodeWithoutLoad) {
  StateOptions options;
  options.load.model = pool::LoadModel::kScalelite;
  Pool pool(options);
  pool.AddNode("n1");
  pool.SetState("n1", pool::AdminState::kCordoned);
  EXPECT_FALSE(pool.Poll("n1", {Listed("m", "i", 1, kStart - kHour)}).auto_disabled);
  EXPECT_TRUE(pool.Poll("n1", {Listed("m", "i", 0, kStart - kHour)}).auto_disabled);
}

TEST(Polls, OfflineKeepsTheMeetings) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  EXPECT_EQ(pool.FailPoll("n1").health, pool::HealthChange::kNone);
  const PollOutcome outcome = pool.FailPoll("n1");
  EXPECT_EQ(outcome.health, pool::HealthChange::kWentOffline);
  EXPECT_TRUE(outcome.forgotten_offline.empty());
  EXPECT_NE(pool.state->FindMeeting("", "m"), nullptr);
  const NodePtr node = pool.state->Nodes()->Find("n1");
  EXPECT_EQ(node->node.stats, pool::NodeStats());
  EXPECT_EQ(node->node.last_error, "no answer");
  EXPECT_EQ(pool.Load("n1"), std::nullopt);
}

TEST(Polls, OfflineForgetsThemWhenAskedTo) {
  StateOptions options;
  options.offline_meetings = OfflineMeetings::kForget;
  Pool pool(options);
  pool.AddNode("n1");
  pool.Create("m");
  const auto unsettled = pool.Claim("u");
  pool.FailPoll("n1");
  const PollOutcome outcome = pool.FailPoll("n1");
  ASSERT_EQ(outcome.forgotten_offline.size(), 1u);
  EXPECT_EQ(outcome.forgotten_offline[0]->meeting_id, "m");
  EXPECT_EQ(pool.state->FindMeeting("", "m"), nullptr);
  EXPECT_NE(pool.state->FindMeeting("", "u"), nullptr);  // its creator decides
  EXPECT_TRUE(pool.FailPoll("n1").forgotten_offline.empty());
}

TEST(Polls, ARemovedNodeIsUnknown) {
  Pool pool;
  auto [slot, done] = MakeSlot<PollOutcome>();
  pool.state->ApplyPoll({.node_id = "gone"}, done);
  EXPECT_EQ((*slot)->error().code, ErrorCode::kNotFound);
}

TEST(Ends, OwedEndsBecomeDueWhenTheNodeListsTheCopy) {
  Pool pool;
  pool.AddNode("n1");
  const auto claim = pool.Claim("m");
  pool.state->Release(claim->meeting, pool::EndReason::kOrphan, {});
  EXPECT_TRUE(pool.Poll("n1", {}).due.empty());
  const PollOutcome outcome = pool.Poll("n1", {Listed("m", "i")});
  ASSERT_EQ(outcome.due.size(), 1u);
  EXPECT_EQ(outcome.due[0].internal_id, "i");
  EXPECT_TRUE(outcome.adopted.empty());
  EXPECT_TRUE(pool.Poll("n1", {Listed("m", "another")}).due.empty());  // from now on it is that copy only
  pool.state->EndDone(outcome.due[0].id);
  EXPECT_TRUE(pool.state->PendingEnds().empty());
  pool.Pass(kSecond);
  pool.journal->Run();
  EXPECT_EQ(pool.journal->Count<DropEnd>(), 1u);
}

TEST(Ends, WhatIsNotOursIsNeverDue) {
  Pool pool;
  pool.AddNode("n1");
  pool.state->Release(pool.Claim("m")->meeting, pool::EndReason::kOrphan, {});
  bbb::NodeMeeting listed = Listed("m", "i");
  listed.moderator_pw = "somebody else's";
  EXPECT_TRUE(pool.Poll("n1", {listed}).due.empty());
}

TEST(Ends, ASettledClaimOnTheSameNodeCancelsThem) {
  Pool pool;
  pool.AddNode("n1");
  pool.state->Release(pool.Claim("m")->meeting, pool::EndReason::kOrphan, {});
  const auto again = pool.Claim("m");
  EXPECT_TRUE(pool.Poll("n1", {Listed("m", "i")}).due.empty());  // it may be the one that is being created
  pool.state->Settle(again->meeting, {.internal_id = "i"});
  EXPECT_TRUE(pool.state->PendingEnds().empty());
  EXPECT_TRUE(pool.Poll("n1", {Listed("m", "i")}).due.empty());
}

TEST(Ends, ASupersededCopyIsDueWhenItsNodeIsBack) {
  Pool pool;
  pool.AddNode("n1");
  const MeetingPtr meeting = pool.Create("m");
  pool.AddNode("n2");
  pool.FailPoll("n1");
  pool.FailPoll("n1");
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool.state->Reassign(meeting, {}, {}, pool::EndReason::kSuperseded, done);
  pool.journal->Run();
  pool.state->Settle((*moved)->value().meeting, {.internal_id = "i2"});
  const PollOutcome outcome = pool.Poll("n1", {Listed("m", "int-m")});
  ASSERT_EQ(outcome.due.size(), 1u);
  EXPECT_EQ(outcome.due[0].reason, pool::EndReason::kSuperseded);
}

TEST(Ends, AdoptedMeetingsAreEndedOnlyOnRequest) {
  Pool pool;
  pool.AddNode("n1");
  pool.Poll("n1", {Listed("wild", "i")});
  pool.AddNode("n2");
  pool.FailPoll("n1");
  pool.FailPoll("n1");
  pool.state->Reassign(pool.state->FindMeeting("", "wild"), {}, {}, pool::EndReason::kSuperseded, [](const auto&) {});
  EXPECT_TRUE(pool.state->PendingEnds().empty());
  pool.Poll("n2", {Listed("other", "i")});
  pool.state->Forget(pool.state->FindMeeting("", "other"), pool::EndReason::kRequested, {});
  EXPECT_EQ(pool.state->PendingEnds().size(), 1u);
}

TEST(Ends, TheSameEndIsOwedOnce) {
  Pool pool;
  pool.AddNode("n1");
  for (int i = 0; i < 3; ++i) pool.state->Release(pool.Claim("m")->meeting, pool::EndReason::kOrphan, {});
  EXPECT_EQ(pool.state->PendingEnds().size(), 1u);
}

TEST(Ends, TheyAreGivenUp) {
  Pool pool;
  pool.AddNode("n1");
  pool.AddNode("n2");
  for (int i = 0; i < 2; ++i) pool.state->Release(pool.Claim("m" + std::to_string(i))->meeting, pool::EndReason::kOrphan, {});
  const auto node_id = pool.state->PendingEnds()[0].node_id;
  pool.Pass(10 * kMinute);
  pool.Poll("n1", {});
  pool.Poll("n2", {});  // nothing has come of them
  EXPECT_TRUE(pool.state->PendingEnds().empty());
  pool.state->Release(pool.Claim("m")->meeting, pool::EndReason::kOrphan, {});
  pool.Pass(24 * kHour);
  EXPECT_TRUE(pool.state->PendingEnds().empty());
}

TEST(Sweep, MeetingsWithoutAProofExpire) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  pool.Pass(23 * kHour);
  pool.Poll("n1", {Listed("m", "int-m")});
  pool.Pass(23 * kHour);
  EXPECT_NE(pool.state->FindMeeting("", "m"), nullptr);
  pool.Pass(kHour);
  EXPECT_EQ(pool.state->FindMeeting("", "m"), nullptr);
}

TEST(Sweep, AnAbandonedClaimIsDecidedByItsNode) {
  Pool pool;
  pool.AddNode("n1");
  pool.Claim("made");
  pool.Claim("lost");
  const auto waiting = pool.StartClaim({.meeting_id = "lost"});
  pool.Pass(9 * kMinute);
  pool.Poll("n1", {Listed("made", "i")});
  EXPECT_EQ(pool.state->FindMeeting("", "made")->phase, pool::MeetingPhase::kClaimed);
  pool.Pass(kMinute);
  pool.Poll("n1", {Listed("made", "i")});
  EXPECT_EQ(pool.state->FindMeeting("", "made")->phase, pool::MeetingPhase::kSettled);
  ASSERT_TRUE(waiting->has_value());
  EXPECT_EQ((*waiting)->value().kind, ClaimKind::kClaimed);
  EXPECT_EQ(pool.state->PendingEnds().size(), 1u);
}

TEST(Sweep, AProofIsWrittenOnlyNowAndThen) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  const std::size_t before = pool.journal->Count<PutMeeting>();
  for (int i = 0; i < 5; ++i) {
    pool.Pass(kHour);
    bbb::NodeMeeting listed = Listed("m", "int-m");
    pool.Poll("n1", {listed});
  }
  EXPECT_EQ(pool.journal->Count<PutMeeting>(), before);
  pool.Pass(kHour);
  pool.Poll("n1", {Listed("m", "int-m")});
  EXPECT_EQ(pool.journal->Count<PutMeeting>(), before + 1);
}

}  // namespace
}  // namespace plenary::state::testing
