// Writing the head of a reply into a reused buffer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace plenary::http {

/// "Not Found" …; "Unknown" for a number without a name.
std::string_view StatusText(int status);

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string HttpDate(std::int64_t unix_seconds);

/// What a Connection field has to say.
enum class ConnectionField { kNone, kClose, kKeepAlive };

/// Appends status line, fields and the empty line. `date`: as HttpDate.
void AppendReplyHead(std::string& out, const Reply& reply, std::string_view date, std::string_view request_id, ConnectionField connection);

/// True when a reply of this status has no body and no Content-Length.
constexpr bool IsBodyless(int status) { return status == 204 || status == 304 || (status >= 100 && status < 200); }

}  // namespace plenary::http
