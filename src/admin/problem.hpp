// What /api/v1 says when it can't do what was asked (RFC 9457), and the one table from errors of commands to HTTP statuses.
#pragma once

#include <string>
#include <vector>

#include "admin/rest_schema.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace plenary::admin {

struct Problem {
  int status = 500;
  std::string detail;
  std::vector<FieldError> errors = {};
};

Problem ProblemOf(const Error& error);

/// Sets status, type and body; header fields that belong to the status are the caller's.
void ReplyProblem(http::Reply& reply, const Problem& problem);

}  // namespace plenary::admin
