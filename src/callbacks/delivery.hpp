// How each kind of callback is sent and when it counts as delivered (spec scalelite 1.11.9, 8.7, bbb-api 6). Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "http/outside_client.hpp"
#include "records/outbox.hpp"

namespace plenary::callbacks {

struct Signing {
  std::string_view secret;
  DigestAlgorithm ready_algorithm = DigestAlgorithm::kSha256;  // of the token in recording-ready
  std::string_view domain;                                     // our public host, which hooks are told
  std::int64_t now_ms = 0;                                     // wall clock
};
/// One attempt, signed with one secret.
http::OutsideCall CallFor(const records::Callback& callback, const Signing& signing);

/// Which of the checksum algorithms signs recording-ready (spec scalelite 8.7): SHA-512 when it is listed and SHA-256 is not.
DigestAlgorithm ReadyAlgorithm(const std::vector<DigestAlgorithm>& listed);

/// Whether a status may mean that the receiver knows another of our secrets only: it is to be tried before IsSettledBy is asked.
bool AsksForNextSecret(records::CallbackKind kind, int status);

/// Whether a status means that it need not be sent again. Of the last secret.
bool IsSettledBy(records::CallbackKind kind, int status);

}  // namespace plenary::callbacks
