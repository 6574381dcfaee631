// An assertion that holds in every build type: what a fuzz target finds wrong ends the process.
#pragma once

#include <cstdlib>

namespace plenary::fuzz {

inline void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace plenary::fuzz
