// The calls of the BBB API and what may be sent with each (spec scalelite 1.1, 1.2, 1.5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plenary::bbb {

enum class Call {
  kVersion, kIsMeetingRunning, kGetMeetingInfo, kGetMeetings, kGetSessions, kCreate, kJoin, kEnd, kInsertDocument, kSendChatMessage,
  kGetRecordings, kHooksCreate, kHooksList, kHooksDestroy,
  kUnsupported,  // every other path or method
};

/// The name that is signed: "create", "getMeetings", …; "" for the version call.
std::string_view CallName(Call call);

/// The path without runs of '/' and without one trailing '/'. Returns `path` itself when there is nothing to change, else `buffer`.
std::string_view NormalizePath(std::string_view path, std::string& buffer);

/// Path (normalised, e.g. "/bigbluebutton/api/create") and method to call. HEAD counts as GET. join is GET only, insertDocument POST only.
Call RouteCall(std::string_view method, std::string_view path);

/// Whether a POST with a body of this Content-Type (parameters after ';' and case ignored) passes the gate of 1.5.
bool ContentTypeAllowed(Call call, std::string_view content_type);

enum class BodyKind { kNone, kForm, kMultipart, kXml, kOther };
BodyKind BodyKindOf(std::string_view content_type);

}  // namespace plenary::bbb
