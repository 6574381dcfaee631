// The calls of Scalelite's admin API, once their checksum holds: which commands they are, and what they answer (spec scalelite 2.2, 2.3).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "admin/scalelite_params.hpp"
#include "http/message.hpp"
#include "runtime/async.hpp"

namespace plenary::admin {

struct ScaleliteCall {
  const ScaleliteParams& params;
  http::Reply& reply;
  std::function<Task<Result<boost::json::object>>(std::string, boost::json::object)> execute;
};

struct ScaleliteRoute {
  std::string_view name;     // of the path and of the checksum
  std::string_view method;   // "GET" (then HEAD, too) or "POST"
  std::string_view wrapper;  // "server" or "tenant": whose call it is
  Task<void> (*run)(ScaleliteCall call);
};

/// Null for an unknown name or another method.
const ScaleliteRoute* FindScaleliteRoute(std::string_view name, std::string_view method);

void ReplyScaleliteJson(http::Reply& reply, int status, const boost::json::value& body);
/// What Rails shows for a request it can't read, and when something breaks.
void ReplyEmptyPage(http::Reply& reply, int status);

}  // namespace plenary::admin
