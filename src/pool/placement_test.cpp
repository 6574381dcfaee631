#include "pool/placement.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plenary::pool {
namespace {

class Sequence final : public Random {
 public:
  std::uint64_t Next() override { return state_ = state_ * 6364136223846793005ull + 1442695040888963407ull; }

 private:
  std::uint64_t state_ = 42;
};

TEST(Placement, NobodyToPick) {
  Sequence random;
  EXPECT_FALSE(PickLeastLoad({}, false, random));
  EXPECT_FALSE(PickRoundRobin({}, "a"));
}

TEST(Placement, TiesAreDrawnEvenly) {
  Sequence random;
  const std::vector<Candidate> candidates = {{"a", 1}, {"b", 2}, {"c", 1}, {"d", 1}};
  std::map<std::size_t, int> picked;
  for (int i = 0; i < 3000; ++i) ++picked[*PickLeastLoad(candidates, false, random)];
  EXPECT_EQ(picked.size(), 3u);
  EXPECT_FALSE(picked.contains(1));
  for (const auto& [index, times] : picked) EXPECT_NEAR(times, 1000, 150) << index;
}

TEST(Placement, TiesByTheTagThatWasNamedFirst) {
  Sequence random;
  const std::vector<Candidate> candidates{{"a", 1, 1}, {"b", 1, 0}, {"c", 1, 0}, {"d", 0.5, 2}};
  EXPECT_EQ(PickLeastLoad(std::span(candidates).first(3), true, random), 1u);
  EXPECT_EQ(PickLeastLoad(candidates, true, random), 3u) << "load comes first";
}

TEST(Placement, TiesBySmallerId) {
  Sequence random;
  const std::vector<Candidate> candidates = {{"c", 1}, {"b", 1}, {"a", 2}};
  EXPECT_EQ(PickLeastLoad(candidates, true, random), 1u);
}

TEST(Placement, RoundRobinGoesAroundInIdOrder) {
  const std::vector<Candidate> candidates = {{"c", 0}, {"a", 9}, {"b", 5}};
  EXPECT_EQ(PickRoundRobin(candidates, ""), 1u);
  EXPECT_EQ(PickRoundRobin(candidates, "a"), 2u);
  EXPECT_EQ(PickRoundRobin(candidates, "b"), 0u);
  EXPECT_EQ(PickRoundRobin(candidates, "c"), 1u);
  EXPECT_EQ(PickRoundRobin(candidates, "aa"), 2u);  // the last one was removed meanwhile
}

RC_GTEST_PROP(Placement, NothingIsLessLoadedThanTheChoice, ()) {
  const auto loads = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5)));
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < loads.size(); ++i) ids.push_back("n" + std::to_string(i * 7919 % 1000));
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < loads.size(); ++i) candidates.push_back({ids[i], static_cast<double>(loads[i])});
  Sequence random;
  const int least = *std::min_element(loads.begin(), loads.end());
  RC_ASSERT(loads[*PickLeastLoad(candidates, false, random)] == least);
  const std::size_t by_id = *PickLeastLoad(candidates, true, random);
  RC_ASSERT(loads[by_id] == least);
  for (const Candidate& other : candidates) RC_ASSERT(other.load > least || candidates[by_id].id <= other.id);
}

RC_GTEST_PROP(Placement, RoundRobinVisitsAll, ()) {
  const auto numbers = *rc::gen::nonEmpty(rc::gen::container<std::set<int>>(rc::gen::inRange(0, 100)));
  std::vector<std::string> ids;
  for (const int number : numbers) ids.push_back(std::to_string(number));
  std::vector<Candidate> candidates;
  for (const std::string& id : ids) candidates.push_back({id, 0});
  std::set<std::string> visited;
  std::string last;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    last = candidates[*PickRoundRobin(candidates, last)].id;
    visited.insert(last);
  }
  RC_ASSERT(visited.size() == ids.size());
}

}  // namespace
}  // namespace plenary::pool
