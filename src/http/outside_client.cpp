#include "http/outside_client.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include "base/encoding.hpp"
#include "http/address_rule.hpp"
#include "http/proxy_choice.hpp"
#include "runtime/callback.hpp"

namespace plenary::http {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMaxHeadBytes = 64 * 1024;
constexpr long kMaxKeptConnections = 64;
constexpr int kPollMs = 60'000;  // at most; curl's own timers and curl_multi_wakeup end it sooner

template <auto function>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    function(pointer);
  }
};
using EasyHandle = std::unique_ptr<CURL, Deleter<curl_easy_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, Deleter<curl_slist_free_all>>;
using UrlHandle = std::unique_ptr<CURLU, Deleter<curl_url_cleanup>>;
using CurlText = std::unique_ptr<char, Deleter<curl_free>>;

CurlText PartOf(const UrlHandle& url, CURLUPart part) {
  char* text = nullptr;
  curl_url_get(url.get(), part, &text, 0);
  return CurlText(text);
}

struct Target {
  bool tls = false;
  std::string host;
};

/// What a URL names; kInvalidArgument when it is no http(s) URL, or holds a user name.
Result<Target> ReadTarget(const std::string& text) {
  const UrlHandle url(curl_url());
  const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER);
  if (code != CURLUE_OK) {
    return Fail(ErrorCode::kInvalidArgument, std::string("no URL that can be called: ") + curl_url_strerror(code));
  }
  const CurlText scheme = PartOf(url, CURLUPART_SCHEME);
  const CurlText host = PartOf(url, CURLUPART_HOST);
  const std::string_view name = scheme ? scheme.get() : "";
  if ((name != "http" && name != "https") || !host) return Fail(ErrorCode::kInvalidArgument, "only http and https URLs can be called");
  return Target{name == "https", host.get()};
}

std::optional<IpAddress> AddressOf(const curl_sockaddr& socket_address) {
  IpAddress address{};
  if (socket_address.family == AF_INET) {
    sockaddr_in ipv4;
    std::memcpy(&ipv4, &socket_address.addr, sizeof ipv4);
    address[10] = address[11] = 0xFF;
    std::memcpy(address.data() + 12, &ipv4.sin_addr, 4);
    return address;
  }
  if (socket_address.family == AF_INET6) {
    sockaddr_in6 ipv6;
    std::memcpy(&ipv6, &socket_address.addr, sizeof ipv6);
    std::memcpy(address.data(), &ipv6.sin6_addr, address.size());
    return address;
  }
  return std::nullopt;
}

/// One call on its way: some hops, each of them one or two transfers of curl.
struct Transfer {
  OutsideCall call;
  std::function<void(Result<OutsideReply>)> done;
  const AddressRule* rule = nullptr;
  SteadyClock::time_point deadline;

  // of the hop
  std::string proxy;
  /// Resolves the name and looks at every address without connecting: what is done before a proxy is asked to connect.
  bool looking_only = false;
  HeaderList headers;
  std::string refusal;      // of the first address that is not allowed
  bool any_allowed = false;
  std::size_t head_bytes = 0;
  OutsideReply reply;
  bool cut = false;         // the reply's body goes on beyond what is wanted
  std::array<char, CURL_ERROR_SIZE> error{};
  EasyHandle easy;          // refers to the rest
};

