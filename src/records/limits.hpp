// How big clients can make what we keep for them. Beyond: kTooLarge or kLimit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plenary::records {

inline constexpr std::size_t kMaxUrlBytes = 8 * 1024;
inline constexpr std::size_t kMaxPayloadBytes = 5 * 1024 * 1024;
inline constexpr std::size_t kMaxEventIdsBytes = 8 * 1024;              // of one hook
inline constexpr std::int64_t kMaxPendingCallbacksPerTenant = 100'000;

}  // namespace plenary::records
