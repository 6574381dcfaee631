#include "app/router.hpp"

#include <string>

#include "bbb/calls.hpp"
#include "callbacks/hook_url.hpp"
#include "callbacks/receiver.hpp"
#include "http/client_side.hpp"

namespace plenary::app {

namespace {

constexpr std::string_view kTenantMark = "/t/";

bool IsHealthCheck(std::string_view path) {
  return path.empty() || path == "/" || path == "/health_check" || (path.starts_with("/health_check.") && path.find('/', 1) == std::string_view::npos);
}

/// "/t/<tenant>/x" → "/x"; whether that tenant exists is the room's business.
std::string_view WithoutTenant(std::string_view path) {
  if (!path.starts_with(kTenantMark)) return path;
  const std::size_t end = path.find('/', kTenantMark.size());
  return end == std::string_view::npos ? path : path.substr(end);
}

bool IsBelow(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

/// For the log: a name of a closed set, never what the client wrote.
std::string_view CallOf(std::string_view method, std::string_view path) {
  const std::string_view rest = WithoutTenant(path);
  if (callbacks::Receiver::Takes(rest)) return "callback";
  if (path.starts_with(callbacks::kHookPath)) return "hook-event";
  if (IsBelow(path, "/scalelite/api")) return "scalelite-api";
  if (IsBelow(path, "/api/v1")) return "api-v1";
  if (rest == "/fsapi") return "fsapi";
  const bbb::Call call = bbb::RouteCall(method, rest);
  return call == bbb::Call::kUnsupported ? "-" : call == bbb::Call::kVersion ? "version" : bbb::CallName(call);
}

}  // namespace

http::Handler& Router::RoomOf(std::string_view path) const {
  if (IsBelow(path, "/scalelite/api")) return rooms_.scalelite_admin;
  if (IsBelow(path, "/api/v1")) return rooms_.rest;
  const std::string_view rest = WithoutTenant(path);
  if (rest == "/fsapi") return rooms_.dial_in;
  if (path.starts_with(callbacks::kHookPath)) return rooms_.hooks;
  return callbacks::Receiver::Takes(rest) ? rooms_.callbacks : rooms_.bbb;
}

bool Router::HandleNow(const http::Request& request, http::Reply& reply) {
  thread_local std::string path_buffer;
  const std::string_view path = bbb::NormalizePath(request.path, path_buffer);
  if (IsHealthCheck(path)) {
    reply.SetContentType("text/plain; charset=utf-8");
    reply.outcome = "ok";
    reply.body = "success";
    return true;
  }
  if (!guard_.Allows(request)) {
    reply.status = 403;  // as Scalelite: an empty page
    reply.SetContentType("text/html; charset=utf-8");
    reply.outcome = "host-refused";
    return true;
  }
  return RoomOf(path).HandleNow(request, reply);
}

Task<void> Router::Handle(const http::Request& request, http::Reply& reply) {
  std::string path_buffer;
  return RoomOf(bbb::NormalizePath(request.path, path_buffer)).Handle(request, reply);
}

void Router::Finished(const http::Request& request, const http::Reply& reply, std::uint64_t elapsed_us) {
  if (!access_log_.enabled()) return;
  thread_local std::string path_buffer;
  observe::AccessEntry entry;
  entry.wall_ms = ToMs(clock_.Now());
  entry.request_id = request.id;
  entry.method = request.method;
  entry.call = CallOf(request.method, bbb::NormalizePath(request.path, path_buffer));
  entry.outcome = reply.outcome;
  entry.server_id = reply.upstream.empty() ? std::string_view("-") : std::string_view(reply.upstream);
  const bool proxied = request.HasHeader("X-Forwarded-For");
  entry.peer = proxied ? http::ClientSideOf(request, trusted_proxies_).address : request.peer;
  entry.status = reply.status;
  entry.bytes = reply.body.size();
  entry.elapsed_us = elapsed_us;
  access_log_.Write(entry);
}

}  // namespace plenary::app
