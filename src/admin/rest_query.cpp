#include "admin/rest_query.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "admin/page.hpp"
#include "admin/rest_calls.hpp"
#include "base/encoding.hpp"
#include "bbb/params.hpp"

namespace plenary::admin {

namespace {

constexpr std::int64_t kMaxLimit = 1000;

/// Up to the next slash; `path` keeps what is behind it.
std::string_view TakeSegment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return segment;
}

/// Percent escapes only: unlike in a query, '+' is a plus. "" for what is malformed.
std::string DecodedSegment(std::string_view segment) {
  std::string text;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '%') {
      text += segment[i];
      continue;
    }
    const int byte = i + 2 < segment.size() ? HexByte(segment[i + 1], segment[i + 2]) : -1;
    if (byte < 0) return {};
    text += static_cast<char>(byte);
    i += 2;
  }
  return IsValidUtf8(text) ? text : std::string();
}

/// "" when the value fits.
std::string WhatIsWrong(const QueryParam& param, std::string_view value) {
  if (param.type == FieldType::kBool) return value == "true" || value == "false" ? "" : "must be true or false";
  if (param.type == FieldType::kInteger) {
    const auto number = ParseInt(value);
    return number && *number >= 1 && *number <= kMaxLimit ? "" : "must be a number from 1 to 1000";
  }
  const bool fits = param.values.empty() || std::count(param.values.begin(), param.values.end(), value) > 0;
  return fits ? std::string() : OneOf(param.values);
}

}  // namespace

std::optional<PathValues> MatchPath(std::string_view pattern, std::string_view path) {
  PathValues values;
  if (path.ends_with('/')) return std::nullopt;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view expected = TakeSegment(pattern);
    const std::string_view segment = TakeSegment(path);
    if (!expected.starts_with('{')) {
      if (segment != expected) return std::nullopt;
      continue;
    }
    std::string value = DecodedSegment(segment);
    if (value.empty()) return std::nullopt;
    values.emplace(expected.substr(1, expected.size() - 2), std::move(value));
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return values;
}

tl::expected<void, Problem> ReadQuery(const http::Request& request, RestCall& call) {
  bbb::Params params;
  if (!params.AddQuery(request.query)) return Refuse(400, "The query is not valid UTF-8, badly percent-encoded or too long.");
  const std::vector<QueryParam> known = QueryOf(*call.route);
  std::vector<FieldError> errors;
  for (const bbb::Param& param : params.all()) {
    const auto row = std::find_if(known.begin(), known.end(), [&](const QueryParam& one) { return one.name == param.name; });
    std::string wrong = row == known.end() ? "is unknown" : WhatIsWrong(*row, param.value);
    if (wrong.empty() && param.name == "cursor" && !ReadCursor(param.value, call.page.after)) wrong = "is no cursor";
    if (!wrong.empty()) errors.push_back({std::string(param.name), std::move(wrong)});
    else call.query.emplace(param.name, param.value);
  }
  if (!errors.empty()) return tl::unexpected<Problem>(Problem{400, "The query does not fit.", std::move(errors)});
  const auto is = [&](std::string_view name, std::string_view value) {
    const std::string* given = call.Query(name);
    return given != nullptr && *given == value;
  };
  call.show_secrets = is("show_secrets", "true");
  const bool accepts_csv = request.Header("Accept").find("text/csv") != std::string_view::npos;
  call.csv = call.route->csv && (is("format", "csv") || (accepts_csv && call.Query("format") == nullptr));
  if (const std::string* limit = call.Query("limit")) call.page.limit = static_cast<std::size_t>(*ParseInt(*limit));
  else if (call.csv) call.page.limit = std::numeric_limits<std::size_t>::max();  // a bill must not lack lines
  return {};
}

}  // namespace plenary::admin
