// Which meetings are announced as over, and for how long.
#include <gtest/gtest.h>

#include "state/test_support.hpp"

namespace plenary::state::testing {
namespace {

class LiveEnds : public ::testing::Test {
 protected:
  void Start(StateOptions options = {}) {
    pool_ = std::make_unique<Pool>(options);
    pool_->state->OnMeetingEnd([this](const pool::MeetingEnd& end) { told_.push_back(end); });
    pool_->AddNode("n1");
  }
  MeetingPtr Find() const { return pool_->state->FindMeeting("", "m"); }
  bool IsKept() const { return pool_->journal->Count<PutMeetingEnd>() > 0; }

  std::unique_ptr<Pool> pool_;
  std::vector<pool::MeetingEnd> told_;
};

// --- what is over ------------------------------------------------------------------------------------------------------------------------

TEST_F(LiveEnds, WhatAPollNoLongerFinds) {
  StateOptions options;
  options.multitenancy = true;
  Start(options);
  pool_->Create("m", "t");
  pool_->clock.now_ms += kSecond;
  pool_->Poll("n1", {});
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_EQ(told_[0].tenant_id, "t");
  EXPECT_EQ(told_[0].meeting_id, "m");
  EXPECT_EQ(told_[0].internal_id, "int-m");
  EXPECT_TRUE(IsKept());
}

TEST_F(LiveEnds, WhatWasEndedOrIsOwedARequestedEnd) {
  Start();
  pool_->state->Forget(pool_->Create("m"), std::nullopt, {});
  EXPECT_EQ(told_.size(), 1u);
  pool_->state->Forget(pool_->Create("m"), pool::EndReason::kRequested, {});
  EXPECT_EQ(told_.size(), 2u);
  EXPECT_NE(told_[0].id, told_[1].id);
}

TEST_F(LiveEnds, AreKeptInTheChangeThatForgetsTheMeeting) {
  Start();
  pool_->state->Forget(pool_->Create("m"), std::nullopt, {});
  ASSERT_EQ(pool_->journal->queue.size(), 1u);
  const auto holds = [this](auto is_one) {
    const std::vector<Row>& rows = pool_->journal->queue.front().rows;
    return std::any_of(rows.begin(), rows.end(), is_one);
  };
  EXPECT_TRUE(holds([](const Row& row) { return std::holds_alternative<DropMeeting>(row); }));
  EXPECT_TRUE(holds([](const Row& row) { return std::holds_alternative<PutMeetingEnd>(row); }));
}

// --- what goes on, or nobody knows -------------------------------------------------------------------------------------------------------

TEST_F(LiveEnds, NotWhatIsMadeAnewAtOnce) {
  Start();
  pool_->state->Forget(pool_->Create("m"), pool::EndReason::kSuperseded, {});
  EXPECT_EQ(Find(), nullptr);
  EXPECT_TRUE(told_.empty());
}

TEST_F(LiveEnds, NotWhatAnOperatorForgets) {
  Start();
  pool_->state->Forget(pool_->Create("m"), std::nullopt, {}, Fate::kGoesOn);
  EXPECT_EQ(Find(), nullptr);
  EXPECT_TRUE(told_.empty());
}

TEST_F(LiveEnds, NotTheMeetingsOfARemovedNode) {
  Start();
  pool_->Create("m");
  pool_->state->RemoveNode("n1", [](const auto&) {});
  pool_->journal->Run();
  EXPECT_EQ(Find(), nullptr);
  EXPECT_TRUE(told_.empty());
}

TEST_F(LiveEnds, NotTheMeetingsOfANodeThatIsOffline) {
  StateOptions options;
  options.offline_meetings = OfflineMeetings::kForget;
  Start(options);
  pool_->Create("m");
  while (Find() != nullptr) pool_->FailPoll("n1");
  EXPECT_TRUE(told_.empty());
}

TEST_F(LiveEnds, NotWhatNobodyHeardOfForLong) {
  Start();
  pool_->Create("m");
  pool_->Pass(StateOptions().meeting_ttl_ms);
  EXPECT_EQ(Find(), nullptr);
  EXPECT_TRUE(told_.empty());
}

TEST_F(LiveEnds, NotWhatItsNodeMadeAnew) {
  Start();
  pool_->state->Settle(pool_->Create("m"), {.internal_id = "int-2"});
  pool_->clock.now_ms += kSecond;
  pool_->Poll("n1", {Listed("m", "int-3")});
  EXPECT_EQ(Find()->internal_id, "int-3");
  EXPECT_TRUE(told_.empty());
}

TEST_F(LiveEnds, NotWhatMovedNorAClaimThatCameToNothing) {
  Start();
  pool_->AddNode("n2");
  auto [moved, done] = MakeSlot<ClaimResult>();
  pool_->state->Reassign(pool_->Create("m"), {}, {}, pool::EndReason::kSuperseded, done);
  pool_->journal->Run();
  pool_->state->Settle((*moved)->value().meeting, {.internal_id = "int-2"});
  pool_->state->Release(pool_->Claim("x")->meeting, std::nullopt, {});
  pool_->journal->Run();
  EXPECT_TRUE(told_.empty());
  EXPECT_FALSE(IsKept());
}

// --- until it is announced ---------------------------------------------------------------------------------------------------------------

TEST_F(LiveEnds, AreAnnouncedAgainEachMinuteUntilThatIsDone) {
  Start();
  pool_->state->Forget(pool_->Create("m"), std::nullopt, {});
  pool_->Pass(kSecond);
  EXPECT_EQ(told_.size(), 1u);
  pool_->Pass(kMinute);
  ASSERT_EQ(told_.size(), 2u);
  EXPECT_EQ(told_[1].id, told_[0].id);
  pool_->state->EndAnnounced(told_[0].id);
  EXPECT_EQ(pool_->journal->Count<DropMeetingEnd>(), 0u);  // no write of its own
  pool_->Pass(kMinute);
  EXPECT_EQ(told_.size(), 2u);
  EXPECT_EQ(pool_->journal->Count<DropMeetingEnd>(), 1u);
  pool_->state->EndAnnounced(told_[0].id);
  pool_->Pass(kSecond);
  EXPECT_EQ(pool_->journal->Count<DropMeetingEnd>(), 1u);
}

TEST_F(LiveEnds, AreGivenUpAfterADay) {
  Start();
  pool_->state->Forget(pool_->Create("m"), std::nullopt, {});
  pool_->Pass(24 * kHour - kSecond);
  EXPECT_EQ(told_.size(), 2u);
  pool_->Pass(kMinute);
  EXPECT_EQ(told_.size(), 2u);
  EXPECT_EQ(pool_->journal->Count<DropMeetingEnd>(), 1u);
}

TEST_F(LiveEnds, AreNotAllAnnouncedAgainInOneSweep) {
  Start();
  SavedRows rows;
  for (int id = 1; id <= 150; ++id) rows.meeting_ends.push_back({.meeting_id = "m", .internal_id = "i", .id = id});
  pool_->state->Load(std::move(rows));
  EXPECT_TRUE(told_.empty());
  pool_->Pass(kSecond);
  EXPECT_EQ(told_.size(), 100u);
  pool_->Pass(kSecond);
  EXPECT_EQ(told_.size(), 150u);
  pool_->state->Forget(pool_->Create("m"), std::nullopt, {});
  EXPECT_EQ(told_.back().id, 151);
}

TEST_F(LiveEnds, WaitForSomebodyWhoAnnouncesThem) {
  Start();
  pool_->state->OnMeetingEnd({});
  pool_->state->Forget(pool_->Create("m"), std::nullopt, {});
  pool_->Pass(2 * kMinute);
  EXPECT_TRUE(told_.empty());
  pool_->state->OnMeetingEnd([this](const pool::MeetingEnd& end) { told_.push_back(end); });
  pool_->Pass(kSecond);
  EXPECT_EQ(told_.size(), 1u);
}

}  // namespace
}  // namespace plenary::state::testing
