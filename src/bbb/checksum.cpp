#include "bbb/checksum.hpp"

#include <algorithm>
#include <cstddef>

namespace plenary::bbb {
namespace {

constexpr std::string_view kName = "checksum";

/// What a query says about its checksum: the value, and what is left on both sides when it is taken out.
struct Split {
  std::size_t count = 0;
  std::string_view value;
  std::string_view before, after;
};

Split SplitQuery(std::string_view query) {
  Split split;
  split.before = query;
  for (std::size_t begin = 0; begin <= query.size();) {
    const std::size_t end = std::min(query.find('&', begin), query.size());
    const std::string_view pair = query.substr(begin, end - begin);
    if (pair.starts_with(kName) && (pair.size() == kName.size() || pair[kName.size()] == '=')) {
      ++split.count;
      split.value = pair.substr(std::min(kName.size() + 1, pair.size()));
      // "&checksum=X" goes, or at the very beginning "checksum=X&" (spec scalelite 1.6 step 5).
      split.before = query.substr(0, begin == 0 ? 0 : begin - 1);
      split.after = query.substr(begin == 0 ? std::min(end + 1, query.size()) : end);
    }
    begin = end + 1;
  }
  return split;
}

}  // namespace

bool VerifyChecksum(std::string_view call, std::string_view raw_query, std::string_view body_checksum, const SignPolicy& policy) {
  const Split split = SplitQuery(raw_query);
  if (split.count + (body_checksum.empty() ? 0 : 1) != 1) return false;
  const std::string_view given = split.count == 1 ? split.value : body_checksum;
  const auto algorithm = DigestOfHexLength(given.size());
  if (!algorithm || std::find(policy.algorithms.begin(), policy.algorithms.end(), *algorithm) == policy.algorithms.end()) return false;
  return std::any_of(policy.secrets.begin(), policy.secrets.end(), [&](const std::string& secret) {
    return !secret.empty() && EqualHexConstantTime(Digest(*algorithm, {call, split.before, split.after, secret}).view(), given);
  });
}

void AppendChecksum(std::string& target, std::string_view call, std::size_t query_begin, std::string_view secret,
                    DigestAlgorithm algorithm) {
  const std::string_view query = std::string_view(target).substr(query_begin);
  const HexDigest digest = Digest(algorithm, {call, query, secret});
  if (!query.empty()) {
    target += '&';
  } else if (!target.ends_with('?')) {
    target += '?';
  }
  target += "checksum=";
  target += digest.view();
}

DigestAlgorithm OutboundAlgorithm(const std::vector<DigestAlgorithm>& listed) {
  for (const DigestAlgorithm algorithm : {DigestAlgorithm::kSha512, DigestAlgorithm::kSha256, DigestAlgorithm::kSha1}) {
    if (std::find(listed.begin(), listed.end(), algorithm) != listed.end()) return algorithm;
  }
  return listed.empty() ? DigestAlgorithm::kSha256 : listed.front();  // the one that is left: SHA-384
}

}  // namespace plenary::bbb
