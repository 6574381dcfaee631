// The API calls of a simulated node, one function each (spec bbb-api 2); the checks that all have in common are in calls.cpp.
#pragma once

#include <string>
#include <string_view>

#include "node.hpp"
#include "query.hpp"
#include "wire.hpp"

namespace plenary::sim {

inline constexpr std::string_view kJsonType = "application/json;charset=UTF-8";
inline constexpr std::string_view kHtmlType = "text/html";

struct CallInput {
  std::string_view name;  // as in the path; "index" for the base path
  const WireRequest& request;
  Params params;  // of the query, then of a form body
  bool checksum_ok = false;
  bool content_type_ok = true;

  std::string_view Get(std::string_view parameter) const { return params.Get(parameter); }
  /// `Accept: application/json`: failures come as JSON.
  bool wants_json() const;
};

/// Reads parameters and verifies the checksum.
CallInput ReadCall(const Node& node, std::string_view name, const WireRequest& request);
/// Carries the call out and answers.
void RunCall(Node& node, const CallInput& input, WireReply& reply);

/// The common envelope of failures, in the format the client asked for.
void AnswerFailed(const CallInput& input, WireReply& reply, std::string_view key, std::string_view message);
void AnswerHtml(WireReply& reply, int status, std::string_view title);
/// `inner`: elements, each ending in LF.
void AnswerSuccess(WireReply& reply, std::string_view inner);

void Create(Node& node, const CallInput& input, WireReply& reply);
void Join(Node& node, const CallInput& input, WireReply& reply);
/// join with a bad checksum: an error redirect, too.
void JoinWithBadChecksum(Node& node, const CallInput& input, WireReply& reply);
void InsertDocument(Node& node, const CallInput& input, WireReply& reply);
void SendChatMessage(Node& node, const CallInput& input, WireReply& reply);
void Recordings(Node& node, const CallInput& input, WireReply& reply);
/// Calls that a session token opens, not a checksum: signOut, stuns, enter, getJoinUrl.
void SessionCall(Node& node, const CallInput& input, WireReply& reply);
/// hooks/…; checks the checksum itself.
void HookCall(Node& node, const CallInput& input, WireReply& reply);

/// The documents of an XML body (spec bbb-api 2.3.2), by URL or name. kInvalidArgument when it is no XML.
Result<std::vector<std::string>> ReadDocuments(std::string_view body);
bool IsFormType(std::string_view content_type);

}  // namespace plenary::sim
