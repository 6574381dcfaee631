// Which room answers a request: by its path, behind the guard of the host. Writes the access log. One instance for all threads.
#pragma once

#include <string_view>

#include "base/clock.hpp"
#include "base/ip_networks.hpp"
#include "http/host_guard.hpp"
#include "http/message.hpp"
#include "observe/access_log.hpp"

namespace plenary::app {

struct Rooms {
  http::Handler& bbb;             // /bigbluebutton/api, and everything that nobody else has
  http::Handler& callbacks;       // what nodes send to us in the place of front-ends
  http::Handler& hooks;           // events that nodes post to us
  http::Handler& scalelite_admin; // /scalelite/api
  http::Handler& rest;            // /api/v1
  http::Handler& dial_in;         // /fsapi
};

class Router final : public http::Handler {
 public:
  Router(Rooms rooms, const http::HostGuard& guard, const IpNetworks& trusted_proxies, const Clock& clock, observe::AccessLog& access_log)
      : rooms_(rooms), guard_(guard), trusted_proxies_(trusted_proxies), clock_(clock), access_log_(access_log) {}

  bool HandleNow(const http::Request& request, http::Reply& reply) override;
  Task<void> Handle(const http::Request& request, http::Reply& reply) override;
  void Finished(const http::Request& request, const http::Reply& reply, std::uint64_t elapsed_us) override;

 private:
  http::Handler& RoomOf(std::string_view path) const;

  Rooms rooms_;
  const http::HostGuard& guard_;
  const IpNetworks& trusted_proxies_;
  const Clock& clock_;
  observe::AccessLog& access_log_;
};

}  // namespace plenary::app
