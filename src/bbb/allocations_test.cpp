// Answering a join must not allocate once a thread is warm: counts operator new in this binary.
#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "bbb/checksum.hpp"
#include "bbb/params.hpp"

namespace {
std::atomic<long> allocations{0};
}

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace plenary::bbb {
namespace {

TEST(Join, AllocatesNothingWhenWarm) {
  const SignPolicy policy{{"another secret", "the secret"}, {DigestAlgorithm::kSha1, DigestAlgorithm::kSha256}};
  std::string query =
      "fullName=J%C3%BCrgen+M%C3%BCller&meetingID=3f9c2dbc8e1857de0b71ae41613e58acb4927c7e-12-7&role=VIEWER&password=Zx8mKq2P"
      "&createTime=1715347930123&userID=moodle-4711&avatarURL=https%3A%2F%2Fmoodle.example.org%2Fpluginfile.php%2F5%2Fuser%2Ficon%2Ff1"
      "&redirect=true&guest=false&userdata-bbb_listen_only_mode=false&userdata-bbb_skip_check_audio=true&logoutURL=https%3A%2F%2Fm.example%"
      "2F7";
  AppendChecksum(query, "join", 0, "the secret", DigestAlgorithm::kSha256);
  Params params;
  std::string target;
  target.reserve(2048);

  const auto join = [&] {
    params.Clear();
    bool ok = params.AddQuery(query).has_value();
    ok = ok && VerifyChecksum("join", query, {}, policy);
    params.Set("userdata-injected", "a value that fits no small string");
    target = "https://bbb1.example.org/bigbluebutton/api/join?";
    const std::size_t query_begin = target.size();
    AppendQuery(target, params);
    AppendChecksum(target, "join", query_begin, "node secret", DigestAlgorithm::kSha256);
    return ok;
  };
  ASSERT_TRUE(join());
  const std::string first = target;
  const long before = allocations.load();
  bool ok = true;
  for (int i = 0; i < 100; ++i) ok = ok && join();
  EXPECT_EQ(allocations.load() - before, 0);
  EXPECT_TRUE(ok);
  EXPECT_EQ(target, first);
  EXPECT_EQ(params.all().size(), 14u);  // twelve, the checksum and ours

  const long at_the_end = allocations.load();
  const std::string counted(100, 'x');
  EXPECT_GE(allocations.load() - at_the_end, 1) << "the counter doesn't count";
}

}  // namespace
}  // namespace plenary::bbb