curl_socket_t OpenSocket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(user);
  const bool to_proxy = !transfer.proxy.empty() && !transfer.looking_only;  // chosen by the operator; the target was looked at before
  if (!to_proxy) {
    const std::optional<IpAddress> ip = AddressOf(*address);
    if (!ip) return CURL_SOCKET_BAD;
    if (!transfer.rule->Allows(*ip)) {
      if (transfer.refusal.empty()) transfer.refusal = AddressRule::Refusal(*ip);
      return CURL_SOCKET_BAD;
    }
    transfer.any_allowed = true;
    if (transfer.looking_only) return CURL_SOCKET_BAD;  // on to the next address
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t TakeBody(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t wanted = std::min(size * count, transfer.call.max_reply_bytes - transfer.reply.body.size());
  transfer.reply.body.append(data, wanted);
  transfer.cut = wanted < size * count;
  return wanted;  // less than what came ends the transfer
}

std::size_t TakeHead(char*, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.head_bytes += size * count;
  return transfer.head_bytes > kMaxHeadBytes ? 0 : size * count;
}

Error WhatWentWrong(const Transfer& transfer, CURLcode code) {
  std::string detail = transfer.error[0] != '\0' ? transfer.error.data() : curl_easy_strerror(code);
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT: return {ErrorCode::kInvalidArgument, std::move(detail)};
    case CURLE_COULDNT_CONNECT:
      if (!transfer.refusal.empty() && !transfer.any_allowed) return {ErrorCode::kPermission, transfer.refusal};
      return {ErrorCode::kUnreachable, std::move(detail)};
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_PROXY: return {ErrorCode::kUnreachable, std::move(detail)};
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t before_sending_us = 0;
      curl_easy_getinfo(transfer.easy.get(), CURLINFO_PRETRANSFER_TIME_T, &before_sending_us);
      return {before_sending_us > 0 ? ErrorCode::kNoReply : ErrorCode::kUnreachable, std::move(detail)};
    }
    case CURLE_WRITE_ERROR: return {ErrorCode::kNoReply, "the head of the reply is too big"};
    default: return {ErrorCode::kNoReply, std::move(detail)};
  }
}

}  // namespace

struct OutsideClient::Impl {
  explicit Impl(IpNetworks allowed) : rule(std::move(allowed)), proxies([](const char* name) { return std::getenv(name); }) {
    curl_global_init(CURL_GLOBAL_DEFAULT);  // counts its callers, and is safe on any thread
    if (const char* const file = std::getenv("SSL_CERT_FILE")) certificates = file;  // curl's program reads it, its library does not
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, kMaxKeptConnections);
    thread = std::thread([this] {
      ::pthread_setname_np(::pthread_self(), "outside");
      Run();
    });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    curl_multi_wakeup(multi);
    thread.join();
    curl_multi_cleanup(multi);
    curl_global_cleanup();
  }

  void Add(std::unique_ptr<Transfer> transfer) {
    {
      const std::lock_guard lock(mutex);
      queue.push_back(std::move(transfer));
    }
    curl_multi_wakeup(multi);
  }

  /// The background thread.
  void Run() {
    while (true) {
      std::vector<std::unique_ptr<Transfer>> fresh;
      bool stop = false;
      {
        const std::lock_guard lock(mutex);
        fresh.swap(queue);
        stop = stopping;
      }
      for (std::unique_ptr<Transfer>& transfer : fresh) BeginHop(std::move(transfer));
      if (stop) break;
      int running = 0;
      curl_multi_perform(multi, &running);
      int left = 0;
      bool more = false;
      while (const CURLMsg* const message = curl_multi_info_read(multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result;
        Finished(TakeActive(message->easy_handle), code);
        more = true;
      }
      if (!more) curl_multi_poll(multi, nullptr, 0, kPollMs, nullptr);
    }
    while (!active.empty()) TakeActive(active.begin()->first)->done(Fail(ErrorCode::kCancelled, "shutting down"));
  }

  std::unique_ptr<Transfer> TakeActive(CURL* easy) {
    curl_multi_remove_handle(multi, easy);
    return std::move(active.extract(easy).mapped());
  }

  /// A call, or the target of a redirect.
  void BeginHop(std::unique_ptr<Transfer> transfer) {
    const Result<Target> target = ReadTarget(transfer->call.url);
    if (!target) return transfer->done(tl::unexpected(target.error()));
    transfer->proxy = proxies.For(target->tls, target->host);
    transfer->looking_only = !transfer->proxy.empty();
    Begin(std::move(transfer));
  }

  void Begin(std::unique_ptr<Transfer> transfer) {
    if (transfer->deadline <= SteadyClock::now()) return transfer->done(Fail(ErrorCode::kNoReply, "no reply in time"));
    Prepare(*transfer);
    CURL* const easy = transfer->easy.get();
    active.emplace(easy, std::move(transfer));
    curl_multi_add_handle(multi, easy);
  }

  void Prepare(Transfer& transfer) const {
    const OutsideCall& call = transfer.call;
    transfer.easy.reset(curl_easy_init());
    transfer.error[0] = '\0';
    transfer.refusal.clear();
    transfer.any_allowed = false;
    transfer.head_bytes = 0;
    transfer.reply = {};
    transfer.cut = false;
    CURL* const easy = transfer.easy.get();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::max<SteadyClock::duration>(
        transfer.deadline - SteadyClock::now(), std::chrono::milliseconds(1)));  // 0 would be no limit at all
    curl_easy_setopt(easy, CURLOPT_URL, call.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    // Kept-alive connections may be used again: each was opened by one of these calls, under the same rule.
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, OpenSocket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, transfer.looking_only ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, transfer.looking_only ? "" : transfer.proxy.c_str());  // "" = none, whatever the environment says
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, TakeBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, TakeHead);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.error.data());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(call.connect_timeout, left).count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a name server that doesn't answer must not hold up the other calls
    if (!certificates.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, certificates.c_str());
    curl_slist* fields = curl_slist_append(nullptr, "Expect:");  // no second's wait before a big body
    for (const auto& [name, value] : call.headers) fields = curl_slist_append(fields, (name + ": " + value).c_str());
    transfer.headers.reset(fields);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
    if (call.method == "POST") {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body.data());
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    }
  }

  void Finished(std::unique_ptr<Transfer> transfer, CURLcode code) {
    if (transfer->looking_only) {
      if (!transfer->refusal.empty()) return transfer->done(Fail(ErrorCode::kPermission, transfer->refusal));
      if (!transfer->any_allowed) return transfer->done(tl::unexpected(WhatWentWrong(*transfer, code)));
      transfer->looking_only = false;
      return Begin(std::move(transfer));
    }
    if (code != CURLE_OK && !transfer->cut) return transfer->done(tl::unexpected(WhatWentWrong(*transfer, code)));
    long status = 0;
    const char* next = nullptr;
    curl_easy_getinfo(transfer->easy.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy.get(), CURLINFO_REDIRECT_URL, &next);
    if (next != nullptr && transfer->call.method == "GET" && transfer->call.max_redirects > 0) {
      // Followed here and not by curl, so that each target goes through the same checks.
      --transfer->call.max_redirects;
      transfer->call.url = next;
      std::erase_if(transfer->call.headers, [](const auto& field) { return EqualsIgnoreCase(field.first, "Authorization"); });
      return BeginHop(std::move(transfer));
    }
    transfer->reply.status = static_cast<int>(status);
    transfer->done(std::move(transfer->reply));
  }

  const AddressRule rule;
  const ProxyChoice proxies;
  std::string certificates;  // PEM; "" = the system's
  CURLM* multi = nullptr;
  std::mutex mutex;
  std::vector<std::unique_ptr<Transfer>> queue;
  bool stopping = false;
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> active;  // the background thread's
  std::thread thread;
};

