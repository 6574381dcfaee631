#include "admin/rest_api.hpp"

#include <optional>
#include <utility>

#include "admin/http_commands.hpp"
#include "admin/json.hpp"
#include "admin/page.hpp"
#include "admin/rest_calls.hpp"
#include "admin/rest_query.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace plenary::admin {

namespace {

constexpr std::size_t kMaxTokenBytes = 256;

unsigned ScopeBit(pool::TokenScope scope) {
  switch (scope) {
    case pool::TokenScope::kAdmin: return kAdmin;
    case pool::TokenScope::kReadOnly: return kReadOnly;
    case pool::TokenScope::kTenant: return kTenant;
    case pool::TokenScope::kNode: return kNode;
  }
  return 0;
}

bool IsJson(std::string_view content_type) {
  return EqualsIgnoreCase(TrimBlanks(content_type.substr(0, content_type.find(';'))), "application/json");
}

void ReplyAnswer(http::Reply& reply, const RestCall& call, boost::json::object answer) {
  const Route& route = *call.route;
  reply.status = route.status;
  reply.outcome = "ok";
  if (call.csv) {
    reply.SetContentType("text/csv; charset=utf-8");
    const boost::json::array& rows = answer.at(boost::json::string_view(route.list.data(), route.list.size())).as_array();
    reply.body = CsvOf(RowsOf(route), rows);
    return;
  }
  reply.SetContentType("application/json");
  AppendJson(reply.body, answer);
}

}  // namespace

RestApi::Checked RestApi::FindRoute(const http::Request& request, http::Reply& reply, RestCall& call) const {
  const std::string_view method = request.method == "HEAD" ? std::string_view("GET") : request.method;
  const std::string_view path = request.path.starts_with(kBase) ? request.path.substr(kBase.size()) : std::string_view();
  std::string allowed;
  for (const Route& route : Routes()) {
    std::optional<PathValues> values = MatchPath(route.path, path);
    if (!values) continue;
    if (route.method == method) {
      call.route = &route;
      call.path = std::move(*values);
      return {};
    }
    allowed.append(allowed.empty() ? "" : ", ").append(route.method).append(route.method == "GET" ? ", HEAD" : "");
  }
  if (allowed.empty()) return Refuse(404, "There is nothing at this path; GET /api/v1/openapi.json lists what there is.");
  reply.AddHeader("Allow", allowed);
  return Refuse(405, "This path takes " + allowed + ".");
}

RestApi::Checked RestApi::CheckToken(const http::Request& request, http::Reply& reply, RestCall& call) const {
  if (call.route->scopes == kNobody) return {};
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view field = request.Header("Authorization");
  if (field.size() < kScheme.size() || !EqualsIgnoreCase(field.substr(0, kScheme.size()), kScheme)) {
    reply.AddHeader("WWW-Authenticate", "Bearer realm=\"plenary\"");
    return Refuse(401, "A bearer token is needed; `plenary tokens create` makes one.");
  }
  const std::string_view text = TrimBlanks(field.substr(kScheme.size()));
  const auto table = tokens_();
  const pool::ApiToken* token =
      text.empty() || text.size() > kMaxTokenBytes ? nullptr : table->FindByDigest(Digest(DigestAlgorithm::kSha256, {text}).view());
  if (token == nullptr || (token->expires_at_ms != 0 && token->expires_at_ms <= ToMs(clock_.Now()))) {
    reply.AddHeader("WWW-Authenticate", "Bearer realm=\"plenary\", error=\"invalid_token\"");
    return Refuse(401, "This token is unknown, revoked or expired.");
  }
  call.token = *token;
  if (!(call.route->scopes & ScopeBit(token->scope))) {
    return Refuse(403, "A token of the scope " + std::string(pool::TokenScopeName(token->scope)) + " may not do this.");
  }
  return {};
}

