// One name space of meeting IDs on the nodes: who keeps the plain ID, who gets a scoped one, and what stays.
#include <set>

#include <gtest/gtest.h>

#include "pool/scoped_id.hpp"
#include "pool/voice_bridge.hpp"
#include "state/test_support.hpp"

namespace plenary::state::testing {
namespace {

StateOptions Tenancy() {
  StateOptions options;
  options.multitenancy = true;
  return options;
}

bbb::NodeMeeting ListedFor(std::string meeting_id, std::string internal_id, std::string tenant_id, std::string client_id = {}) {
  bbb::NodeMeeting listed = Listed(std::move(meeting_id), std::move(internal_id), 2);
  listed.tenant_id = std::move(tenant_id);
  listed.plenary_meeting_id = std::move(client_id);
  return listed;
}

class Scopes : public ::testing::Test {
 protected:
  Scopes() { pool_.AddNode("n1"); }
  Pool pool_{Tenancy()};
};

TEST_F(Scopes, TheSecondTenantGetsAScopedId) {
  const MeetingPtr a = pool_.Create("m", "a");
  const MeetingPtr b = pool_.Create("m", "b");
  const MeetingPtr c = pool_.Create("m", "c");
  EXPECT_EQ(a->node_meeting_id(), "m");
  EXPECT_EQ(a->scoped_id, "");
  EXPECT_EQ(b->node_meeting_id(), "m~b");
  EXPECT_EQ(b->meeting_id, "m");
  EXPECT_EQ(c->node_meeting_id(), "m~c");
  EXPECT_EQ(pool_.state->FindOnNodes("m"), a);
  EXPECT_EQ(pool_.state->FindOnNodes("m~b"), b);
  EXPECT_EQ(pool_.state->FindOnNodes("m~d"), nullptr);
  EXPECT_EQ(pool_.state->FindMeeting("a", "m"), a);
  EXPECT_EQ(pool_.state->FindMeeting("b", "m"), b);
  EXPECT_EQ(pool_.state->FindMeeting("b", "m~b"), nullptr);
  EXPECT_EQ(pool_.state->FindMeeting("", "m"), nullptr);
}

TEST_F(Scopes, AMeetingWithoutTenantHasTheIdToo) {
  pool_.Create("m");
  EXPECT_EQ(pool_.Create("m", "a")->node_meeting_id(), "m~a");
}

TEST_F(Scopes, DialInNumbersComeFromTheNodesId) {
  const MeetingPtr a = pool_.Create("room-a", "a");
  const MeetingPtr b = pool_.Create("room-a", "b");
  EXPECT_EQ(a->voice_bridge, "518795727");
  EXPECT_EQ(b->voice_bridge, pool::VoiceBridgeNumbers("room-a~b", 9).Next());
  EXPECT_EQ(pool_.state->FindVoiceBridge(a->voice_bridge), a);
  EXPECT_EQ(pool_.state->FindVoiceBridge(b->voice_bridge), b);
  EXPECT_EQ(pool_.state->FindVoiceBridge("1"), nullptr);
}

TEST_F(Scopes, ALongIdIsHashed) {
  const std::string room(255, 'r');
  pool_.Create(room, "a");
  const MeetingPtr b = pool_.Create(room, "b");
  const MeetingPtr c = pool_.Create(room, "c");
  EXPECT_TRUE(b->node_meeting_id().starts_with("plenary-"));
  EXPECT_EQ(b->node_meeting_id().size(), 72u);
  EXPECT_NE(b->node_meeting_id(), c->node_meeting_id());
  EXPECT_EQ(pool_.state->FindMeeting("b", room), b);
}

TEST_F(Scopes, NobodyCanTakeAnothersScopedIdByChoosingIt) {
  const MeetingPtr hostile = pool_.Create("m~b", "a");
  EXPECT_EQ(hostile->node_meeting_id(), "m~b");
  pool_.Create("m", "a");
  EXPECT_EQ(pool_.Create("m", "b")->node_meeting_id(), "m~b~2");
  EXPECT_EQ(pool_.Create("m~b", "b")->node_meeting_id(), "m~b~b");  // the tenant itself meets the other's, too
}

TEST_F(Scopes, WhenEveryFormIsTakenItIsRefused) {
  std::set<std::string> ids{"m"};
  for (int variant = 1; variant <= pool::kScopeVariants; ++variant) ids.insert(pool::ScopedMeetingId("m", "b", variant));
  for (const std::string& id : ids) ASSERT_EQ(pool_.Create(id, "a")->node_meeting_id(), id);
  const auto refused = pool_.Claim("m", "b");
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(pool_.state->MeetingCount(), ids.size());
}

TEST_F(Scopes, ThePlainIdIsFreeAgainWithItsMeeting) {
  pool_.state->Forget(pool_.Create("m", "a"), std::nullopt, {});
  EXPECT_EQ(pool_.Create("m", "a")->node_meeting_id(), "m");  // for its own tenant at once
  pool_.state->Forget(pool_.state->FindMeeting("a", "m"), std::nullopt, {});
  const MeetingPtr b = pool_.Create("m", "b");
  EXPECT_EQ(b->node_meeting_id(), "m~b");  // a's may be ending yet
  pool_.state->Forget(b, std::nullopt, {});
  pool_.Pass(kMinute);
  EXPECT_EQ(pool_.Create("m", "b")->node_meeting_id(), "m");
}

TEST_F(Scopes, ACopyThatIsOwedAnEndKeepsItsId) {
  pool_.state->Release(pool_.Claim("m", "a")->meeting, pool::EndReason::kOrphan, {});
  ASSERT_EQ(pool_.state->PendingEnds().size(), 1u);
  EXPECT_EQ(pool_.state->PendingEnds()[0].meeting_id, "m");
  EXPECT_EQ(pool_.state->PendingEnds()[0].tenant_id, "a");
  const MeetingPtr b = pool_.Create("m", "b");
  EXPECT_EQ(b->node_meeting_id(), "m~b");
  EXPECT_EQ(pool_.Create("m", "a")->node_meeting_id(), "m");
  pool_.state->Release(pool_.Claim("x", "b")->meeting, std::nullopt, {});
  // The scoped meeting's own owed end goes by its scoped ID.
  pool_.state->Forget(b, pool::EndReason::kRequested, {});
  EXPECT_EQ(pool_.state->PendingEnds().back().meeting_id, "m~b");
  const PollOutcome outcome = pool_.Poll("n1", {Listed("m", "int-m"), Listed("m~b", "int-m")});
  ASSERT_EQ(outcome.due.size(), 1u);
  EXPECT_EQ(outcome.due[0].meeting_id, "m~b");
  pool_.state->EndDone(outcome.due[0].id);
  EXPECT_TRUE(pool_.Poll("n1", {Listed("m", "int-m"), Listed("m~b", "int-m")}).adopted.empty());  // it is ending
}

TEST_F(Scopes, WhatANodeMadeAnewIsNoLongerOwedAnEnd) {
  pool_.Create("m", "a");
  pool_.state->Release(pool_.Claim("m", "b")->meeting, pool::EndReason::kOrphan, {});
  ASSERT_EQ(pool_.state->PendingEnds().size(), 1u);
  ASSERT_EQ(pool_.Create("m", "b")->node_meeting_id(), "m~b");
  EXPECT_TRUE(pool_.state->PendingEnds().empty());
}

TEST_F(Scopes, WithTheScopeOffTheSecondTenantIsRefused) {
  StateOptions options = Tenancy();
  options.tenant_scope = false;
  Pool pool(options);
  pool.AddNode("n1");
  const MeetingPtr a = pool.Create("m", "a");
  EXPECT_EQ(pool.Claim("m", "b").error().code, ErrorCode::kConflict);
  EXPECT_EQ(pool.Claim("m", "a")->kind, ClaimKind::kExisting);
  pool.state->Forget(a, pool::EndReason::kRequested, {});
  EXPECT_EQ(pool.Claim("m", "b").error().code, ErrorCode::kConflict);  // its node has the copy of the first one yet
  const PollOutcome outcome = pool.Poll("n1", {Listed("m", "int-m")});
  ASSERT_EQ(outcome.due.size(), 1u);
  pool.state->EndDone(outcome.due[0].id);
  EXPECT_EQ(pool.Claim("m", "b").error().code, ErrorCode::kConflict);  // and ends it
  pool.Pass(kMinute);
  EXPECT_EQ(pool.Create("m", "b")->node_meeting_id(), "m");
}

TEST(ScopesOff, WithoutTenantsNothingThatIsLeftAtANodeIsInTheWay) {
  Pool pool;
  pool.AddNode("n1");
  SavedRows rows;
  rows.ends.push_back({.id = 1, .node_id = "n1", .tenant_id = "a", .meeting_id = "m", .moderator_pw = "mp"});  // when there were tenants
  pool.state->Load(std::move(rows));
  EXPECT_EQ(pool.Create("m")->node_meeting_id(), "m");
}

TEST_F(Scopes, AMoveKeepsTheId) {
  pool_.AddNode("n2");
  pool_.Create("m", "a");
  const MeetingPtr b = pool_.Create("m", "b");
  pool_.FailPoll(b->node_id);
  pool_.FailPoll(b->node_id);
  pool_.state->Forget(pool_.state->FindMeeting("a", "m"), std::nullopt, {});
  pool_.Pass(kMinute);  // nobody else needs it any more
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool_.state->Reassign(b, {}, {}, pool::EndReason::kSuperseded, done);
  pool_.journal->Run();
  const MeetingPtr claim = (*moved)->value().meeting;
  EXPECT_EQ(claim->node_meeting_id(), "m~b");
  EXPECT_EQ(claim->voice_bridge, b->voice_bridge);
  pool_.state->Release(claim, std::nullopt, {});  // goes back
  EXPECT_EQ(pool_.state->FindMeeting("b", "m")->node_meeting_id(), "m~b");
  EXPECT_EQ(pool_.state->FindMeeting("b", "m")->node_id, b->node_id);
}

TEST_F(Scopes, PollsKnowMeetingsByTheNodesId) {
  const MeetingPtr a = pool_.Create("m", "a");
  const MeetingPtr b = pool_.Create("m", "b");
  pool_.Pass(kSecond);
  const PollOutcome both = pool_.Poll("n1", {ListedFor("m", "int-m", "a"), ListedFor("m~b", "int-m", "b", "m")});
  EXPECT_TRUE(both.adopted.empty());
  EXPECT_TRUE(both.duplicates.empty());
  for (const KnownMeeting& known : pool_.state->KnownMeetings("n1")) EXPECT_NE(known.xml, nullptr);
  pool_.Pass(kSecond);
  const PollOutcome one = pool_.Poll("n1", {ListedFor("m", "int-m", "a")});
  ASSERT_EQ(one.ended.size(), 1u);
  EXPECT_EQ(one.ended[0], b);
  EXPECT_EQ(pool_.state->FindMeeting("a", "m"), a);
}

TEST_F(Scopes, AMeetingOnAnotherNodeIsADuplicateByTheNodesId) {
  pool_.Create("m", "a");
  pool_.Create("m", "b");
  pool_.AddNode("n2");
  const PollOutcome outcome = pool_.Poll("n2", {ListedFor("m~b", "other", "b", "m"), ListedFor("m", "other", "a")});
  ASSERT_EQ(outcome.duplicates.size(), 2u);
  EXPECT_EQ(outcome.duplicates[0]->tenant_id, "b");
  EXPECT_EQ(outcome.duplicates[1]->tenant_id, "a");
  EXPECT_TRUE(outcome.adopted.empty());
}

TEST_F(Scopes, AdoptionTakesTenantAndIdFromTheMetadata) {
  const PollOutcome outcome = pool_.Poll("n1", {ListedFor("plain", "i1", "a"), ListedFor("m~b", "i2", "b", "m"), ListedFor("none", "i3", "")});
  EXPECT_EQ(outcome.adopted.size(), 3u);
  EXPECT_EQ(pool_.state->FindMeeting("a", "plain")->scoped_id, "");
  ASSERT_NE(pool_.state->FindMeeting("b", "m"), nullptr);
  EXPECT_EQ(pool_.state->FindMeeting("b", "m")->node_meeting_id(), "m~b");
  EXPECT_TRUE(pool_.state->FindMeeting("b", "m")->adopted);
  EXPECT_NE(pool_.state->FindMeeting("", "none"), nullptr);
  EXPECT_EQ(pool_.Create("m", "a")->node_meeting_id(), "m");  // nobody has that one
}

TEST_F(Scopes, AdoptionBelievesAClientsIdOnlyWhenTheScopedOneComesOfIt) {
  pool_.Poll("n1", {ListedFor("mine", "i1", "b", "victim"), ListedFor("m~a", "i2", "b", "m"),
                    ListedFor(pool::ScopedMeetingId(std::string(300, 'r'), "b", 1), "i3", "b", std::string(300, 'r'))});
  EXPECT_EQ(pool_.state->FindMeeting("b", "victim"), nullptr);
  EXPECT_EQ(pool_.state->FindMeeting("b", "m"), nullptr);
  EXPECT_NE(pool_.state->FindMeeting("b", "mine"), nullptr);
  EXPECT_NE(pool_.state->FindMeeting("b", "m~a"), nullptr);
  EXPECT_NE(pool_.state->FindMeeting("b", std::string(300, 'r')), nullptr);
}

TEST_F(Scopes, APairThatIsClaimedIsNotAdoptedUnderAnotherId) {
  const MeetingPtr mine = pool_.Create("m", "b");
  ASSERT_EQ(mine->node_meeting_id(), "m");
  pool_.AddNode("n2");
  const PollOutcome outcome = pool_.Poll("n2", {ListedFor("m~b", "other", "b", "m")});
  EXPECT_TRUE(outcome.adopted.empty());
  ASSERT_EQ(outcome.duplicates.size(), 1u);
  EXPECT_EQ(outcome.duplicates[0], mine);
}

TEST(ScopesOff, WithoutTenancyTheMetadataSaysNothing) {
  Pool pool;
  pool.AddNode("n1");
  pool.Poll("n1", {ListedFor("m~b", "i", "b", "m")});
  EXPECT_NE(pool.state->FindMeeting("", "m~b"), nullptr);
  EXPECT_EQ(pool.state->FindMeeting("b", "m"), nullptr);
}

TEST_F(Scopes, ALateSettleOfAForgottenMeetingDoesNotTakeAnothersId) {
  StateOptions options = Tenancy();
  options.tenant_scope = false;
  Pool pool(options);
  pool.AddNode("n1");
  const MeetingPtr a = pool.Create("m", "a");
  pool.state->Forget(a, std::nullopt, {});
  pool.Pass(kMinute);
  const MeetingPtr b = pool.Create("m", "b");
  ASSERT_EQ(b->node_meeting_id(), "m");
  pool.state->Settle(a, {.internal_id = "late"});
  EXPECT_EQ(pool.state->FindOnNodes("m"), b);
  EXPECT_EQ(pool.state->FindMeeting("a", "m"), nullptr);
}

TEST(ScopesRestart, RowsOfOneNodeIdAreNotBothTaken) {
  Pool pool(Tenancy());
  SavedRows rows;
  rows.nodes.push_back({.id = "n1", .url = "http://n1.test/"});
  for (const char* tenant : {"a", "b"}) {
    rows.meetings.push_back({.meeting_id = "m", .tenant_id = tenant, .node_id = "n1", .phase = pool::MeetingPhase::kSettled});
  }
  pool.state->Load(std::move(rows));
  pool.journal->Run();
  EXPECT_EQ(pool.state->MeetingCount(), 1u);
  EXPECT_EQ(pool.journal->Count<DropMeeting>(), 1u);
}

// --- histories ---------------------------------------------------------------------------------------------------------------------------

TEST_F(Scopes, AHistorySaysWhichCopyItIs) {
  const MeetingPtr meeting = pool_.Create("m", "a");
  pool_.Poll("n1", {Listed("m", "int-m", 7)});
  pool_.AddNode("n2");
  pool_.FailPoll("n1");
  pool_.FailPoll("n1");
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool_.state->Reassign(pool_.state->FindMeeting("a", "m"), {}, {}, pool::EndReason::kSuperseded, done);
  pool_.journal->Run();
  EXPECT_TRUE(pool_.history.rooms.empty());
  pool_.state->Settle((*moved)->value().meeting, {.internal_id = "int-2"});
  ASSERT_EQ(pool_.history.rooms.size(), 1u);
  EXPECT_EQ(pool_.history.rooms[0].node_id, "n1");
  EXPECT_EQ(pool_.history.rooms[0].tenant_id, "a");
  EXPECT_EQ(pool_.history.rooms[0].peak_participants, 7);
  pool_.state->Settle(pool_.state->FindMeeting("a", "m"), {.internal_id = "int-3"});  // the node made it anew
  ASSERT_EQ(pool_.history.rooms.size(), 2u);
  EXPECT_EQ(pool_.history.rooms[1].peak_participants, 0);
  pool_.state->Forget(pool_.state->FindMeeting("a", "m"), std::nullopt, {});
  ASSERT_EQ(pool_.history.rooms.size(), 3u);
  EXPECT_EQ(pool_.history.rooms[2].node_id, "n2");
}

}  // namespace
}  // namespace plenary::state::testing
