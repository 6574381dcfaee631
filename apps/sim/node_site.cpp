#include "node_site.hpp"

#include <algorithm>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/digest.hpp"
#include "calls.hpp"
#include "xml.hpp"

namespace plenary::sim {
namespace {

namespace asio = boost::asio;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, runtime::Executor>;

constexpr std::chrono::milliseconds kHangCheck{50};

/// The name of the call, "index", "client" for the page a join leads to, "home" for the server's own page, or "" for none of these.
std::string_view CallOf(std::string_view path) {
  constexpr std::string_view kBase = "/bigbluebutton";
  constexpr std::string_view kApi = "/bigbluebutton/api/";
  if (path == "/" || path.empty()) return "home";
  if (path == kBase || path == "/bigbluebutton/" || path == "/bigbluebutton/api" || path == kApi) return "index";
  if (path.starts_with(kApi)) return path.substr(kApi.size());
  if (path.starts_with("/html5client/")) return "client";
  return "";
}

void LogRequest(Node& node, const CallInput& input) {
  const WireRequest& request = input.request;
  LogEntry entry;
  entry.time_ms = ToMs(node.world().clock.Now());
  entry.method = request.method;
  entry.call = input.name;
  entry.query = request.query;
  entry.content_type = request.content_type;
  entry.body_bytes = request.body.size();
  if (!request.body.empty()) entry.body_sha256 = Digest(DigestAlgorithm::kSha256, {request.body}).view();
  entry.checksum_ok = input.checksum_ok;
  node.Log(std::move(entry));
}

void OpenClient(Node& node, const CallInput& input, WireReply& reply) {
  const SessionPlace* const place = node.FindSession(input.Get("sessionToken"));
  Meeting* const meeting = place == nullptr ? nullptr : node.FindByInternalId(place->meeting);
  if (meeting != nullptr) node.Connect(*meeting, std::string(place->user));
  AnswerHtml(reply, 200, meeting == nullptr ? "No session" : "BigBlueButton");
}

void Execute(Node& node, const CallInput& input, WireReply& reply) {
  if (input.request.too_large) return AnswerHtml(reply, 413, "Request Entity Too Large");
  if (input.name == "client") return OpenClient(node, input, reply);
  if (input.name == "home") return AnswerHtml(reply, 200, "BigBlueButton");
  if (input.name.empty()) return AnswerHtml(reply, 404, "Not Found");
  RunCall(node, input, reply);
}

// Turns the answer into what the fault makes of it.
void Distort(const Fault& fault, WireReply& reply) {
  if (fault.mode == FaultMode::kOk || fault.mode == FaultMode::kSlow) return;
  if (fault.mode == FaultMode::kTruncated) {
    reply.delivery = Delivery::kHalf;
    return;
  }
  reply = WireReply{};
  switch (fault.mode) {
    case FaultMode::kDown:
    case FaultMode::kHang:
    case FaultMode::kReset: reply.delivery = Delivery::kReset; break;
    case FaultMode::kHttp500: AnswerHtml(reply, 500, "Internal Server Error"); break;
    case FaultMode::kHtml502: AnswerHtml(reply, 502, "Bad Gateway"); break;
    case FaultMode::kGarbage: reply.body = "\x7f\x45\x4c\x46<<<response>&nosuch;\xff\xfe</returncode"; break;
    case FaultMode::kNoReturnCode: reply.body = "<response>\n<running>true</running>\n</response>"; break;
    case FaultMode::kFailed: reply.body = FailedXml(fault.key, fault.message); break;
    case FaultMode::kFailedNoKey: reply.body = "<response>\n<returncode>FAILED</returncode>\n</response>"; break;
    case FaultMode::kEmpty:
    case FaultMode::kTruncated:
    case FaultMode::kSlow:
    case FaultMode::kOk: break;
  }
}

bool AnswerNode(Node& node, std::string_view path, const WireRequest& request, WireReply& reply) {
  const CallInput input = ReadCall(node, CallOf(path), request);
  const Fault& fault = node.fault();
  const bool faulty = fault.Concerns(input.name);
  if (faulty && (fault.mode == FaultMode::kHang || fault.mode == FaultMode::kSlow)) return false;
  LogRequest(node, input);
  if (!faulty || fault.Executes()) Execute(node, input, reply);
  if (faulty) Distort(fault, reply);
  return true;
}

Task<void> AnswerNodeLate(Node& node, std::string_view path, const WireRequest& request, WireReply& reply, PeerWatch& peer) {
  const CallInput input = ReadCall(node, CallOf(path), request);
  LogRequest(node, input);
  const Fault fault = node.fault();
  const std::uint64_t epoch = node.fault_epoch();
  if (fault.Executes()) Execute(node, input, reply);
  const runtime::Executor executor = co_await asio::this_coro::executor;
  Timer timer(executor);
  const auto due = std::chrono::steady_clock::now() + fault.delay;
  const bool hangs = fault.mode == FaultMode::kHang;
  while (!peer.Gone() && (hangs ? node.fault_epoch() == epoch : std::chrono::steady_clock::now() < due)) {
    timer.expires_after(kHangCheck);
    if (!hangs) timer.expires_at(std::min(due, std::chrono::steady_clock::now() + kHangCheck));
    co_await timer.async_wait(asio::use_awaitable_t<runtime::Executor>());
  }
  Distort(fault, reply);
}

struct NodePath {
  Node* node = nullptr;
  std::string_view rest;
};

NodePath SplitPath(const std::vector<std::unique_ptr<Node>>& nodes, std::string_view path) {
  if (!path.starts_with("/n")) return {};
  const std::size_t slash = std::min(path.find('/', 1), path.size());
  const std::optional<std::int64_t> number = ParseInt(path.substr(2, slash - 2));
  if (!number || *number < 1 || *number > static_cast<std::int64_t>(nodes.size())) return {};
  return {nodes[static_cast<std::size_t>(*number - 1)].get(), path.substr(slash)};
}

}  // namespace

bool NodeSite::AnswerNow(const WireRequest& request, WireReply& reply) { return AnswerNode(node_, request.path, request, reply); }

Task<void> NodeSite::Answer(const WireRequest& request, WireReply& reply, PeerWatch& peer) {
  return AnswerNodeLate(node_, request.path, request, reply, peer);
}

bool PathSite::AnswerNow(const WireRequest& request, WireReply& reply) {
  const NodePath place = SplitPath(nodes_, request.path);
  if (place.node != nullptr) return AnswerNode(*place.node, place.rest, request, reply);
  AnswerHtml(reply, 404, "Not Found");
  return true;
}

Task<void> PathSite::Answer(const WireRequest& request, WireReply& reply, PeerWatch& peer) {
  const NodePath place = SplitPath(nodes_, request.path);
  return AnswerNodeLate(*place.node, place.rest, request, reply, peer);
}

}  // namespace plenary::sim