Task<RestApi::Checked> RestApi::ReadBody(const http::Request& request, RestCall& call) const {
  if (call.route->body.empty()) {
    if (request.has_body) co_return Refuse(400, "This call takes no body.");
    co_return Checked();
  }
  const bool json = IsJson(request.Header("Content-Type"));
  if (!json && request.content_length > 0) co_return Refuse(415, "The body must be application/json.");
  const Result<std::string> text = co_await ReadSmallBody(request, spool_dir_);
  if (!text) {
    const ErrorCode code = text.error().code;
    if (code == ErrorCode::kTooLarge) co_return Refuse(413, "The body is larger than " + std::to_string(kMaxJsonBytes) + " bytes.");
    if (code == ErrorCode::kIo) co_return Refuse(503, "The body could not be stored.");
    co_return Refuse(400, "The body did not arrive.");
  }
  if (!text->empty()) {
    if (!json) co_return Refuse(415, "The body must be application/json.");
    auto value = ParseJson(*text);
    if (!value) co_return Refuse(400, value.error().detail);
    if (!value->is_object()) co_return Refuse(400, "The body must be a JSON object.");
    call.body = std::move(value->as_object());
  }
  std::vector<FieldError> errors = CheckBody(SchemaNamed(call.route->body), call.body);
  if (!errors.empty()) co_return tl::unexpected<Problem>(Problem{400, "The body does not fit.", std::move(errors)});
  co_return Checked();
}

Task<RestAnswer> RestApi::Execute(std::string command, boost::json::object arguments) const {
  Result<boost::json::object> result = co_await ExecuteOnControl(runtime_, commands_, std::move(command), std::move(arguments));
  if (!result) co_return tl::unexpected(ProblemOf(result.error()));
  co_return std::move(*result);
}

Task<RestAnswer> RestApi::Answer(const http::Request& request, http::Reply& reply, RestCall& call) const {
  if (const Checked found = FindRoute(request, reply, call); !found) co_return tl::unexpected(found.error());
  if (const Checked allowed = CheckToken(request, reply, call); !allowed) co_return tl::unexpected(allowed.error());
  if (const Checked read = ReadQuery(request, call); !read) co_return tl::unexpected(read.error());
  if (call.show_secrets && call.token.scope != pool::TokenScope::kAdmin) co_return Refuse(403, "Only tokens of the scope admin are shown secrets.");
  const Checked body = co_await ReadBody(request, call);
  if (!body) co_return tl::unexpected(body.error());
  if (request.HasHeader("If-Match")) call.if_match = request.Header("If-Match");
  RestAnswer answer = co_await call.route->run(call);
  co_return answer;
}

Task<void> RestApi::Handle(const http::Request& request, http::Reply& reply) {
  reply.AddHeader("Cache-Control", "no-store");  // answers hold secrets, and each token sees others
  RestCall call;
  call.execute = [this](std::string command, boost::json::object arguments) {
    return Execute(std::move(command), std::move(arguments));
  };
  RestAnswer answer = co_await Answer(request, reply, call);
  if (!answer) {
    if (answer.error().status >= 500) log_.Warn("a call of /api/v1 failed", {{"call", call.route->name}, {"error", answer.error().detail}});
    ReplyProblem(reply, answer.error());
    co_return;
  }
  const Route& route = *call.route;
  if (!route.order.empty()) TakePage(*answer, route, call.page);
  if (!route.list.empty()) AddNextLink(reply, request.path, call, *answer);
  if (!route.answer.empty()) *answer = ShapeAnswer(SchemaNamed(route.answer), std::move(*answer), call.show_secrets);
  if (Find(*answer, "revision") && route.revisioned) {
    reply.AddHeader("ETag", "\"" + TextOf(*answer, "revision") + "\"");
    if (route.status == 201) reply.AddHeader("Location", std::string(kBase) + std::string(route.path) + "/" + TextOf(*answer, "id"));
    if (route.method == "GET" && ListsRevision(request.Header("If-None-Match"), *answer, true)) {
      reply.status = 304;
      reply.outcome = "ok";
      co_return;
    }
  }
  ReplyAnswer(reply, call, std::move(*answer));
}

}  // namespace plenary::admin
