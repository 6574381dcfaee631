// How the CLI reaches the owner of the data folder: over its control socket when one serves, else in this process under the lock.
// Implemented in app/ (the CLI knows no concrete types).
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "base/result.hpp"

namespace plenary::cli {

class Owner {
 public:
  virtual ~Owner() = default;
  /// Blocks until the command is carried out. kUnreachable: the socket broke or nobody answered.
  virtual Result<boost::json::object> Execute(std::string_view command, const boost::json::object& arguments) = 0;
  /// True when a running server answers, false when this process does the work itself.
  virtual bool remote() const = 0;
};

}  // namespace plenary::cli
