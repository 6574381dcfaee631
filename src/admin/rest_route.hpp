// One route of /api/v1 and one call of it. The table of routes (rest_routes.cpp) is what the server dispatches by and what the OpenAPI
// document is made of: what is not in it does not exist.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "admin/problem.hpp"
#include "admin/rest_schema.hpp"
#include "pool/api_token.hpp"
#include "runtime/async.hpp"

namespace plenary::admin {

using RestAnswer = tl::expected<boost::json::object, Problem>;
struct RestCall;

inline constexpr unsigned kAdmin = 1, kReadOnly = 2, kTenant = 4, kNode = 8;
inline constexpr unsigned kAllScopes = kAdmin | kReadOnly | kTenant | kNode;
inline constexpr unsigned kNobody = 0;  // needs no token

struct QueryParam {
  std::string_view name;
  FieldType type = FieldType::kText;  // kText, kInteger or kBool
  std::string_view about;
  std::vector<std::string_view> values = {};
};

struct Route {
  std::string_view method, path;  // "/servers/{id}", below /api/v1
  std::string_view name;          // operationId
  std::string_view tag;
  std::string_view about;
  unsigned scopes = kAdmin;
  Task<RestAnswer> (*run)(RestCall& call) = nullptr;
  std::string_view answer = {};   // schema; "" = any object
  std::string_view body = {};     // schema; "" = none is taken
  std::vector<QueryParam> query = {};
  int status = 200;
  std::string_view list = {};     // the member of the answer that is paged
  std::vector<std::string_view> order = {};  // the fields its rows are sorted by, together unique; empty: the command pages itself
  bool revisioned = false;        // one server or tenant: ETag, If-None-Match, If-Match
  bool csv = false;               // also as text/csv
};

/// Without path and query of paging, show_secrets and format, which follow from the route (QueryOf).
const std::vector<Route>& Routes();
/// All query parameters that a route takes.
std::vector<QueryParam> QueryOf(const Route& route);

struct Page {
  std::size_t limit = 100;
  std::string after;  // key of the last row of the page before, "" = from the start
};

/// A call that its route allows, with everything checked that the table says.
struct RestCall {
  const Route* route = nullptr;
  pool::ApiToken token;
  std::map<std::string, std::string, std::less<>> path, query;  // decoded
  boost::json::object body;
  std::optional<std::string> if_match;  // as sent
  Page page;
  bool show_secrets = false;
  bool csv = false;
  /// A command, on the control thread; errors as problems.
  std::function<Task<RestAnswer>(std::string command, boost::json::object arguments)> execute;

  const std::string& Path(std::string_view name) const { return path.find(name)->second; }
  /// Null when it was not given.
  const std::string* Query(std::string_view name) const;
};

}  // namespace plenary::admin
