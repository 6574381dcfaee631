// Reading the owner's answers and turning values into words.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace plenary::cli {

/// Text without control characters (replaced by '?'): names come from front-ends, and a terminal obeys what it is sent.
std::string Printable(std::string_view text);

/// Members of an answer; a missing one or null is "", 0, false or nothing.
std::string RawText(const boost::json::object& object, std::string_view key);
std::string Text(const boost::json::object& object, std::string_view key);  // printable
std::optional<double> Number(const boost::json::object& object, std::string_view key);
std::int64_t Integer(const boost::json::object& object, std::string_view key);
bool Flag(const boost::json::object& object, std::string_view key);
const boost::json::array& Items(const boost::json::object& object, std::string_view key);
const boost::json::object& Member(const boost::json::object& object, std::string_view key);
const boost::json::object& AsObject(const boost::json::value& value);

/// "15", "2.5"; a dash when unknown.
std::string ShortNumber(std::optional<double> value);
/// "1 meeting", "2 meetings".
std::string Count(std::int64_t number, std::string_view singular, std::string_view plural);
/// "just now", "3 min ago", "2 h ago", "5 d ago".
std::string Ago(std::int64_t then_ms, std::int64_t now_ms);
/// "45 s", "3 min", "2 h", "5 d".
std::string Duration(std::int64_t ms);
/// Seconds of "90", "90s", "30m", "12h" or "7d"; nothing for anything else, and beyond a hundred years.
std::optional<std::int64_t> ParseDuration(std::string_view text);

/// The same with null for every secret and password in it, however deep.
boost::json::object WithoutSecrets(boost::json::object result);
boost::json::array ToJson(const std::vector<std::string>& texts);

}  // namespace plenary::cli
