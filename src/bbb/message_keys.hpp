// The error catalogue (spec scalelite 1.9.2): the one table from what went wrong to messageKey and message.
#pragma once

#include <string_view>

namespace plenary::bbb {

struct MessageKey {
  std::string_view key;
  std::string_view message;
};

inline constexpr MessageKey kChecksumError{"checksumError", "You did not pass the checksum security check"};
inline constexpr MessageKey kMissingMeetingId{"missingParamMeetingID", "You must specify a meeting ID for the meeting."};
inline constexpr MessageKey kMeetingNotFound{"notFound", "We could not find a meeting with that meeting ID - perhaps the meeting is not yet running?"};
inline constexpr MessageKey kUnsupportedRequest{"unsupportedRequest", "This request is not supported."};
inline constexpr MessageKey kUnsupportedContentType{"unsupportedContentType", "POST request Content-Type is missing or unsupported"};
inline constexpr MessageKey kServerUnavailable{"serverUnavailable", "The server for this meeting is disabled/offline."};
inline constexpr MessageKey kNoServers{"internalError", "Could not find any available servers."};
inline constexpr MessageKey kCreateFailed{"internalError", "Unable to create meeting on server."};
inline constexpr MessageKey kMeetingAccessFailed{"internalError", "Unable to access meeting on server."};
inline constexpr MessageKey kInsertDocumentFailed{"internalError", "Unable to insert document on server."};
inline constexpr MessageKey kServerAccessFailed{"internalError", "Unable to access server."};
inline constexpr MessageKey kNoReturncode{"internalError", "Response did not include returncode"};
inline constexpr MessageKey kInvalidMeetingId{"validationError", "Invalid meeting ID"};
inline constexpr MessageKey kMeetingIdLength{"validationError", "Meeting ID must be between 2 and 256 characters"};
inline constexpr MessageKey kCallbackUrlLength{"validationError", "A callback URL is longer than 8 KiB."};
inline constexpr MessageKey kBodyTooLarge{"requestTooLarge", "The request body is larger than MAX_BODY_BYTES allows."};
inline constexpr MessageKey kInvalidParameters{"validationError", "The parameters are not valid UTF-8 or are badly percent-encoded."};
inline constexpr MessageKey kStoreFailed{"internalError", "The request could not be stored and was not carried out. Please try again."};
// Limits of a tenant; the keys are BBB's where it has one.
inline constexpr MessageKey kTooManyMeetings{"maxConcurrent", "The number of meetings that may run at the same time has been reached."};
inline constexpr MessageKey kTooManyParticipants{"maxParticipantsReached", "The number of participants allowed at the same time has been reached."};
inline constexpr MessageKey kTooManyCreates{"tooManyRequests", "Too many meetings are being created at once. Please try again in a moment."};
inline constexpr MessageKey kTooManyCalls{"tooManyRequests", "Too many requests at once. Please try again in a moment."};
inline constexpr MessageKey kIdNotUnique{"idNotUnique", "A meeting already exists with that meeting ID. Please use a different meeting ID."};
inline constexpr MessageKey kNoMeetings{"noMeetings", "no meetings were found on this server"};
inline constexpr MessageKey kNoSessions{"noSessions", "no sessions were found on this serverr"};  // the typo is BBB's
inline constexpr MessageKey kNoRecordings{"noRecordings", "There are not recordings for the meetings"};
inline constexpr MessageKey kEndSent{"sentEndMeetingRequest",
    "A request to end the meeting was sent.  Please wait a few seconds, and then use the getMeetingInfo or isMeetingRunning API calls to verify that it was ended."};

}  // namespace plenary::bbb
