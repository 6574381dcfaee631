#include "base/random.hpp"

#include <map>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace plenary {
namespace {

class Fixed final : public Random {
 public:
  explicit Fixed(std::vector<std::uint64_t> values) : values_(std::move(values)) {}
  std::uint64_t Next() override { return values_.at(next_++); }

 private:
  std::vector<std::uint64_t> values_;
  std::size_t next_ = 0;
};

TEST(Random, BelowDrawsAgainInTheUnevenPart) {
  Fixed random({0, 7});  // 2^64 mod 3 is 1: the value 0 is drawn again
  EXPECT_EQ(random.Below(3), 1u);
  Fixed even({12});
  EXPECT_EQ(even.Below(8), 4u);
}

TEST(Random, BelowIsUniformEnough) {
  SystemRandom random;
  std::map<std::uint64_t, int> seen;
  for (int i = 0; i < 60000; ++i) ++seen[random.Below(6)];
  ASSERT_EQ(seen.size(), 6u);
  for (const auto& [value, count] : seen) {
    EXPECT_LT(value, 6u);
    EXPECT_NEAR(count, 10000, 600);
  }
}

TEST(Random, TextUsesTheWholeAlphabet) {
  SystemRandom random;
  const std::string text = random.Text(4000, "abc");
  EXPECT_EQ(text.size(), 4000u);
  EXPECT_EQ(std::set<char>(text.begin(), text.end()), (std::set<char>{'a', 'b', 'c'}));
}

TEST(Random, UuidHasVersionAndVariant) {
  Fixed zeros({0, 0});
  EXPECT_EQ(zeros.Uuid(), "00000000-0000-4000-8000-000000000000");
  Fixed ones({~0ull, ~0ull});
  EXPECT_EQ(ones.Uuid(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  Fixed digits({0x0123456789abcdefull, 0xfedcba9876543210ull});
  EXPECT_EQ(digits.Uuid(), "01234567-89ab-4def-bedc-ba9876543210");
}

TEST(SystemRandom, NeverRepeatsAcrossThreads) {
  std::set<std::uint64_t> seen;
  std::vector<std::vector<std::uint64_t>> drawn(4);
  std::vector<std::thread> threads;
  for (auto& mine : drawn) {
    threads.emplace_back([&mine] {
      SystemRandom random;
      for (int i = 0; i < 1000; ++i) mine.push_back(random.Next());
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& mine : drawn) seen.insert(mine.begin(), mine.end());
  EXPECT_EQ(seen.size(), 4000u);
}

}  // namespace
}  // namespace plenary
