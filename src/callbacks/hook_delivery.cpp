#include "callbacks/hook_delivery.hpp"

#include <chrono>
#include <string>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace plenary::callbacks {
namespace {

constexpr std::chrono::seconds kTimeout{5};

}  // namespace

http::OutsideCall HookCall(const records::Callback& callback, std::string_view secret, std::string_view domain) {
  http::OutsideCall call;
  call.method = "POST";
  call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
  call.body = "domain=";
  AppendFormEncoded(call.body, domain);
  call.body += "&event=";
  AppendFormEncoded(call.body, "[" + callback.payload + "]");
  call.body += "&timestamp=" + std::to_string(callback.created_at_ms);
  // SHA-1 is what receivers expect of every version.
  const HexDigest checksum = Digest(DigestAlgorithm::kSha1, {callback.url, call.body, secret});
  call.url = callback.url;
  call.url += callback.url.find('?') == std::string::npos ? "?checksum=" : "&checksum=";
  call.url += checksum.view();
  call.timeout = kTimeout;
  return call;
}

}  // namespace plenary::callbacks
