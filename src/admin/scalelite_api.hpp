// Scalelite's admin API, /scalelite/api/* (spec scalelite 2), over the operator's commands. The caller has checked the host already (1.3). One
// instance for all threads; keeps nothing between requests.
#pragma once

#include <string>

#include "admin/commands.hpp"
#include "bbb/checksum.hpp"
#include "http/message.hpp"
#include "observe/log.hpp"
#include "runtime/runtime.hpp"

namespace plenary::admin {

struct ScaleliteApiOptions {
  bbb::SignPolicy policy;    // the pool's own secrets, with tenancy too
  bool multitenancy = false;
  std::string spool_dir;
};

class ScaleliteApi final : public http::Handler {
 public:
  static constexpr std::string_view kBase = "/scalelite/api";

  ScaleliteApi(runtime::Runtime& runtime, Commands& commands, observe::Log& log, ScaleliteApiOptions options)
      : runtime_(runtime), commands_(commands), log_(log), options_(std::move(options)) {}

  bool HandleNow(const http::Request& request, http::Reply& reply) override { return false; }
  Task<void> Handle(const http::Request& request, http::Reply& reply) override;

 private:
  runtime::Runtime& runtime_;
  Commands& commands_;
  observe::Log& log_;
  ScaleliteApiOptions options_;
};

}  // namespace plenary::admin
