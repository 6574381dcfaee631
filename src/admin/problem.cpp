#include "admin/problem.hpp"

#include "admin/json.hpp"
#include "http/reply_head.hpp"

namespace plenary::admin {

Problem ProblemOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument: return {422, error.detail};
    case ErrorCode::kNotFound: return {404, error.detail};
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kConflict: return {409, error.detail};
    case ErrorCode::kPermission: return {403, error.detail};
    case ErrorCode::kTooLarge: return {413, error.detail};
    case ErrorCode::kLimit: return {429, error.detail};
    default: return {503, error.detail};
  }
}

void ReplyProblem(http::Reply& reply, const Problem& problem) {
  const std::string_view title = http::StatusText(problem.status);
  boost::json::object body;
  body["type"] = "about:blank";
  body["title"] = boost::json::string_view(title.data(), title.size());
  body["status"] = problem.status;
  body["detail"] = problem.detail;
  boost::json::array errors;
  for (const FieldError& error : problem.errors) errors.push_back(boost::json::object{{"field", error.field}, {"text", error.text}});
  body["errors"] = std::move(errors);
  reply.status = problem.status;
  reply.SetContentType("application/problem+json");
  reply.outcome = "problem";
  reply.body.clear();
  AppendJson(reply.body, body);
}

}  // namespace plenary::admin
