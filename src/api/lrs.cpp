#include "api/lrs.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/cipher.hpp"
#include "base/hmac.hpp"

namespace plenary::api {

namespace {

namespace json = boost::json;

constexpr int kIterations = 10'000;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kIvBytes = 16;
constexpr std::chrono::seconds kKeycloakPatience{5};
constexpr std::int64_t kLongestMemoryMs = 5 * 60 * 1000;
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
    std::optional<std::string> token = co_await TokenFor(tenant);
    if (!token) co_return std::string();
    payload["lrs_token"] = *token;
  }
  const std::string plain = json::serialize(payload);
  co_return Seal(plain, node_secret, random_);
}

Task<std::optional<std::string>> LrsPayloads::TokenFor(const pool::Tenant& tenant) {
  if (std::optional<std::string> known = Remembered(tenant)) co_return known;
  Result<http::OutsideReply> reply = co_await outside_.AwaitCall(TokenCall(tenant.lrs));
  std::optional<Answer> answer;
  if (reply && reply->status == 200) answer = ReadAnswer(reply->body);
  if (!answer) {
    const std::string reason = !reply                ? reply.error().detail
                               : reply->status != 200 ? "HTTP " + std::to_string(reply->status)
                                                      : "no access_token in the answer";
    log_.Warn("learning records: Keycloak gave no token, the meeting starts without", {{"tenant", tenant.name}, {"reason", reason}});
    co_return std::nullopt;
  }
  Remember(tenant, answer->token, answer->lifetime_ms);
  co_return std::move(answer->token);
}

std::optional<std::string> LrsPayloads::Remembered(const pool::Tenant& tenant) {
  const std::int64_t now_ms = clock_.Steady().time_since_epoch().count();
  const std::lock_guard lock(mutex_);
  const auto found = tokens_.find(tenant.id);
  if (found == tokens_.end() || found->second.until_ms <= now_ms || found->second.source != tenant.lrs) return std::nullopt;
  return found->second.text;
}

void LrsPayloads::Remember(const pool::Tenant& tenant, std::string token, std::int64_t lifetime_ms) {
  if (lifetime_ms <= kExpiryMarginMs) return;
  const std::int64_t now_ms = clock_.Steady().time_since_epoch().count();
  const std::lock_guard lock(mutex_);
  if (tokens_.size() >= kMaxTokens) std::erase_if(tokens_, [now_ms](const auto& entry) { return entry.second.until_ms <= now_ms; });
  if (tokens_.size() >= kMaxTokens && !tokens_.contains(tenant.id)) return;
  tokens_.insert_or_assign(tenant.id, Token{tenant.lrs, std::move(token), now_ms + lifetime_ms - kExpiryMarginMs});
}

}  // namespace plenary::api
