// HMAC over SHA-1 to SHA-512 (RFC 2104), for tokens and MACs; not on the hot path.
#pragma once

#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace plenary {

/// Raw bytes, 20 to 64.
std::string Hmac(DigestAlgorithm algorithm, std::string_view key, std::string_view data);

std::string HexOf(std::string_view bytes);

/// Base64 with '-' and '_' and without padding (RFC 4648 section 5).
std::string Base64UrlOf(std::string_view bytes);
/// False for anything else; `out` holds the bytes.
bool DecodeBase64Url(std::string_view text, std::string& out);
/// Base64 with padding, without line breaks (RFC 4648 section 4).
std::string Base64Of(std::string_view bytes);

/// Time depends on the lengths only.
bool EqualConstantTime(std::string_view a, std::string_view b);

}  // namespace plenary
