// The path and the query of a request to /api/v1, read by the row of its route. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "admin/rest_route.hpp"

namespace plenary::admin {

using PathValues = std::map<std::string, std::string, std::less<>>;

/// The decoded values of "/servers/{id}", or nothing when `path` is none of these. Values are never empty.
std::optional<PathValues> MatchPath(std::string_view pattern, std::string_view path);

/// Fills query, page, show_secrets and csv of a call whose route is known. 400 names every parameter that is unknown or wrong.
tl::expected<void, Problem> ReadQuery(const http::Request& request, RestCall& call);

}  // namespace plenary::admin
