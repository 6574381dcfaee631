#include "callbacks/hook_events.hpp"

#include <boost/json/parse.hpp>

#include "base/encoding.hpp"
#include "bbb/params.hpp"

namespace plenary::callbacks {
namespace {

namespace json = boost::json;

std::string_view View(const json::string& text) { return {text.data(), text.size()}; }

/// The text at a path of members; "" when there is none.
std::string TextAt(const json::value& value, std::string_view pointer) {
  boost::system::error_code error;
  const json::value* const found = value.find_pointer(json::string_view(pointer.data(), pointer.size()), error);
  return found != nullptr && found->is_string() ? std::string(View(found->get_string())) : std::string();
}

std::string FirstOf(const json::value& value, std::initializer_list<std::string_view> pointers) {
  for (const std::string_view pointer : pointers) {
    if (std::string text = TextAt(value, pointer); !text.empty()) return text;
  }
  return {};
}

HookEventInfo ReadMapped(const json::value& event) {
  HookEventInfo info;
  info.id = ToLowerAscii(TextAt(event, "/data/id"));
  info.internal_id = TextAt(event, "/data/attributes/meeting/internal-meeting-id");
  info.external_id = TextAt(event, "/data/attributes/meeting/external-meeting-id");
  info.parent_internal_id = TextAt(event, "/data/attributes/meeting/parent-id");
  info.of_recording = info.id.starts_with("rap-");
  info.tenant_id = TextAt(event, "/data/attributes/recording/metadata/tenant-id");
  info.client_meeting_id = TextAt(event, "/data/attributes/recording/metadata/plenary-meeting-id");
  return info;
}

/// Messages of the recording scripts have `header` and `payload`, those of the meeting `envelope` and `core`.
HookEventInfo ReadRaw(const json::value& event) {
  HookEventInfo info;
  info.id = ToLowerAscii(FirstOf(event, {"/core/header/name", "/envelope/name", "/header/name"}));
  info.internal_id = FirstOf(event, {"/core/body/props/meetingProp/intId", "/core/header/meetingId", "/envelope/routing/meetingId",
                                     "/core/body/meetingId", "/payload/meeting_id"});
  info.external_id = FirstOf(event, {"/core/body/props/meetingProp/extId", "/payload/external_meeting_id"});
  info.parent_internal_id = TextAt(event, "/core/body/props/breakoutProps/parentId");
  info.of_recording = event.is_object() && event.get_object().contains("payload");
  info.tenant_id = TextAt(event, "/payload/metadata/tenant-id");
  info.client_meeting_id = TextAt(event, "/payload/metadata/plenary-meeting-id");
  return info;
}

}  // namespace

Result<std::vector<json::value>> ReadHookPost(std::string_view body) {
  bbb::Params form;
  if (!form.AddForm(body)) return Fail(ErrorCode::kInvalidArgument, "the body is no form");
  const std::string_view text = form.Get("event");
  boost::system::error_code error;
  json::value events = json::parse(json::string_view(text.data(), text.size()), error);
  if (error) return Fail(ErrorCode::kInvalidArgument, "the event is not JSON");
  std::vector<json::value> all;
  if (events.is_array()) {
    for (json::value& event : events.get_array()) all.push_back(std::move(event));
  } else {
    all.push_back(std::move(events));
  }
  return all;
}

HookEventInfo ReadHookEvent(const json::value& event) {
  const bool mapped = event.is_object() && event.get_object().contains("data");
  return mapped ? ReadMapped(event) : ReadRaw(event);
}

void ReplaceText(json::value& event, std::string_view from, std::string_view to) {
  if (event.is_string()) {
    if (View(event.get_string()) == from) event = json::string(to.data(), to.size());
  } else if (event.is_array()) {
    for (json::value& element : event.get_array()) ReplaceText(element, from, to);
  } else if (event.is_object()) {
    for (auto& member : event.get_object()) ReplaceText(member.value(), from, to);
  }
}

}  // namespace plenary::callbacks
