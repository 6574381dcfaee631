#include "faults.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace plenary::sim {
namespace {

constexpr std::array<std::pair<std::string_view, FaultMode>, 13> kModes{{
    {"ok", FaultMode::kOk},
    {"down", FaultMode::kDown},
    {"hang", FaultMode::kHang},
    {"slow", FaultMode::kSlow},
    {"http500", FaultMode::kHttp500},
    {"html502", FaultMode::kHtml502},
    {"garbage", FaultMode::kGarbage},
    {"truncated", FaultMode::kTruncated},
    {"empty", FaultMode::kEmpty},
    {"noreturncode", FaultMode::kNoReturnCode},
    {"failed", FaultMode::kFailed},
    {"failed_nokey", FaultMode::kFailedNoKey},
    {"reset", FaultMode::kReset},
}};

}  // namespace

std::optional<FaultMode> ParseFaultMode(std::string_view name) {
  const auto* const found = std::find_if(kModes.begin(), kModes.end(), [name](const auto& entry) { return entry.first == name; });
  if (found == kModes.end()) return std::nullopt;
  return found->second;
}

std::string_view FaultModeName(FaultMode mode) {
  return std::find_if(kModes.begin(), kModes.end(), [mode](const auto& entry) { return entry.second == mode; })->first;
}

bool Fault::Concerns(std::string_view call) const {
  return mode != FaultMode::kOk && (calls.empty() || std::find(calls.begin(), calls.end(), call) != calls.end());
}

}  // namespace plenary::sim