OutsideClient::OutsideClient(IpNetworks allowed) : impl_(std::make_unique<Impl>(std::move(allowed))) {}

OutsideClient::~OutsideClient() = default;

void OutsideClient::Call(OutsideCall call, std::function<void(Result<OutsideReply>)> done) {
  auto transfer = std::make_unique<Transfer>();
  transfer->deadline = SteadyClock::now() + call.timeout;
  transfer->call = std::move(call);
  transfer->done = std::move(done);
  transfer->rule = &impl_->rule;
  impl_->Add(std::move(transfer));
}

Task<Result<OutsideReply>> OutsideClient::AwaitCall(OutsideCall call) {
  auto start = [this, &call](std::function<void(Result<OutsideReply>)> done) { Call(std::move(call), std::move(done)); };
  Result<OutsideReply> reply = co_await runtime::AwaitCallback<Result<OutsideReply>>(std::move(start));
  co_return reply;
}

std::string OutsideClient::WhyRefused(const std::string& url) const {
  const Result<Target> target = ReadTarget(url);
  if (!target) return target.error().detail;
  Transfer look;
  look.call.url = url;
  look.rule = &impl_->rule;
  look.deadline = SteadyClock::now() + look.call.timeout;
  look.proxy = impl_->proxies.For(target->tls, target->host);
  look.looking_only = true;
  impl_->Prepare(look);
  curl_easy_perform(look.easy.get());
  // Without a proxy a call goes to the first address that is allowed; a proxy may take any.
  const bool refused = !look.refusal.empty() && (!look.any_allowed || !look.proxy.empty());
  return refused ? look.refusal : std::string();
}

}  // namespace plenary::http
