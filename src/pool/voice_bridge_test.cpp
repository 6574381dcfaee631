#include "pool/voice_bridge.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plenary::pool {
namespace {

TEST(VoiceBridge, FirstNumbersAreScalelites) {
  const std::pair<const char*, const char*> vectors[] = {
      {"room-a", "518795727"}, {"room-b", "423472076"}, {"room-c", "391831934"}, {"room-d", "774119393"}, {"room-e", "379366423"},
      {"room-f", "304058134"}, {"room-g", "547691604"}, {"room-h", "176284157"}, {"room-t", "722555540"}};
  for (const auto& [meeting_id, number] : vectors) EXPECT_EQ(VoiceBridgeNumbers(meeting_id, 9).Next(), number) << meeting_id;
}

TEST(VoiceBridge, ALongStreamGoesOnAndRepeatsItself) {
  VoiceBridgeNumbers one("room-a", 5);
  VoiceBridgeNumbers other("room-a", 5);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string number = one.Next();
    ASSERT_EQ(number, other.Next());
    seen.insert(number);
  }
  EXPECT_GT(seen.size(), 950u);  // 1,000 draws of 90,000 numbers collide about 6 times
}

RC_GTEST_PROP(VoiceBridge, NumbersHaveTheLengthAndNoLeadingZero, (const std::string& meeting_id)) {
  const int length = *rc::gen::inRange(1, 20);
  VoiceBridgeNumbers numbers(meeting_id, length);
  for (int i = 0; i < 20; ++i) {
    const std::string number = numbers.Next();
    RC_ASSERT(number.size() == static_cast<std::size_t>(length));
    RC_ASSERT(number[0] != '0');
    RC_ASSERT(number.find_first_not_of("0123456789") == std::string::npos);
  }
}

}  // namespace
}  // namespace plenary::pool
