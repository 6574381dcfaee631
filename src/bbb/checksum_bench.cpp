// What a join costs in this folder: parse, verify, write the node's query, sign it.
#include <benchmark/benchmark.h>

#include "bbb/checksum.hpp"
#include "bbb/params.hpp"

namespace plenary::bbb {
namespace {

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kJoin =
    "fullName=J%C3%BCrgen+M%C3%BCller&meetingID=3f9c2dbc8e1857de0b71ae41613e58acb4927c7e-12-7&role=VIEWER&password=Zx8mKq2P&createTime="
    "1715347930123"
    "&userID=moodle-4711&avatarURL=https%3A%2F%2Fmoodle.example.org%2Fpluginfile.php%2F5%2Fuser%2Ficon%2Ff1&redirect=true&guest=false"
    "&userdata-bbb_listen_only_mode=false&userdata-bbb_skip_check_audio=true&logoutURL=https%3A%2F%2Fmoodle.example.org%2Fmod%2Fview.php%"
    "3Fid%3D7";

void VerifyJoin(benchmark::State& state) {
  const SignPolicy policy{{std::string(kSecret)}, {DigestAlgorithm::kSha1, DigestAlgorithm::kSha256}};
  std::string query(kJoin);
  AppendChecksum(query, "join", 0, kSecret, DigestAlgorithm::kSha256);
  for (auto _ : state) benchmark::DoNotOptimize(VerifyChecksum("join", query, {}, policy));
}
BENCHMARK(VerifyJoin);

void VerifyAndSignJoin(benchmark::State& state) {
  const SignPolicy policy{{std::string(kSecret)}, {DigestAlgorithm::kSha1, DigestAlgorithm::kSha256}};
  std::string query(kJoin);
  AppendChecksum(query, "join", 0, kSecret, DigestAlgorithm::kSha256);
  Params params;
  std::string target;
  for (auto _ : state) {
    params.Clear();
    if (!params.AddQuery(query) || !VerifyChecksum("join", query, {}, policy)) {
      state.SkipWithError("refused");
      break;
    }
    target = "https://bbb1.example.org/bigbluebutton/api/join?";
    const std::size_t query_begin = target.size();
    AppendQuery(target, params);
    AppendChecksum(target, "join", query_begin, kSecret, DigestAlgorithm::kSha256);
    benchmark::DoNotOptimize(target.data());
  }
}
BENCHMARK(VerifyAndSignJoin);

}  // namespace
}  // namespace plenary::bbb
