// "Did you mean": the candidate nearest to what was typed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plenary {

/// Nothing when no candidate is near: at most a third of the characters may differ (at least one, swaps count once),
/// or one begins with the other and at least three characters were typed.
std::string Nearest(std::string_view typed, const std::vector<std::string>& candidates);

}  // namespace plenary
