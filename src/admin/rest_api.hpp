// Our own API, /api/v1: REST and JSON over the operator's commands, with bearer tokens (docs/api.md). Finds the route, checks token, scope, query and
// body against the route's row, pages and masks the answer. The caller has checked the host already. One instance for all threads; keeps nothing
// between requests.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "admin/commands.hpp"
#include "admin/rest_route.hpp"
#include "base/clock.hpp"
#include "http/message.hpp"
#include "observe/log.hpp"
#include "runtime/runtime.hpp"
#include "state/tenant_table.hpp"

namespace plenary::admin {

class RestApi final : public http::Handler {
 public:
  static constexpr std::string_view kBase = "/api/v1";
  /// The tokens as they are now (StateStore::Tokens); any thread.
  using TokenSource = std::function<std::shared_ptr<const state::TokenTable>()>;

  RestApi(runtime::Runtime& runtime, Commands& commands, TokenSource tokens, const Clock& clock, observe::Log& log, std::string spool_dir)
      : runtime_(runtime), commands_(commands), tokens_(std::move(tokens)), clock_(clock), log_(log), spool_dir_(std::move(spool_dir)) {}

  bool HandleNow(const http::Request& request, http::Reply& reply) override { return false; }
  Task<void> Handle(const http::Request& request, http::Reply& reply) override;

 private:
  using Checked = tl::expected<void, Problem>;

  Checked FindRoute(const http::Request& request, http::Reply& reply, RestCall& call) const;
  Checked CheckToken(const http::Request& request, http::Reply& reply, RestCall& call) const;
  Task<Checked> ReadBody(const http::Request& request, RestCall& call) const;
  Task<RestAnswer> Execute(std::string command, boost::json::object arguments) const;
  Task<RestAnswer> Answer(const http::Request& request, http::Reply& reply, RestCall& call) const;

  runtime::Runtime& runtime_;
  Commands& commands_;
  TokenSource tokens_;
  const Clock& clock_;
  observe::Log& log_;
  std::string spool_dir_;
};

}  // namespace plenary::admin
