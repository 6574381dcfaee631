#include "pool/scoped_id.hpp"

#include <set>

#include <gtest/gtest.h>

namespace plenary::pool {
namespace {

TEST(ScopedId, NamesTheTenant) {
  EXPECT_EQ(ScopedMeetingId("room", "t-1", 1), "room~t-1");
  EXPECT_EQ(ScopedMeetingId("room", "t-1", 2), "room~t-1~2");
  EXPECT_EQ(ScopedMeetingId("room", "t-1", 8), "room~t-1~8");
}

TEST(ScopedId, TheLimitIsInCodePoints) {
  std::string umlauts;
  for (int i = 0; i < 252; ++i) umlauts += "\xc3\xa4";
  EXPECT_EQ(ScopedMeetingId(umlauts, "t-1", 1), umlauts + "~t-1");  // 256 of them
  const std::string hashed = ScopedMeetingId(umlauts + "x", "t-1", 1);
  EXPECT_EQ(hashed.size(), 72u);
  EXPECT_TRUE(hashed.starts_with("plenary-"));
  EXPECT_EQ(hashed, ScopedMeetingId(umlauts + "x", "t-1", 1));
}

TEST(ScopedId, LongOnesDifferByMeetingTenantAndVariant) {
  const std::string room(300, 'r');
  std::set<std::string> ids;
  for (const char* tenant : {"a", "b"}) {
    for (int variant = 1; variant <= kScopeVariants; ++variant) {
      ids.insert(ScopedMeetingId(room, tenant, variant));
      ids.insert(ScopedMeetingId(room + "2", tenant, variant));
    }
  }
  EXPECT_EQ(ids.size(), 4u * kScopeVariants);
}

TEST(ScopedId, IsRecognized) {
  const std::string room(300, 'r');
  EXPECT_TRUE(IsScopedMeetingId("room~t-1", "room", "t-1"));
  EXPECT_TRUE(IsScopedMeetingId("room~t-1~3", "room", "t-1"));
  EXPECT_TRUE(IsScopedMeetingId(ScopedMeetingId(room, "t-1", 2), room, "t-1"));
  EXPECT_FALSE(IsScopedMeetingId("room", "room", "t-1"));
  EXPECT_FALSE(IsScopedMeetingId("room~t-1~9", "room", "t-1"));
  EXPECT_FALSE(IsScopedMeetingId("room~t-2", "room", "t-1"));
  EXPECT_FALSE(IsScopedMeetingId("other~t-1", "room", "t-1"));
}

}  // namespace
}  // namespace plenary::pool
