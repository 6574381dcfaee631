// The lists of /api/v1 in pages: sorted by a key, `next` names the last one of a page, and so do cursor and Link. Pure.
#pragma once

#include <string>
#include <string_view>

#include "admin/rest_route.hpp"

namespace plenary::admin {

/// The schema of a list's rows.
const Schema& RowsOf(const Route& route);

/// Cuts the route's list in `answer` down to the page, sorted by the route's order; `next` becomes the key of its last row, or null. A row that is
/// removed or added meanwhile shifts nothing.
void TakePage(boost::json::object& answer, const Route& route, const Page& page);

/// A cursor is a key that clients can't take apart.
std::string CursorOf(std::string_view key);
/// False when it is none.
bool ReadCursor(std::string_view cursor, std::string& key);

/// `next` of the answer as cursor, and the Link to that page (RFC 8288). `path`: of the request, raw.
void AddNextLink(http::Reply& reply, std::string_view path, const RestCall& call, boost::json::object& answer);

}  // namespace plenary::admin
