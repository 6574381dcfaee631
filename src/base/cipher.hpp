// A password made into a key, and AES with it: how payloads are sealed for nodes (spec scalelite 8.8). Not on the hot path: a derivation of
// 10,000 rounds costs some milliseconds. Any thread. Throws std::runtime_error when OpenSSL can't.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plenary {

/// PBKDF2 with HMAC-SHA256 (RFC 8018): `length` raw bytes.
std::string Pbkdf2Sha256(std::string_view password, std::string_view salt, int iterations, std::size_t length);

/// AES-256 in CBC mode with PKCS#7 padding: raw bytes. `key` has 32 bytes, `iv` 16 (else std::invalid_argument).
std::string EncryptAes256Cbc(std::string_view key, std::string_view iv, std::string_view plain);

}  // namespace plenary
