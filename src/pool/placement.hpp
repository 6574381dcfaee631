// Which node takes a new meeting: one policy per load model. Pure: candidates in, index out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "pool/load.hpp"

namespace plenary::pool {

struct Candidate {
  std::string_view id;
  double load = 0;
  std::size_t rank = 0;  // of its tag in the wish
};

/// Least load; ties at random (seats), or by the tag that was named first and then the smaller ID (scalelite). O(n), one pass.
std::optional<std::size_t> PickLeastLoad(std::span<const Candidate> candidates, bool ties_by_id, Random& random);

/// The candidate whose ID follows `last` in byte order, wrapping around.
std::optional<std::size_t> PickRoundRobin(std::span<const Candidate> candidates, std::string_view last);

/// Why a node was not a candidate.
enum class Exclusion : std::uint8_t { kDisabled, kCordoned, kOffline, kNeverPolled, kTried, kTagged };
inline constexpr std::size_t kExclusions = 6;

/// A decision as it is kept for explaining it later (bounded: the best candidates, exclusions counted).
struct Decision {
  static constexpr std::size_t kKept = 8;
  std::int64_t at_ms = 0;
  std::string meeting_id, tenant_id, node_id;  // node_id "" = none could take it
  LoadModel model = LoadModel::kSeats;
  std::vector<std::pair<std::string, double>> best;  // ascending load, at most kKept, the chosen one included
  std::uint32_t candidates = 0;
  std::array<std::uint32_t, kExclusions> excluded{};  // by Exclusion
};

/// How big a meeting became, told when it ends.
struct RoomHistory {
  std::string meeting_id, tenant_id, node_id, name;
  std::int64_t created_at_ms = 0, ended_at_ms = 0, peak_participants = 0;
};

/// Where decisions and histories go (records). Must not block; may drop under pressure. Any thread.
class HistorySink {
 public:
  virtual ~HistorySink() = default;
  virtual void Record(Decision decision) = 0;
  virtual void Record(RoomHistory history) = 0;
};

}  // namespace plenary::pool
