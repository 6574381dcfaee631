#include "base/suggest.hpp"

#include <gtest/gtest.h>

namespace plenary {
namespace {

TEST(Nearest, FindsTypingErrors) {
  const std::vector<std::string> verbs = {"add", "remove", "enable", "cordon", "disable", "list", "show"};
  EXPECT_EQ(Nearest("lsit", verbs), "list");
  EXPECT_EQ(Nearest("enabel", verbs), "enable");
  EXPECT_EQ(Nearest("Remove", verbs), "remove");
  EXPECT_EQ(Nearest("cord", verbs), "cordon");
  EXPECT_EQ(Nearest("xyzzy", verbs), "");
  EXPECT_EQ(Nearest("", verbs), "");
  EXPECT_EQ(Nearest("bbb9", {"bbb1", "other"}), "bbb1");
  EXPECT_EQ(Nearest(std::string(100'000, 'a'), verbs), "");
}

}  // namespace
}  // namespace plenary
