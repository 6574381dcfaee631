// What an operator can do, as named commands with JSON arguments: the CLI sends them over the owner's control socket. Each is carried out
// and durable before its answer. docs/control-protocol.md lists names, arguments and results.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "runtime/async.hpp"

namespace plenary::admin {

class Commands {
 public:
  virtual ~Commands() = default;
  /// kInvalidArgument for an unknown command or wrong arguments, kNotFound, kAlreadyExists, kConflict, kIo. Call on a thread of the runtime.
  virtual Task<Result<boost::json::object>> Execute(std::string command, boost::json::object arguments) = 0;
};

}  // namespace plenary::admin
