// The BBB API under /bigbluebutton/api and /t/<tenant>/bigbluebutton/api: finds the tenant and the call, verifies, decodes, and hands over to the
// call's own file. One instance for all threads; keeps nothing between requests.
#pragma once

#include "api/services.hpp"

namespace plenary::api {

class BbbApi final : public http::Handler {
 public:
  explicit BbbApi(const Services& services) : services_(services) {}

  bool HandleNow(const http::Request& request, http::Reply& reply) override;
  Task<void> Handle(const http::Request& request, http::Reply& reply) override;

 private:
  Services services_;
};

}  // namespace plenary::api
