// What a node gets of a create (spec scalelite 1.11.5 steps 5 to 12): the client's parameters with what the claim, the tenant and the operator
// say, and the callback URLs replaced by our own.
#pragma once

#include <string>

#include "api/services.hpp"

namespace plenary::api {

/// BBB reads the names of metadata in any case: of those that concern us only the one spelling goes on, and what only we may say is taken out.
/// Before anything else looks at the request.
void NormalizeMetadata(bool has_tenant, bbb::Params& params);

/// Takes the callback URLs out of the request, keeps them, and puts ours in their place where nodes shall call us. Durable when it returns;
/// an error means that the create must not go on. Once per create, before any node is asked.
Task<Status> TakeCallbackUrls(const Services& services, CallInput& input, const state::ClaimResult& claim);

/// Encoded parameters for the claim's node. For each node anew: tag, learning record store and passwords depend on the claim.
Task<std::string> CreateQuery(const Services& services, CallInput& input, const state::ClaimResult& claim);

}  // namespace plenary::api
