// The documents of webhook registration (spec bbb-api 2.9), as bbb-webhooks writes them (one line, UTF-8) and as we read them from nodes. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bbb/message_keys.hpp"
#include "bbb/node_reply.hpp"

namespace plenary::bbb {

inline constexpr std::string_view kHookContentType = "text/xml; charset=utf-8";

inline constexpr MessageKey kMissingCallbackUrl{"missingParamCallbackURL", "You must specify a callbackURL in the parameters."};
inline constexpr MessageKey kCreateHookFailed{"createHookError", "An error happened while creating your hook. Check the logs."};
inline constexpr MessageKey kInvalidCallbackUrl{"createHookError", "The callbackURL must be an http or https URL of at most 2048 characters."};
inline constexpr MessageKey kTooManyHooks{"createHookError", "There are too many hooks already. Destroy some first."};
inline constexpr MessageKey kHookExists{"duplicateWarning", "There is already a hook for this callback URL."};
inline constexpr MessageKey kMissingHookId{"missingParamHookID", "You must specify a hookID in the parameters."};
inline constexpr MessageKey kHookNotFound{"destroyMissingHook", "The hook informed was not found."};
inline constexpr MessageKey kDestroyHookFailed{"destroyHookError", "An error happened while removing your hook. Check the logs."};

/// A hook as it is listed. Views of the caller's.
struct ListedHook {
  std::string_view id, callback_url;
  const std::string* meeting_id = nullptr;              // null: global
  const std::vector<std::string>* event_ids = nullptr;  // null: all events
  bool raw = false;
};

void AppendHookCreated(std::string& out, std::string_view id, bool raw);
void AppendHookExists(std::string& out, std::string_view id);
void AppendHooks(std::string& out, std::span<const ListedHook> hooks);
void AppendHookRemoved(std::string& out);
void AppendHookFailed(std::string& out, const MessageKey& error);

/// A hook as a node lists it.
struct NodeHook {
  std::string id, callback_url;
};
struct HookList {
  ReplyStatus status;
  std::vector<NodeHook> hooks;
};
/// Broken documents are read as far as they go.
HookList ParseHooks(std::string_view body);

}  // namespace plenary::bbb
