#include "http/spooled_body.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plenary::http {
namespace {

std::string ReadWhole(const SpooledBody& body, std::size_t piece) {
  std::string all;
  std::string part;
  while (true) {
    EXPECT_TRUE(body.ReadAt(all.size(), piece, part).has_value());
    if (part.empty()) return all;
    EXPECT_LE(part.size(), piece);
    all += part;
  }
}

TEST(SpooledBody, StaysInMemoryUpToTheLimit) {
  SpooledBody body;
  EXPECT_TRUE(body.empty());
  const std::string half(SpooledBody::kMemoryLimit / 2, 'x');
  ASSERT_TRUE(body.Append(half));
  ASSERT_TRUE(body.Append(half));
  EXPECT_TRUE(body.in_memory());
  EXPECT_EQ(body.memory(), half + half);
  ASSERT_TRUE(body.Append("y"));
  EXPECT_FALSE(body.in_memory());
  EXPECT_TRUE(body.memory().empty());
  EXPECT_EQ(body.size(), SpooledBody::kMemoryLimit + 1);
  EXPECT_EQ(ReadWhole(body, 10'000), half + half + "y");
}

TEST(SpooledBody, MissingDirectoryIsAnIoErrorAndLosesNothing) {
  SpooledBody body("/nonexistent/folder");
  ASSERT_TRUE(body.Append("small"));
  const Status status = body.Append(std::string(SpooledBody::kMemoryLimit, 'x'));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_NE(status.error().detail.find("/nonexistent/folder"), std::string::npos);
  EXPECT_EQ(body.memory(), "small");
}

TEST(SpooledBody, FullDiskIsAnIoError) {
  SpooledBody body("/dev/full");  // not a directory either: refused the same way
  EXPECT_FALSE(body.Append(std::string(SpooledBody::kMemoryLimit + 1, 'x')));
}

TEST(SpooledBody, MovesTakeTheFileAlong) {
  const std::string text(SpooledBody::kMemoryLimit + 5, 'z');
  SpooledBody first;
  ASSERT_TRUE(first.Append(text));
  SpooledBody second(std::move(first));
  EXPECT_EQ(ReadWhole(second, 1 << 20), text);
  SpooledBody third;
  third = std::move(second);
  EXPECT_EQ(ReadWhole(third, 1 << 20), text);
}

RC_GTEST_PROP(SpooledBody, ReturnsWhatWasAppended, ()) {
  SpooledBody body;
  std::string expected;
  const auto pieces = *rc::gen::inRange(1, 12);
  for (int i = 0; i < pieces; ++i) {
    const auto size = *rc::gen::inRange<std::size_t>(0, 100'000);
    const std::string piece(size, static_cast<char>('a' + i));
    RC_ASSERT(body.Append(piece).has_value());
    expected += piece;
  }
  const auto offset = *rc::gen::inRange<std::size_t>(0, expected.size() + 10);
  const auto max = *rc::gen::inRange<std::size_t>(1, 200'000);
  std::string out = "old";
  RC_ASSERT(body.ReadAt(offset, max, out).has_value());
  RC_ASSERT(out == (offset < expected.size() ? expected.substr(offset, max) : std::string()));
  RC_ASSERT(body.size() == expected.size());
}

}  // namespace
}  // namespace plenary::http
