// One event on its way to a front-end that registered a hook with us, as a node's own webhooks would send it (spec bbb-api 6.5). Pure.
#pragma once

#include <string_view>

#include "http/outside_client.hpp"
#include "records/outbox.hpp"

namespace plenary::callbacks {

/// `callback.payload` is the event; `secret` the one that its receiver knows; `domain` our public host. The timestamp is that of the event's
/// arrival, the same in each attempt. Any 2xx and 401 mean that it was delivered.
http::OutsideCall HookCall(const records::Callback& callback, std::string_view secret, std::string_view domain);

}  // namespace plenary::callbacks
