#include "webhooks.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace plenary::sim {
namespace {

namespace json = boost::json;

/// data.id of a mapped event; "" for a raw one.
std::string EventId(const json::value& event) {
  boost::system::error_code error;
  const json::value* const id = event.find_pointer("/data/id", error);
  return id != nullptr && id->is_string() ? std::string(id->get_string().data(), id->get_string().size()) : std::string();
}

bool Wants(const Hook& hook, const HookEvent& event, const json::value& content) {
  if (content.is_null() || (hook.meeting_id && *hook.meeting_id != event.meeting_id)) return false;
  if (!hook.event_ids) return true;
  const std::string id = ToLowerAscii(EventId(content));
  return std::find(hook.event_ids->begin(), hook.event_ids->end(), id) != hook.event_ids->end();
}

Outgoing SignedPost(const std::string& callback_url, const json::value& event, const HookSender& sender) {
  Outgoing post;
  post.user_agent = "node-fetch";
  post.content_type = "application/x-www-form-urlencoded;charset=UTF-8";
  post.body = "domain=";
  AppendFormEncoded(post.body, sender.domain);
  post.body += "&event=";
  AppendFormEncoded(post.body, fmt::format("[{}]", json::serialize(event)));
  post.body += fmt::format("&timestamp={}", sender.now_ms);
  const HexDigest checksum = Digest(DigestAlgorithm::kSha1, {callback_url, post.body, sender.secret});
  post.url = fmt::format("{}{}checksum={}", callback_url, callback_url.find('?') == std::string::npos ? '?' : '&', checksum.view());
  return post;
}

}  // namespace

const Hook* Webhooks::FindByUrl(std::string_view callback_url) const {
  const auto found = std::find_if(hooks_.begin(), hooks_.end(), [callback_url](const Hook& hook) { return hook.callback_url == callback_url; });
  return found == hooks_.end() ? nullptr : &*found;
}

const Hook& Webhooks::Add(Hook hook) { return hooks_.emplace_back(std::move(hook)); }

bool Webhooks::Remove(std::string_view id) {
  return std::erase_if(hooks_, [id](const Hook& hook) { return hook.id == id; }) > 0;
}

void Webhooks::Send(const HookEvent& event, const HookSender& sender) {
  if (!installed_) return;
  for (const Hook& hook : hooks_) {
    const json::value& content = hook.raw ? event.raw : event.mapped;
    if (!Wants(hook, event, content)) continue;
    callbacks_.Post(PostKind::kHook, SignedPost(hook.callback_url, content, sender), [this, id = hook.id] { Remove(id); });
  }
}

}  // namespace plenary::sim
