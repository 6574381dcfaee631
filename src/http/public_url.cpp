#include "http/public_url.hpp"

#include <algorithm>
#include <utility>

namespace plenary::http {
namespace {

constexpr std::string_view kHostCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:[]";
constexpr std::size_t kMaxHostBytes = 253 + 6;  // a DNS name and a port

/// It ends up in links and in what nodes are told.
bool IsHost(std::string_view host) {
  return !host.empty() && host.size() <= kMaxHostBytes && host.find_first_not_of(kHostCharacters) == std::string_view::npos;
}

std::string WithoutTrailingSlashes(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

PublicUrl::PublicUrl(std::string given) : url_(WithoutTrailingSlashes(std::move(given))), known_(!url_.empty()), settled_(!url_.empty()) {}

bool PublicUrl::GuessFrom(bool secure, std::string_view host) {
  if (!IsHost(host)) return false;
  Guess((secure ? "https://" : "http://") + std::string(host));
  return true;
}

void PublicUrl::Guess(std::string url) {
  const std::lock_guard lock(mutex_);
  if (url.empty() || known_.load(std::memory_order_relaxed)) return;
  url_ = WithoutTrailingSlashes(std::move(url));
  known_.store(true, std::memory_order_relaxed);
}

std::string PublicUrl::Get() const {
  const std::lock_guard lock(mutex_);
  return url_;
}

bool PublicUrl::Learn(bool secure, std::string_view host) {
  if (settled_.load(std::memory_order_relaxed)) return false;
  if (!IsHost(host)) return false;
  const std::lock_guard lock(mutex_);
  if (settled_.load(std::memory_order_relaxed)) return false;
  url_ = (secure ? "https://" : "http://") + std::string(host);
  known_.store(true, std::memory_order_relaxed);
  settled_.store(true, std::memory_order_relaxed);
  return true;
}

}  // namespace plenary::http
