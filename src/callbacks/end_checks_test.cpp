#include "callbacks/end_checks.hpp"

#include "callbacks/fixture_for_test.hpp"

namespace plenary::callbacks {
namespace {

using namespace test;

class EndChecksTest : public Fixture {
 protected:
  EndChecksTest() { runtime.Start(); }
  ~EndChecksTest() override { runtime.Stop(); }

  static Task<void> Run(EndChecks& checks, bbb::EndSignal signal, std::function<void(EndCheck)> done) {
    const EndCheck outcome = co_await checks.Check(std::move(signal));
    done(outcome);
  }
  void Start(const bbb::EndSignal& signal, std::function<void(EndCheck)> done) {
    runtime::Spawn(runtime.Control(), Run(checks, signal, std::move(done)));
  }
  EndCheck Check(const bbb::EndSignal& signal) {
    return Get<EndCheck>([&](auto done) { Start(signal, done); });
  }
  static bbb::EndSignal SignalOf(const state::MeetingPtr& meeting) { return {"", meeting->meeting_id, meeting->claim_id}; }

  FakeNodes nodes;
  nodes::NodeCalls calls{nodes, {}};
  EndNotifier notifier{runtime, urls, outbox, log};
  EndChecks checks{runtime, *store, calls, notifier, log, {milliseconds(20), milliseconds(40)}};
};

TEST_F(EndChecksTest, NotFoundEndsTheClaimAndTellsTheFrontEnd) {
  const auto meeting = Create("m1");
  Remember({.meeting_id = "m1", .meeting_ended_url = "http://front.example/end"});
  nodes.Answer(kNotFound);
  EXPECT_EQ(Check(SignalOf(meeting)), EndCheck::kGone);
  EXPECT_EQ(store->FindMeeting("", "m1"), nullptr);
  EXPECT_EQ(Pending().size(), 1u);
  ASSERT_EQ(nodes.targets().size(), 1u);
  EXPECT_TRUE(nodes.targets()[0].starts_with("/bigbluebutton/api/getMeetingInfo?meetingID=m1&checksum=")) << nodes.targets()[0];
  EXPECT_EQ(Check(SignalOf(meeting)), EndCheck::kGone);
  EXPECT_EQ(nodes.targets().size(), 1u);
}

TEST_F(EndChecksTest, AnotherClaimIsLeftAlone) {
  const auto meeting = Create("m1");
  nodes.Answer(kNotFound);
  EXPECT_EQ(Check({"", "m1", meeting->claim_id + 1}), EndCheck::kGone);
  EXPECT_EQ(Check({"", "m2", 1}), EndCheck::kGone);
  EXPECT_EQ(nodes.targets().size(), 0u);
  EXPECT_NE(store->FindMeeting("", "m1"), nullptr);
}

TEST_F(EndChecksTest, NothingButNotFoundEndsTheClaim) {
  const auto meeting = Create("m1");
  EXPECT_EQ(Check(SignalOf(meeting)), EndCheck::kUnknown);  // unreachable
  nodes.Answer(kRefused);
  EXPECT_EQ(Check(SignalOf(meeting)), EndCheck::kUnknown);
  nodes.Answer("garbage");
  EXPECT_EQ(Check(SignalOf(meeting)), EndCheck::kUnknown);
  EXPECT_NE(store->FindMeeting("", "m1"), nullptr);
  EXPECT_EQ(nodes.targets().size(), 3u);  // each signal was looked into, none is under way
}

TEST_F(EndChecksTest, LooksAgainWhileTheNodeStillHasIt) {
  const auto meeting = Create("m1");
  nodes.Answer(kRunning);
  EXPECT_EQ(Check(SignalOf(meeting)), EndCheck::kStillThere);
  nodes.Answer(kNotFound);
  EXPECT_TRUE(Soon([&] { return store->FindMeeting("", "m1") == nullptr; }));
}

TEST_F(EndChecksTest, SignalsDoNotPileUpAndLooksEnd) {
  const auto meeting = Create("m1");
  nodes.Answer(kRunning, milliseconds(20));
  std::promise<EndCheck> first;
  Start(SignalOf(meeting), [&first](EndCheck outcome) { first.set_value(outcome); });
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Check(SignalOf(meeting)), EndCheck::kStillThere);
  EXPECT_EQ(first.get_future().get(), EndCheck::kStillThere);
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(nodes.targets().size(), 3u);  // at once, and after each pause
  EXPECT_EQ(Check(SignalOf(meeting)), EndCheck::kStillThere);
  EXPECT_EQ(nodes.targets().size(), 4u);  // a later signal counts again
}

TEST_F(EndChecksTest, AClaimThatIsNotSettledStays) {
  const auto claim = Claim("m1");
  nodes.Answer(kNotFound);
  EXPECT_EQ(Check(SignalOf(claim)), EndCheck::kStillThere);
  EXPECT_EQ(nodes.targets().size(), 0u);
  EXPECT_NE(store->FindMeeting("", "m1"), nullptr);
}

}  // namespace
}  // namespace plenary::callbacks
