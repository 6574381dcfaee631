#include "pool/placement.hpp"

#include <tuple>

namespace plenary::pool {

std::optional<std::size_t> PickLeastLoad(std::span<const Candidate> candidates, bool ties_by_id, Random& random) {
  if (candidates.empty()) return std::nullopt;
  std::size_t best = 0;
  std::size_t ties = 1;
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    if (candidate.load < candidates[best].load) {
      best = i;
      ties = 1;
    } else if (candidate.load == candidates[best].load) {
      if (ties_by_id) {
        if (std::tie(candidate.rank, candidate.id) < std::tie(candidates[best].rank, candidates[best].id)) best = i;
      } else {
        ++ties;
      }
    }
  }
  if (ties == 1) return best;
  // One draw per decision, not one per tie: `best` is the first of them.
  std::uint64_t skip = random.Below(ties);
  const double least = candidates[best].load;
  while (skip > 0) {
    ++best;
    if (candidates[best].load == least) --skip;
  }
  return best;
}

std::optional<std::size_t> PickRoundRobin(std::span<const Candidate> candidates, std::string_view last) {
  std::optional<std::size_t> first, next;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const std::string_view id = candidates[i].id;
    if (!first || id < candidates[*first].id) first = i;
    if (id > last && (!next || id < candidates[*next].id)) next = i;
  }
  return next ? next : first;
}

}  // namespace plenary::pool
