// What goes wrong at a node, by order: the kind of failure, for which calls, for how long. Values only.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plenary::sim {

enum class FaultMode {
  kOk,
  kDown,  // nobody listens; nodes that share a port reset the connection
  kHang,  // takes the request and never answers
  kSlow,  // answers late
  kHttp500,
  kHtml502,    // nginx in front of a bbb-web that restarts
  kGarbage,    // 200, but no XML
  kTruncated,  // the connection ends in the middle of the body
  kEmpty,      // 200 without a body
  kNoReturnCode,
  kFailed,       // FAILED internalError
  kFailedNoKey,  // FAILED without messageKey
  kReset,        // RST instead of an answer
};

std::optional<FaultMode> ParseFaultMode(std::string_view name);
std::string_view FaultModeName(FaultMode mode);

struct Fault {
  FaultMode mode = FaultMode::kOk;
  std::vector<std::string> calls;  // empty: all
  bool execute_first = false;      // the call is carried out, its answer is lost
  std::chrono::milliseconds delay{3'000};
  std::string key = "internalError";
  std::string message = "The simulated node failed as it was told to";

  bool Concerns(std::string_view call) const;
  /// Whether the node carries the call out at all.
  bool Executes() const { return execute_first || mode == FaultMode::kOk || mode == FaultMode::kSlow || mode == FaultMode::kTruncated; }
};

}  // namespace plenary::sim
