#include "admin/scalelite_api.hpp"

#include <optional>
#include <utility>

#include "admin/http_commands.hpp"
#include "admin/scalelite_calls.hpp"
#include "base/encoding.hpp"
#include "bbb/calls.hpp"
#include "bbb/reply_writer.hpp"

namespace plenary::admin {

namespace {

void ReplyFailed(http::Reply& reply, const bbb::MessageKey& error) {
  reply.SetContentType(bbb::kXmlContentType);
  reply.outcome = error.key;
  bbb::AppendFailed(reply.body, error);
}

/// Rails' names of JSON (spec scalelite 1.5).
bool IsJson(std::string_view content_type) {
  const std::string_view type = TrimBlanks(content_type.substr(0, content_type.find(';')));
  for (const std::string_view json : {"application/json", "text/x-json", "application/jsonrequest", "application/problem+json"}) {
    if (EqualsIgnoreCase(type, json)) return true;
  }
  return false;
}

/// The call's name in "/scalelite/api/NAME", "" for any other path.
std::string_view NameIn(std::string_view path) {
  if (!path.starts_with(ScaleliteApi::kBase)) return {};
  path.remove_prefix(ScaleliteApi::kBase.size());
  return path.starts_with('/') ? path.substr(1) : std::string_view();
}

}  // namespace

Task<void> ScaleliteApi::Handle(const http::Request& request, http::Reply& reply) {
  bbb::Params query;
  if (!query.AddQuery(request.query)) {
    ReplyEmptyPage(reply, 400);
    co_return;
  }
  std::string path_buffer;
  const ScaleliteRoute* route = FindScaleliteRoute(NameIn(bbb::NormalizePath(request.path, path_buffer)), request.method);
  if (route == nullptr) {
    ReplyFailed(reply, bbb::kUnsupportedRequest);
    co_return;
  }
  std::optional<std::string> body;
  if (request.has_body && request.method == "POST") {
    const bool json = IsJson(request.Header("Content-Type"));
    if (!json && request.content_length > 0) {
      ReplyFailed(reply, bbb::kUnsupportedContentType);
      co_return;
    }
    Result<std::string> text = co_await ReadSmallBody(request, options_.spool_dir);
    if (!text) {
      ReplyEmptyPage(reply, text.error().code == ErrorCode::kTooLarge ? 413 : text.error().code == ErrorCode::kIo ? 500 : 400);
      reply.close = true;
      co_return;
    }
    if (!text->empty() && !json) {  // chunked: only now its length is known
      ReplyFailed(reply, bbb::kUnsupportedContentType);
      co_return;
    }
    if (!text->empty()) body = std::move(*text);
  }
  const auto params = ScaleliteParams::Read(query, body ? std::optional<std::string_view>(*body) : std::nullopt, route->wrapper);
  if (!params) {
    ReplyEmptyPage(reply, 400);
    co_return;
  }
  // The body is not covered by the checksum, but may hold it (spec scalelite 1.6 step 2); the query's wins.
  const std::string_view body_checksum = query.Has("checksum") ? std::string_view() : std::string_view(params->body_checksum());
  if (!bbb::VerifyChecksum(route->name, request.query, body_checksum, options_.policy)) {
    ReplyFailed(reply, bbb::kChecksumError);
    co_return;
  }
  reply.AddHeader("Cache-Control", "no-store");  // answers hold secrets
  if (route->wrapper == "tenant" && !options_.multitenancy) {
    boost::json::object refusal;
    refusal["message"] = "Multitenancy is disabled";
    ReplyScaleliteJson(reply, 412, std::move(refusal));
    co_return;
  }
  auto execute = [this](std::string command, boost::json::object arguments) {
    return ExecuteOnControl(runtime_, commands_, std::move(command), std::move(arguments));
  };
  ScaleliteCall call{*params, reply, std::move(execute)};
  co_await route->run(std::move(call));
  if (reply.status == 500) log_.Error("a call of the admin API failed", {{"call", route->name}, {"request", request.id}});
}

}  // namespace plenary::admin
