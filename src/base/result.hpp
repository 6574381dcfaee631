// Result<T>: how every expected outcome travels. Not for programming errors (they abort) and not for
// start-up failures (those may throw). Header only, no allocation unless `detail` is filled.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace plenary {

enum class ErrorCode {
  kInvalidArgument,  // the caller's input is wrong
  kNotFound,
  kAlreadyExists,
  kConflict,         // the state does not allow it now
  kNoServers,        // no node can take a meeting
  kTagUnavailable,   // … none with the required tag
  kNoVoiceBridge,    // no dial-in number is free for a meeting
  kLimit,            // a limit of the tenant is reached; the detail says which
  kUnreachable,      // nothing reached the other side: it certainly did not act
  kNoReply,          // the request was (perhaps) received, no usable answer came: it may have acted
  kBadReply,         // an answer came that can't be understood
  kTooLarge,
  kIo,               // a file or a store failed
  kCorrupt,          // a file or a store holds what can't be read
  kPermission,
  kCancelled,        // shutting down
};

struct Error {
  ErrorCode code = ErrorCode::kInvalidArgument;
  std::string detail;  // for the log and the terminal; never holds a secret
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> Fail(ErrorCode code, std::string detail = {}) {
  return tl::unexpected<Error>(Error{code, std::move(detail)});
}

}  // namespace plenary
