// A token from anybody, and documents inside a token that is signed rightly.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/parse.hpp>

#include "base/hmac.hpp"
#include "callbacks/jwt.hpp"
#include "check.hpp"

using namespace plenary;

namespace {

constexpr std::int64_t kNow = 1'700'000'000;
constexpr auto kAlgorithm = DigestAlgorithm::kSha256;
const std::vector<std::string> kSecrets{"s3cr3t-Salt"};

bool Accepted(std::string_view token) { return callbacks::VerifyJwt(token, kSecrets, {kAlgorithm}, kNow).has_value(); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // As a token: what is accepted was signed with the secret.
  if (Accepted(text)) {
    const std::size_t dot = text.rfind('.');
    fuzz::Check(text.substr(dot + 1) == Base64UrlOf(Hmac(kAlgorithm, kSecrets.front(), text.substr(0, dot))));
  }
  // As claims and as a header.
  constexpr std::string_view kHeader = R"({"alg":"HS256"})";
  const std::string claims = callbacks::SignJwt(kHeader, text, kSecrets.front(), kAlgorithm);
  Accepted(claims);
  fuzz::Check(!callbacks::VerifyJwt(claims, {"another"}, {kAlgorithm}, kNow).has_value());
  fuzz::Check(!callbacks::VerifyJwt(claims, kSecrets, {DigestAlgorithm::kSha512}, kNow).has_value());
  if (Accepted(callbacks::SignJwt(text, "{}", kSecrets.front(), kAlgorithm))) {
    fuzz::Check(boost::json::parse(text).at("alg") == boost::json::value("HS256"));
  }
  return 0;
}
