#include "callbacks.hpp"

#include <array>
#include <chrono>
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

constexpr std::array<std::chrono::seconds, 5> kWaits{0s, 30s, 60s, 120s, 300s};
constexpr int kMaxRedirects = 5;
constexpr std::chrono::milliseconds kTimeout{10'000};

Task<bool> DeliverOnce(std::string url) {
  for (int redirects = 0; redirects < kMaxRedirects; ++redirects) {
    const Fetched probe = co_await FetchLoopback(url, "Mozilla", kTimeout);
    if (probe.status < 300 || probe.status >= 400 || probe.location.empty()) break;
    url = ResolveUrl(url, probe.location);
  }
  const Fetched reply = co_await FetchLoopback(url, "Mozilla", kTimeout);
  co_return reply.status >= 200 && reply.status < 300;
}

Task<void> DeliverWithRetries(std::string url, double time_scale) {
  const runtime::Executor executor = co_await asio::this_coro::executor;
  Timer timer(executor);
  for (const std::chrono::seconds wait : kWaits) {
    timer.expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(wait * time_scale));
    co_await timer.async_wait(asio::use_awaitable_t<runtime::Executor>());
    const bool delivered = co_await DeliverOnce(url);
    if (delivered) co_return;
  }
}

}  // namespace

void Callbacks::Deliver(std::string url) { asio::co_spawn(context_, DeliverWithRetries(std::move(url), time_scale_), asio::detached); }

std::string EndCallbackUrl(std::string url, const std::string& meeting_id, bool recording_marks) {
  url += url.find('?') == std::string::npos ? "?" : "&";
  url += recording_marks ? "recordingmarks=true&meetingID=" : "recordingmarks=false&meetingID=";
  AppendFormEncoded(url, meeting_id);
  return url;
}

}  // namespace plenary::sim
