#include <gtest/gtest.h>

#include "state/test_support.hpp"

namespace plenary::state::testing {
namespace {

Result<NodePtr> Add(Pool& pool, pool::Node node) {
  auto [slot, done] = MakeSlot<NodePtr>();
  pool.state->AddNode(std::move(node), done);
  pool.journal->Run();
  return **slot;
}

Result<NodePtr> Update(Pool& pool, const std::string& id, pool::NodePatch patch) {
  auto [slot, done] = MakeSlot<NodePtr>();
  pool.state->UpdateNode(id, std::move(patch), done);
  pool.journal->Run();
  return **slot;
}

TEST(Nodes, AnAddedNodeIsPublishedWithItsAddress) {
  Pool pool;
  const auto node = Add(pool, {.id = "n1", .url = "https://bbb.test/bigbluebutton/api", .secret = "s"});
  ASSERT_TRUE(node);
  EXPECT_EQ((*node)->endpoint.host, "bbb.test");
  EXPECT_EQ((*node)->call_prefix, (*node)->endpoint.CallPrefix());
  EXPECT_EQ(pool.state->Nodes()->Find("n1"), *node);
  EXPECT_EQ(pool.state->Nodes()->Find("n2"), nullptr);
}

TEST(Nodes, WhatIsRefused) {
  Pool pool;
  EXPECT_TRUE(Add(pool, {.id = "n1", .url = "http://a.test/"}));
  EXPECT_EQ(Add(pool, {.id = "n1", .url = "http://b.test/"}).error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(Add(pool, {.id = "a b", .url = "http://b.test/"}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Add(pool, {.id = "n3", .url = "http://b.test/", .load_multiplier = 0}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Update(pool, "n9", {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(pool.state->Nodes()->all().size(), 1u);
}

TEST(Nodes, AUrlThatIsNoneHasNoHost) {  // Scalelite's admin API takes any text
  Pool pool;
  const auto node = Add(pool, {.id = "n1", .url = "no-url-at-all"});
  ASSERT_TRUE(node);
  EXPECT_EQ((*node)->endpoint.host, "");
}

TEST(Nodes, AnUpdateChangesOnlyWhatItNames) {
  Pool pool;
  pool.AddNode("n1");
  pool::NodePatch patch;
  patch.url = "https://other.test:8443/api";
  patch.tag = "video";
  patch.checksum_algorithm = DigestAlgorithm::kSha512;
  const auto node = Update(pool, "n1", patch);
  ASSERT_TRUE(node);
  EXPECT_EQ((*node)->endpoint.port, 8443);
  EXPECT_EQ((*node)->node.tag, "video");
  EXPECT_EQ((*node)->algorithm, DigestAlgorithm::kSha512);
  EXPECT_EQ((*node)->node.secret, "s");
  EXPECT_TRUE((*node)->node.online);
  EXPECT_TRUE((*node)->node.enabled());
}

TEST(Nodes, FailedWritesAreUndone) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  pool.journal->fail = true;
  EXPECT_EQ(Add(pool, {.id = "n2", .url = "http://b.test/"}).error().code, ErrorCode::kIo);
  EXPECT_EQ(pool.state->Nodes()->Find("n2"), nullptr);
  pool::NodePatch patch;
  patch.secret = "new";
  EXPECT_EQ(Update(pool, "n1", patch).error().code, ErrorCode::kIo);
  EXPECT_EQ(pool.state->Nodes()->Find("n1")->node.secret, "s");
  auto [removed, done] = MakeSlot<std::vector<MeetingPtr>>();
  pool.state->RemoveNode("n1", done);
  pool.journal->Run();
  EXPECT_EQ((*removed)->error().code, ErrorCode::kIo);
  EXPECT_NE(pool.state->FindMeeting("", "m"), nullptr);
  pool.journal->fail = false;
  EXPECT_TRUE(pool.Claim("m2").has_value());
}

TEST(Nodes, ARemovedNodeTakesItsMeetingsAlong) {
  Pool pool;
  pool.AddNode("n1");
  pool.Create("m");
  pool.state->Release(pool.Claim("o")->meeting, pool::EndReason::kOrphan, {});
  auto [removed, done] = MakeSlot<std::vector<MeetingPtr>>();
  pool.state->RemoveNode("n1", done);
  EXPECT_EQ(pool.Claim("m2").error().code, ErrorCode::kNoServers);  // while it is being written
  pool.journal->Run();
  ASSERT_EQ((*removed)->value().size(), 1u);
  EXPECT_EQ(pool.state->MeetingCount(), 0u);
  EXPECT_TRUE(pool.state->PendingEnds().empty());
  EXPECT_EQ(pool.state->Nodes()->all().size(), 0u);
  EXPECT_EQ(pool.state->Join("", "m", 1, false).outcome, JoinOutcome::kNotFound);
  pool.AddNode("n1");
  EXPECT_EQ(pool.Claim("m")->kind, ClaimKind::kClaimed);
}

TEST(Nodes, ATableThatSomebodyHoldsDoesNotChange) {
  Pool pool;
  pool.AddNode("n1");
  const auto before = pool.state->Nodes();
  pool.AddNode("n2");
  EXPECT_EQ(before->all().size(), 1u);
  EXPECT_EQ(pool.state->Nodes()->all().size(), 2u);
  Pool other;  // the thread's copy is not mistaken for another store's
  EXPECT_EQ(other.state->Nodes()->all().size(), 0u);
}

TEST(Nodes, AVersionIsWrittenWhenItChanges) {
  Pool pool;
  pool.AddNode("n1");
  const std::size_t before = pool.journal->Count<PutNode>();
  pool.state->SetVersion("n1", "3.0.1");
  pool.state->SetVersion("n1", "3.0.1");
  pool.journal->Run();
  EXPECT_EQ(pool.journal->Count<PutNode>(), before + 1);
  EXPECT_EQ(pool.state->Nodes()->Find("n1")->node.bbb_version, "3.0.1");
}

TEST(Nodes, RowsThatLostTheirNodeAreDroppedAtTheStart) {
  Pool pool;
  SavedRows rows;
  rows.nodes.push_back({.id = "n1", .url = "http://n1.test/"});
  rows.meetings.push_back({.meeting_id = "kept", .node_id = "n1", .phase = pool::MeetingPhase::kSettled});
  rows.meetings.push_back({.meeting_id = "lost", .node_id = "gone", .phase = pool::MeetingPhase::kSettled});
  rows.ends.push_back({.id = 4, .node_id = "gone"});
  pool.state->Load(std::move(rows));
  pool.journal->Run();
  EXPECT_EQ(pool.state->MeetingCount(), 1u);
  EXPECT_EQ(pool.journal->Count<DropMeeting>(), 1u);
  EXPECT_EQ(pool.journal->Count<DropEnd>(), 1u);
}

}  // namespace
}  // namespace plenary::state::testing
