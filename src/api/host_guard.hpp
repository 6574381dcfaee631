// Which hosts are served (URL_HOST, spec scalelite 1.3): a guard against DNS rebinding. Pure.
#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"

namespace plenary::api {

/// True when `url_host` is empty, or the Host header and the last element of X-Forwarded-Host (when present) both name it, with or without
/// a port, in any case.
bool HostAllowed(const http::Request& request, std::string_view url_host);

}  // namespace plenary::api
