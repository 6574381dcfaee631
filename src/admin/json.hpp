// What both HTTP APIs of this room need of JSON: bodies within limits, and text with numbers as people (and Scalelite) write them. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.hpp"

namespace plenary::admin {

inline constexpr std::size_t kMaxJsonBytes = 1 << 20;
inline constexpr std::size_t kMaxJsonDepth = 32;

/// kInvalidArgument with the reason: malformed, not UTF-8, or nested deeper than kMaxJsonDepth. Of a key given twice the last value counts.
Result<boost::json::value> ParseJson(std::string_view text);

/// On one line, keys in their order. Floating numbers are written as 15.0, not as 1.5E1; what is not finite as null.
void AppendJson(std::string& out, const boost::json::value& value);
void AppendJson(std::string& out, const boost::json::object& object);

/// Null when there is no such key.
const boost::json::value* Find(const boost::json::object& object, std::string_view key);
/// The text of a string or number, "true" or "false"; "" for anything else, and for null pointers.
std::string TextOf(const boost::json::value* value);
inline std::string TextOf(const boost::json::object& object, std::string_view key) { return TextOf(Find(object, key)); }

}  // namespace plenary::admin
