// /api/v1: bearer tokens.
#include <utility>

#include "admin/rest_calls.hpp"

namespace plenary::admin {

Task<RestAnswer> ListTokens(RestCall& call) { return call.execute("tokens.list", boost::json::object()); }

Task<RestAnswer> CreateToken(RestCall& call) { return call.execute("tokens.create", std::move(call.body)); }

Task<RestAnswer> RevokeToken(RestCall& call) {
  boost::json::object arguments = Pair("id", call.Path("id"));
  RestAnswer answer = co_await call.execute("tokens.revoke", std::move(arguments));
  co_return Member(std::move(answer), "token");
}

}  // namespace plenary::admin
