// Reading the arguments of a command: typed, with errors that name the argument.
#pragma once

#include <cstdint>
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
/// A whole number from `least` to `most`.
Result<std::optional<std::int64_t>> IntegerArgument(const boost::json::object& arguments, std::string_view name, std::int64_t least,
                                                    std::int64_t most);
/// `if_revision`.
Result<std::optional<std::uint64_t>> RevisionArgument(const boost::json::object& arguments);
Result<std::optional<double>> NumberArgument(const boost::json::object& arguments, std::string_view name);
/// Absent = false.
Result<bool> FlagArgument(const boost::json::object& arguments, std::string_view name);
Result<std::optional<bool>> OptionalFlagArgument(const boost::json::object& arguments, std::string_view name);
/// Absent or null = empty.
Result<std::vector<std::string>> TextListArgument(const boost::json::object& arguments, std::string_view name);
Result<std::optional<std::vector<std::string>>> OptionalTextListArgument(const boost::json::object& arguments, std::string_view name);
Result<std::vector<std::int64_t>> IntegerListArgument(const boost::json::object& arguments, std::string_view name);
/// Null when absent or null.
Result<const boost::json::object*> ObjectArgument(const boost::json::object& arguments, std::string_view name);

}  // namespace plenary::admin
