// Reading the arguments of a command: typed, with errors that name the argument.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.hpp"

namespace plenary::admin {

/// The text of an argument; nothing when absent or null. kInvalidArgument when it has another type.
Result<std::optional<std::string>> TextArgument(const boost::json::object& arguments, std::string_view name);
/// As above, but must be present and not empty.
Result<std::string> RequiredText(const boost::json::object& arguments, std::string_view name);
Result<std::optional<double>> NumberArgument(const boost::json::object& arguments, std::string_view name);
/// Absent = false.
Result<bool> FlagArgument(const boost::json::object& arguments, std::string_view name);
/// Absent or null = empty.
Result<std::vector<std::string>> TextListArgument(const boost::json::object& arguments, std::string_view name);

}  // namespace plenary::admin
