// hooks/create, list, destroy, ping: the API of bbb-webhooks, a program of its own on the node (spec bbb-api 2.9).
#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "calls.hpp"

namespace plenary::sim {
namespace {

constexpr std::string_view kHookType = "text/xml; charset=utf-8";

void AnswerHook(WireReply& reply, std::string_view code, std::string_view inner) {
  reply.content_type = kHookType;
  reply.body = fmt::format("<response><returncode>{}</returncode>{}</response>", code, inner);
}

void HookFailed(WireReply& reply, std::string_view key, std::string_view message) {
  AnswerHook(reply, "FAILED", fmt::format("<messageKey>{}</messageKey><message>{}</message>", key, message));
}

std::vector<std::string> SplitEvents(std::string_view csv) {
  std::vector<std::string> events;
  for (bool more = true; more;) {
    const std::size_t comma = csv.find(',');
    events.push_back(ToLowerAscii(csv.substr(0, comma)));
    more = comma != std::string_view::npos;
    if (more) csv.remove_prefix(comma + 1);
  }
  return events;
}

void CreateHook(Node& node, const CallInput& input, WireReply& reply) {
  Webhooks& hooks = node.hooks();
  if (!input.params.Has("callbackURL")) {
    return HookFailed(reply, "missingParamCallbackURL", "You must specify a callbackURL in the parameters.");
  }
  if (const Hook* const existing = hooks.FindByUrl(input.Get("callbackURL"))) {
    return AnswerHook(reply, "SUCCESS",
                      fmt::format("<hookID>{}</hookID><messageKey>duplicateWarning</messageKey>"
                                  "<message>There is already a hook for this callback URL.</message>",
                                  existing->id));
  }
  Hook hook;
  hook.id = node.features().old_webhooks ? std::to_string(hooks.NextNumber()) : node.world().random.Uuid();
  hook.callback_url = input.Get("callbackURL");
  if (input.params.Has("meetingID")) hook.meeting_id = input.Get("meetingID");
  if (input.params.Has("eventID") && node.features().hook_events) hook.event_ids = SplitEvents(input.Get("eventID"));
  hook.raw = EqualsIgnoreCase(input.Get("getRaw"), "true");
  const Hook& added = hooks.Add(std::move(hook));
  AnswerHook(reply, "SUCCESS", fmt::format("<hookID>{}</hookID><permanentHook>false</permanentHook><rawData>{}</rawData>", added.id, added.raw));
}

void ListHooks(Node& node, const CallInput& input, WireReply& reply) {
  std::string inner = "<hooks>";
  for (const Hook& hook : node.hooks().all()) {
    // Of a meeting: all that hear of it, the global ones as well.
    if (input.params.Has("meetingID") && hook.meeting_id && *hook.meeting_id != input.Get("meetingID")) continue;
    inner += fmt::format("<hook><hookID>{}</hookID><callbackURL><![CDATA[{}]]></callbackURL>", hook.id, hook.callback_url);
    if (hook.meeting_id) inner += fmt::format("<meetingID><![CDATA[{}]]></meetingID>", *hook.meeting_id);
    if (hook.event_ids) inner += fmt::format("<eventID>{}</eventID>", fmt::join(*hook.event_ids, ","));
    inner += fmt::format("<permanentHook>false</permanentHook><rawData>{}</rawData></hook>", hook.raw);
  }
  AnswerHook(reply, "SUCCESS", inner + "</hooks>");
}

void DestroyHook(Node& node, const CallInput& input, WireReply& reply) {
  if (!input.params.Has("hookID")) return HookFailed(reply, "missingParamHookID", "You must specify a hookID in the parameters.");
  if (!node.hooks().Remove(input.Get("hookID"))) return HookFailed(reply, "destroyMissingHook", "The hook informed was not found.");
  AnswerHook(reply, "SUCCESS", "<removed>true</removed>");
}

}  // namespace

void HookCall(Node& node, const CallInput& input, WireReply& reply) {
  if (!node.hooks().installed()) return AnswerHtml(reply, 404, "Not Found");
  if (input.name == "hooks/ping") {
    reply.content_type = kHtmlType;
    reply.body = "bbb-webhooks API up!";
    return;
  }
  const std::size_t length = input.Get("checksum").size();
  const bool old = node.features().old_webhooks;
  if (!old && !DigestOfHexLength(length)) return AnswerHtml(reply, 500, "Internal Server Error");
  if (!input.checksum_ok || (old && length != DigestHexLength(DigestAlgorithm::kSha1))) {
    return HookFailed(reply, "checksumError", "You did not pass the checksum security check.");
  }
  if (input.name == "hooks/create") return CreateHook(node, input, reply);
  if (input.name == "hooks/list") return ListHooks(node, input, reply);
  DestroyHook(node, input, reply);
}

}  // namespace plenary::sim
