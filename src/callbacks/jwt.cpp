#include "callbacks/jwt.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <boost/json/parse.hpp>

#include "base/hmac.hpp"

namespace plenary::callbacks {

namespace json = boost::json;

namespace {

std::optional<json::object> ReadPart(std::string_view part) {
  std::string text;
  if (!DecodeBase64Url(part, text)) return std::nullopt;
  boost::json::error_code failed;
  json::value value = json::parse(text, failed);
  if (failed || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

/// Nothing when the header asks for something else, "none" first of all, or for extensions that must be understood.
std::optional<DigestAlgorithm> AlgorithmOf(const json::object& header, std::initializer_list<DigestAlgorithm> accepted) {
  const json::value* const name = header.if_contains("alg");
  if (name == nullptr || !name->is_string() || header.contains("crit")) return std::nullopt;
  std::optional<DigestAlgorithm> algorithm;
  if (name->get_string() == "HS256") algorithm = DigestAlgorithm::kSha256;
  if (name->get_string() == "HS512") algorithm = DigestAlgorithm::kSha512;
  if (!algorithm || std::find(accepted.begin(), accepted.end(), *algorithm) == accepted.end()) return std::nullopt;
  return algorithm;
}

/// A NumericDate, which may have a fraction. False when it is there and is none.
bool ReadTime(const json::object& claims, std::string_view name, std::optional<double>& seconds) {
  const json::value* const value = claims.if_contains(name);
  if (value == nullptr) return true;
  boost::json::error_code failed;
  const auto number = value->to_number<double>(failed);
  if (failed || !std::isfinite(number)) return false;
  seconds = number;
  return true;
}

}  // namespace

std::string SignJwt(std::string_view header, std::string_view payload, std::string_view secret, DigestAlgorithm algorithm) {
  std::string token = Base64UrlOf(header);
  token += '.';
  token += Base64UrlOf(payload);
  const std::string mac = Hmac(algorithm, secret, token);
  token += '.';
  token += Base64UrlOf(mac);
  return token;
}

Result<json::object> VerifyJwt(std::string_view token, const std::vector<std::string>& secrets, std::initializer_list<DigestAlgorithm> accepted,
                               std::int64_t now_s) {
  const auto malformed = [] { return Fail(ErrorCode::kInvalidArgument, "the token is malformed"); };
  if (token.empty()) return Fail(ErrorCode::kInvalidArgument, "there is no token");
  if (token.size() > kMaxJwtBytes) return Fail(ErrorCode::kInvalidArgument, "the token is too long");
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == last || token.find('.', first + 1) != last) return malformed();
  const std::optional<json::object> header = ReadPart(token.substr(0, first));
  std::string signature;
  if (!header || !DecodeBase64Url(token.substr(last + 1), signature)) return malformed();
  const std::optional<DigestAlgorithm> algorithm = AlgorithmOf(*header, accepted);
  if (!algorithm) return Fail(ErrorCode::kPermission, "the token is signed in a way that is not accepted");

  const std::string_view content = token.substr(0, last);
  const bool authentic = std::any_of(secrets.begin(), secrets.end(), [&](const std::string& secret) {
    return !secret.empty() && EqualConstantTime(Hmac(*algorithm, secret, content), signature);
  });
  if (!authentic) return Fail(ErrorCode::kPermission, "the token is not signed with a known secret");

  std::optional<json::object> claims = ReadPart(token.substr(first + 1, last - first - 1));
  std::optional<double> expires_s;
  std::optional<double> begins_s;
  if (!claims || !ReadTime(*claims, "exp", expires_s) || !ReadTime(*claims, "nbf", begins_s)) return malformed();
  const auto now = static_cast<double>(now_s);
  if (expires_s && *expires_s <= now) return Fail(ErrorCode::kPermission, "the token has expired");
  if (begins_s && *begins_s > now) return Fail(ErrorCode::kPermission, "the token is not valid yet");
  return std::move(*claims);
}

}  // namespace plenary::callbacks
