// JSON Web Tokens (RFC 7519) with a shared secret: what BBB and front-ends prove themselves with in callbacks (spec bbb-api 6.3, 6.4, scalelite
// 8.7). Compact form, HS256 and HS512 only. Pure; any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/digest.hpp"
#include "base/result.hpp"

namespace plenary::callbacks {

inline constexpr std::size_t kMaxJwtBytes = 8 * 1024;

/// `header` and `payload` are JSON and become part of the token as they are; `header` must name `algorithm` (kSha256 or kSha512).
std::string SignJwt(std::string_view header, std::string_view payload, std::string_view secret, DigestAlgorithm algorithm);

/// The claims of a token that one of `secrets` signed (empty ones sign nothing) with one of the `accepted` algorithms. `exp` and `nbf` are
/// honoured when present. kInvalidArgument: no such token; kPermission: not signed by any, or not valid now. Neither detail quotes it.
Result<boost::json::object> VerifyJwt(std::string_view token, const std::vector<std::string>& secrets,
                                      std::initializer_list<DigestAlgorithm> accepted, std::int64_t now_s);

}  // namespace plenary::callbacks
