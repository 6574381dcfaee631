// The dial plan for telephones: FreeSWITCH asks `POST /fsapi` (mod_xml_curl) where a call goes (spec scalelite 3.5). An http::Handler behind
// the guard of the host; one instance for all threads, answers from memory.
//
// Tenants: dial-in numbers are unique in the pool, so a pin names one meeting whoever asks. Who asks at a tenant's host or path finds that
// tenant's meetings only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/ip_networks.hpp"
#include "dialin/documents.hpp"
#include "http/message.hpp"
#include "state/state_store.hpp"
#include "state/tenant_locator.hpp"

namespace plenary::dialin {

struct DialInOptions {
  std::string password;    // of the user "fsapi" (FSAPI_PASSWORD, else the pool's first secret); "" = none is asked for
  std::string realm;       // URL_HOST; "" = "Plenary"
  PinPrompt prompt;
  IpNetworks trusted_proxies;
};

class DialIn final : public http::Handler {
 public:
  /// The references outlive this.
  DialIn(DialInOptions options, const state::StateStore& store, const state::TenantLocator& tenants)
      : options_(std::move(options)), store_(store), tenants_(tenants) {}

  bool HandleNow(const http::Request& request, http::Reply& reply) override;
  Task<void> Handle(const http::Request& request, http::Reply& reply) override;

 private:
  /// Whose meetings are looked for: null = everybody's; nothing when the path names a tenant that there isn't.
  std::optional<state::TenantPtr> TenantOf(const http::Request& request) const;
  bool Authorized(const http::Request& request, const state::TenantPtr& tenant) const;
  state::MeetingPtr FindMeeting(std::string_view pin, const state::TenantPtr& tenant) const;

  const DialInOptions options_;
  const state::StateStore& store_;
  const state::TenantLocator& tenants_;
};

}  // namespace plenary::dialin
