#include "callbacks.hpp"

#include <array>
#include <chrono>
#include <span>
#include <string_view>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/encoding.hpp"
#include "wire.hpp"

namespace plenary::sim {
namespace {

namespace asio = boost::asio;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, runtime::Executor>;
using namespace std::chrono_literals;

using Waits = std::span<const std::chrono::milliseconds>;

// Before each attempt.
constexpr std::array<std::chrono::milliseconds, 5> kEndWaits{0s, 30s, 60s, 120s, 300s};
constexpr std::array<std::chrono::milliseconds, 13> kHookWaits{0ms, 100ms, 500ms, 1s, 2s, 4s, 8s, 10s, 30s, 60s, 60s, 60s, 60s};
constexpr std::array<std::chrono::milliseconds, 4> kAnalyticsWaits{0s, 30s, 60s, 120s};
constexpr std::array<std::chrono::milliseconds, 1> kRecordingReadyWaits{0s};  // the script that sends it runs once per format
constexpr int kMaxRedirects = 5;
constexpr std::chrono::milliseconds kTimeout{10'000};
constexpr std::chrono::milliseconds kHookTimeout{5'000};

Waits WaitsOf(PostKind kind) {
  switch (kind) {
    case PostKind::kHook: return kHookWaits;
    case PostKind::kAnalytics: return kAnalyticsWaits;
    case PostKind::kRecordingReady: break;
  }
  return kRecordingReadyWaits;
}

bool IsSuccess(int status) { return status >= 200 && status < 300; }

Task<void> Wait(std::chrono::milliseconds wait, double time_scale) {
  const runtime::Executor executor = co_await asio::this_coro::executor;
  Timer timer(executor);
  timer.expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(wait * time_scale));
  co_await timer.async_wait(asio::use_awaitable_t<runtime::Executor>());
}

Task<bool> DeliverOnce(Outgoing call) {
  for (int redirects = 0; redirects < kMaxRedirects; ++redirects) {
    const Fetched probe = co_await CallLoopback(call, kTimeout);
    if (probe.status < 300 || probe.status >= 400 || probe.location.empty()) break;
    call.url = ResolveUrl(call.url, probe.location);
  }
  const Fetched reply = co_await CallLoopback(call, kTimeout);
  co_return IsSuccess(reply.status);
}

Task<void> DeliverWithRetries(std::string url, double time_scale) {
  Outgoing call;
  call.url = std::move(url);
  call.user_agent = "Mozilla";
  for (const std::chrono::milliseconds wait : kEndWaits) {
    co_await Wait(wait, time_scale);
    const bool delivered = co_await DeliverOnce(call);
    if (delivered) co_return;
  }
}

Task<void> PostWithRetries(PostKind kind, Outgoing post, std::function<void()> gave_up, double time_scale) {
  const bool is_hook = kind == PostKind::kHook;
  const std::chrono::milliseconds timeout = is_hook ? kHookTimeout : kTimeout;
  for (const std::chrono::milliseconds wait : WaitsOf(kind)) {
    co_await Wait(wait, time_scale);
    const Fetched reply = co_await CallLoopback(post, timeout);
    if (IsSuccess(reply.status) || (is_hook && reply.status == 401)) co_return;
  }
  if (gave_up) gave_up();
}

}  // namespace

void Callbacks::Deliver(std::string url) { asio::co_spawn(context_, DeliverWithRetries(std::move(url), time_scale_), asio::detached); }

void Callbacks::Post(PostKind kind, Outgoing post, std::function<void()> gave_up) {
  asio::co_spawn(context_, PostWithRetries(kind, std::move(post), std::move(gave_up), time_scale_), asio::detached);
}

std::string EndCallbackUrl(std::string url, const std::string& meeting_id, bool recording_marks) {
  url += url.find('?') == std::string::npos ? "?" : "&";
  url += recording_marks ? "recordingmarks=true&meetingID=" : "recordingmarks=false&meetingID=";
  AppendFormEncoded(url, meeting_id);
  return url;
}

}  // namespace plenary::sim
