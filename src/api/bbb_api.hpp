// The BBB API under /bigbluebutton/api, and /health_check: routes, verifies, decodes, and hands over to the call's own file. One instance for
// all threads; keeps nothing between requests.
#pragma once

#include "api/services.hpp"

namespace plenary::api {

class BbbApi final : public http::Handler {
 public:
  BbbApi(const Services& services, observe::AccessLog& access_log) : services_(services), access_log_(access_log) {}

  bool HandleNow(const http::Request& request, http::Reply& reply) override;
  Task<void> Handle(const http::Request& request, http::Reply& reply) override;
  void Finished(const http::Request& request, const http::Reply& reply, std::uint64_t elapsed_us) override;

 private:
  Services services_;
  observe::AccessLog& access_log_;
};

}  // namespace plenary::api
