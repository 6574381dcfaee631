#include "bbb/hook_documents.hpp"

#include <cstddef>

#include "base/encoding.hpp"
#include "bbb/reply_writer.hpp"
#include "bbb/status_reader.hpp"
#include "bbb/xml_chars.hpp"
#include "bbb/xml_scanner.hpp"

namespace plenary::bbb {

using Token = XmlScanner::Token;

namespace {

constexpr std::string_view kSuccess = "<response><returncode>SUCCESS</returncode>";
constexpr std::size_t kHookDepth = 3;  // response, hooks, hook

void AppendLeaf(std::string& out, std::string_view name, std::string_view text) {
  out.append("<").append(name).append(">");
  AppendXmlTextUtf8(out, text);
  out.append("</").append(name).append(">");
}

bool FitsCData(std::string_view text) {
  if (text.find("]]>") != std::string_view::npos) return false;
  while (!text.empty()) {
    const auto code_point = TakeCodePoint(text);
    if (!code_point || !IsXmlCharacter(*code_point) || *code_point == '\r') return false;
  }
  return true;
}

/// In CDATA, as bbb-webhooks writes it; escaped, which means the same to a parser, where CDATA can't hold the text.
void AppendCDataLeaf(std::string& out, std::string_view name, std::string_view text) {
  if (!FitsCData(text)) return AppendLeaf(out, name, text);
  out.append("<").append(name).append("><![CDATA[").append(text).append("]]></").append(name).append(">");
}

void AppendKind(std::string& out, bool raw) {
  out += "<permanentHook>false</permanentHook>";
  AppendLeaf(out, "rawData", raw ? "true" : "false");
}

void AppendMessage(std::string& out, const MessageKey& message) {
  AppendLeaf(out, "messageKey", message.key);
  AppendLeaf(out, "message", message.message);
  out += "</response>";
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) joined += ',';
    joined += texts[i];
  }
  return joined;
}

}  // namespace

void AppendHookCreated(std::string& out, std::string_view id, bool raw) {
  out += kSuccess;
  AppendLeaf(out, "hookID", id);
  AppendKind(out, raw);
  out += "</response>";
}

void AppendHookExists(std::string& out, std::string_view id) {
  out += kSuccess;
  AppendLeaf(out, "hookID", id);
  AppendMessage(out, kHookExists);
}

void AppendHooks(std::string& out, std::span<const ListedHook> hooks) {
  out += kSuccess;
  out += "<hooks>";
  for (const ListedHook& hook : hooks) {
    out += "<hook>";
    AppendLeaf(out, "hookID", hook.id);
    AppendCDataLeaf(out, "callbackURL", hook.callback_url);
    if (hook.meeting_id != nullptr) AppendCDataLeaf(out, "meetingID", *hook.meeting_id);
    if (hook.event_ids != nullptr) AppendLeaf(out, "eventID", Joined(*hook.event_ids));
    AppendKind(out, hook.raw);
    out += "</hook>";
  }
  out += "</hooks></response>";
}

void AppendHookRemoved(std::string& out) {
  out += kSuccess;
  out += "<removed>true</removed></response>";
}

void AppendHookFailed(std::string& out, const MessageKey& error) {
  out += "<response><returncode>FAILED</returncode>";
  AppendMessage(out, error);
}

HookList ParseHooks(std::string_view body) {
  XmlScanner scanner(StripLeading(body));
  HookList list;
  StatusReader status;
  std::string* target = nullptr;
  for (Token token = scanner.Next(); token != Token::kFinished && token != Token::kBroken; token = scanner.Next()) {
    status.Take(scanner, token);
    const auto open = scanner.open_elements();
    if (token == Token::kText) {
      if (target != nullptr) scanner.AppendText(*target);
      continue;
    }
    target = nullptr;
    if (token != Token::kStart || open.size() < kHookDepth || open[1] != "hooks" || open[2] != "hook") continue;
    if (open.size() == kHookDepth) list.hooks.emplace_back();
    if (open.size() != kHookDepth + 1) continue;
    if (scanner.name() == "hookID") target = &list.hooks.back().id;
    if (scanner.name() == "callbackURL") target = &list.hooks.back().callback_url;
  }
  list.status = status.Finish();
  return list;
}

}  // namespace plenary::bbb
