// The API checksum, both ways (spec bbb-api 1, scalelite 1.6): hex(HASH(call + query without checksum + secret)).
// Pure, constant-time in the secrets, nothing is remembered between calls.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"

namespace plenary::bbb {

/// Who may sign, and how.
struct SignPolicy {
  std::vector<std::string> secrets;          // tried in order; empty ones are ignored
  std::vector<DigestAlgorithm> algorithms;   // accepted
};

/// Verifies over the raw query. `body_checksum` is the `checksum` field of a form body (already decoded), or empty; the query's wins.
/// More than one `checksum` parameter in query and body together is refused. Missing, wrong, of unknown length, of an algorithm that is not accepted: false.
bool VerifyChecksum(std::string_view call, std::string_view raw_query, std::string_view body_checksum, const SignPolicy& policy);

/// Appends "?" + query + "&checksum=…" for a call to a node. `target` must end with the call's name; `query_begin` is where the
/// encoded query starts in it (just behind '?'), or target.size() when there is none yet.
void AppendChecksum(std::string& target, std::string_view call, std::size_t query_begin, std::string_view secret, DigestAlgorithm algorithm);

/// Which algorithm is used towards nodes (spec scalelite 1.10.1): unset or blank setting → SHA-256; else the strongest of SHA-512, SHA-256, SHA-1 that is listed
/// (SHA-384 when it is the only one).
DigestAlgorithm OutboundAlgorithm(const std::vector<DigestAlgorithm>& listed);

}  // namespace plenary::bbb
