#include "bbb/calls.hpp"

#include <array>

#include "base/encoding.hpp"

namespace plenary::bbb {
namespace {

enum class Methods { kGet, kPost, kGetAndPost };

struct CallInfo {
  Call call;
  std::string_view name;
  Methods methods;
};

// Order of the enumeration, so that a Call is an index.
constexpr std::array<CallInfo, 14> kCalls{{
    {Call::kVersion, "", Methods::kGetAndPost},
    {Call::kIsMeetingRunning, "isMeetingRunning", Methods::kGetAndPost},
    {Call::kGetMeetingInfo, "getMeetingInfo", Methods::kGetAndPost},
    {Call::kGetMeetings, "getMeetings", Methods::kGetAndPost},
    {Call::kGetSessions, "getSessions", Methods::kGetAndPost},
    {Call::kCreate, "create", Methods::kGetAndPost},
    {Call::kJoin, "join", Methods::kGet},
    {Call::kEnd, "end", Methods::kGetAndPost},
    {Call::kInsertDocument, "insertDocument", Methods::kPost},
    {Call::kSendChatMessage, "sendChatMessage", Methods::kGet},
    {Call::kGetRecordings, "getRecordings", Methods::kGetAndPost},
    {Call::kHooksCreate, "hooks/create", Methods::kGet},
    {Call::kHooksList, "hooks/list", Methods::kGet},
    {Call::kHooksDestroy, "hooks/destroy", Methods::kGet},
}};
static_assert(kCalls.size() == static_cast<std::size_t>(Call::kUnsupported));

bool MethodFits(std::string_view method, Methods methods) {
  if (method == "GET" || method == "HEAD") return methods != Methods::kPost;
  return method == "POST" && methods != Methods::kGet;
}

std::string_view MediaType(std::string_view content_type) { return TrimBlanks(content_type.substr(0, content_type.find(';'))); }

}  // namespace

std::string_view CallName(Call call) {
  return call == Call::kUnsupported ? std::string_view() : kCalls[static_cast<std::size_t>(call)].name;
}

std::string_view NormalizePath(std::string_view path, std::string& buffer) {
  const bool trailing = path.size() > 1 && path.ends_with('/');
  if (!trailing && path.find("//") == std::string_view::npos) return path;
  buffer.clear();
  for (const char c : path) {
    if (c != '/' || !buffer.ends_with('/')) buffer += c;
  }
  if (buffer.size() > 1 && buffer.ends_with('/')) buffer.pop_back();
  return buffer;
}

Call RouteCall(std::string_view method, std::string_view path) {
  constexpr std::string_view kBase = "/bigbluebutton/api";
  if (!path.starts_with(kBase)) return Call::kUnsupported;
  std::string_view name = path.substr(kBase.size());
  if (!name.empty()) {
    if (name.size() == 1 || name[0] != '/') return Call::kUnsupported;
    name.remove_prefix(1);
  }
  for (const CallInfo& info : kCalls) {
    if (info.name == name) return MethodFits(method, info.methods) ? info.call : Call::kUnsupported;
  }
  return Call::kUnsupported;
}

bool ContentTypeAllowed(Call call, std::string_view content_type) {
  const BodyKind kind = BodyKindOf(content_type);
  const bool form = kind == BodyKind::kForm || kind == BodyKind::kMultipart;
  switch (call) {
    case Call::kCreate: return form || kind == BodyKind::kXml;
    case Call::kInsertDocument: return kind == BodyKind::kXml;
    default: return form;
  }
}

BodyKind BodyKindOf(std::string_view content_type) {
  const std::string_view type = MediaType(content_type);
  if (type.empty()) return BodyKind::kNone;
  if (EqualsIgnoreCase(type, "application/x-www-form-urlencoded")) return BodyKind::kForm;
  if (EqualsIgnoreCase(type, "multipart/form-data")) return BodyKind::kMultipart;
  for (const std::string_view xml : {"application/xml", "text/xml", "application/x-xml"}) {
    if (EqualsIgnoreCase(type, xml)) return BodyKind::kXml;
  }
  return BodyKind::kOther;
}

}  // namespace plenary::bbb
