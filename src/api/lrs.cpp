#include "api/lrs.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/cipher.hpp"
#include "base/hmac.hpp"
#include "runtime/blocking.hpp"

namespace plenary::api {

namespace {

namespace json = boost::json;

constexpr int kIterations = 10'000;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kIvBytes = 16;
constexpr std::chrono::seconds kKeycloakPatience{5};
constexpr std::int64_t kLongestMemoryMs = 5 * 60 * 1000;
constexpr std::int64_t kFailureMemoryMs = 30 * 1000;
constexpr std::int64_t kExpiryMarginMs = 10 * 1000;  // the node uses the token after we have sent it

bool Present(std::string_view text) { return !TrimBlanks(text).empty(); }

std::string RandomEight(Random& random) {
  const std::uint64_t value = random.Next();
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  return bytes;
}

/// What a node's bbb-webhooks opens: eight bytes that it skips, the salt, the ciphertext.
std::string Seal(std::string_view plain, std::string_view node_secret, Random& random) {
  const std::string skipped = RandomEight(random);
  const std::string salt = RandomEight(random);
  const std::string derived = Pbkdf2Sha256(node_secret, salt, kIterations, kKeyBytes + kIvBytes);
  const std::string_view key = std::string_view(derived).substr(0, kKeyBytes);
  return Base64Of(skipped + salt + EncryptAes256Cbc(key, std::string_view(derived).substr(kKeyBytes), plain));
}

http::OutsideCall TokenCall(const pool::TenantLrs& lrs) {
  http::OutsideCall call;
  call.method = "POST";
  call.url = lrs.kc_token_url.substr(0, lrs.kc_token_url.find_first_of("?#"));  // Scalelite asks the path alone
  call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  call.timeout = kKeycloakPatience;
  call.connect_timeout = kKeycloakPatience;
  const std::initializer_list<std::pair<std::string_view, std::string_view>> fields{{"client_id", lrs.kc_client_id},
                                                                                   {"client_secret", lrs.kc_client_secret},
                                                                                   {"username", lrs.kc_username},
                                                                                   {"password", lrs.kc_password},
                                                                                   {"grant_type", "password"}};
  for (const auto& [name, value] : fields) {
    if (!call.body.empty()) call.body += '&';
    call.body.append(name).append("=");
    AppendFormEncoded(call.body, value);
  }
  return call;
}

struct Answer {
  std::string token;
  std::int64_t lifetime_ms = 0;
};

/// Nothing for what holds no access_token.
std::optional<Answer> ReadAnswer(std::string_view body) {
  json::error_code failed;
  const json::value document = json::parse(body, failed);
  const json::object* const object = failed ? nullptr : document.if_object();
  const json::value* const token = object ? object->if_contains("access_token") : nullptr;
  if (token == nullptr || !token->is_string() || token->get_string().empty()) return std::nullopt;
  Answer answer{std::string(token->get_string()), 0};
  const json::value* const seconds = object->if_contains("expires_in");
  if (seconds != nullptr && seconds->is_int64()) {
    answer.lifetime_ms = std::clamp<std::int64_t>(seconds->get_int64(), 0, kLongestMemoryMs / 1000) * 1000;
  }
  return answer;
}

}  // namespace

Task<std::string> LrsPayloads::For(const pool::Tenant& tenant, std::string node_secret) {
  const pool::TenantLrs& lrs = tenant.lrs;
  if (!Present(lrs.endpoint)) co_return std::string();
  json::object payload;
  payload["lrs_endpoint"] = lrs.endpoint;
  if (Present(lrs.username)) {
    payload["lrs_username"] = lrs.username;
    payload["lrs_password"] = lrs.password;
  } else {
    const std::string token = co_await TokenFor(tenant);
    if (token.empty()) co_return std::string();
    payload["lrs_token"] = token;
  }
  auto seal = [this, &node_secret, plain = json::serialize(payload)] { return Seal(plain, node_secret, random_); };
  std::string sealed = co_await runtime::Blocking<std::string>(runtime_, std::move(seal));
  co_return sealed;
}

Task<std::string> LrsPayloads::TokenFor(const pool::Tenant& tenant) {
  auto start = [this, &tenant](Waiter done) { Ask(tenant, std::move(done)); };
  std::string token = co_await runtime::AwaitCallback<std::string>(std::move(start));
  co_return token;
}

void LrsPayloads::Ask(const pool::Tenant& tenant, Waiter done) {
  std::unique_lock lock(mutex_);
  if (std::optional<std::string> known = Remembered(tenant)) {
    lock.unlock();
    return done(std::move(*known));
  }
  const auto same = std::find_if(fetches_.begin(), fetches_.end(), [&tenant](const Fetch& fetch) {
    return fetch.tenant_id == tenant.id && fetch.source == tenant.lrs;
  });
  if (same != fetches_.end()) return same->waiters.push_back(std::move(done));
  const auto fetch = fetches_.insert(fetches_.end(), Fetch{tenant.id, tenant.name, tenant.lrs, {std::move(done)}});
  lock.unlock();
  outside_.Call(TokenCall(tenant.lrs), [this, fetch](const Result<http::OutsideReply>& reply) { Finish(fetch, reply); });
}

void LrsPayloads::Finish(std::list<Fetch>::iterator fetch, const Result<http::OutsideReply>& reply) {
  std::optional<Answer> answer;
  if (reply && reply->status == 200) answer = ReadAnswer(reply->body);
  if (!answer) {
    const std::string reason = !reply                ? reply.error().detail
                               : reply->status != 200 ? "HTTP " + std::to_string(reply->status)
                                                      : "no access_token in the answer";
    log_.Warn("learning records: Keycloak gave no token, meetings start without", {{"tenant", fetch->tenant_name}, {"reason", reason}});
  }
  const std::string token = answer ? answer->token : std::string();
  std::vector<Waiter> waiters;
  {
    const std::lock_guard lock(mutex_);
    Remember(*fetch, token, answer ? answer->lifetime_ms - kExpiryMarginMs : kFailureMemoryMs);
    waiters = std::move(fetch->waiters);
    fetches_.erase(fetch);
  }
  for (const Waiter& done : waiters) done(token);
}

std::optional<std::string> LrsPayloads::Remembered(const pool::Tenant& tenant) const {
  const std::int64_t now_ms = clock_.Steady().time_since_epoch().count();
  const auto found = tokens_.find(tenant.id);
  if (found == tokens_.end() || found->second.until_ms <= now_ms || found->second.source != tenant.lrs) return std::nullopt;
  return found->second.text;
}

void LrsPayloads::Remember(const Fetch& fetch, std::string token, std::int64_t lifetime_ms) {
  if (lifetime_ms <= 0) return;
  const std::int64_t now_ms = clock_.Steady().time_since_epoch().count();
  if (tokens_.size() >= kMaxTokens) std::erase_if(tokens_, [now_ms](const auto& entry) { return entry.second.until_ms <= now_ms; });
  if (tokens_.size() >= kMaxTokens && !tokens_.contains(fetch.tenant_id)) return;
  tokens_.insert_or_assign(fetch.tenant_id, Token{fetch.source, std::move(token), now_ms + lifetime_ms});
}

}  // namespace plenary::api
