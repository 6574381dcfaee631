// Randomness as a dependency. SystemRandom draws from OpenSSL's CSPRNG (seeded per thread, no lock shared by us).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plenary {

class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t Next() = 0;
  /// Uniform in [0, bound); bound must be > 0.
  std::uint64_t Below(std::uint64_t bound);
  /// `length` characters of `alphabet`, each equally likely.
  std::string Text(std::size_t length, std::string_view alphabet);
  /// Random UUID v4, lower case with dashes.
  std::string Uuid();
};

/// Any thread.
class SystemRandom final : public Random {
 public:
  std::uint64_t Next() override;
};

inline constexpr std::string_view kAlphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
inline constexpr std::string_view kLowerAlphanumerics = "abcdefghijklmnopqrstuvwxyz0123456789";

}  // namespace plenary
