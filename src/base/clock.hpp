// Time as a value that is passed in: pure code gets a WallTime or SteadyTime, adapters own a Clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace plenary {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;

inline std::int64_t ToMs(WallTime t) { return t.time_since_epoch().count(); }
inline WallTime FromMs(std::int64_t ms) { return WallTime(std::chrono::milliseconds(ms)); }

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime Now() const = 0;
  virtual SteadyTime Steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime Now() const override { return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()); }
  SteadyTime Steady() const override { return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now()); }
};

}  // namespace plenary
