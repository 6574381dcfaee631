#include "base/cipher.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "base/hmac.hpp"

namespace plenary {
namespace {

// The vectors for PBKDF2-HMAC-SHA256 in RFC 7914, section 11.
TEST(Pbkdf2Sha256, PublishedVectors) {
  EXPECT_EQ(HexOf(Pbkdf2Sha256("passwd", "salt", 1, 64)),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
  EXPECT_EQ(HexOf(Pbkdf2Sha256("Password", "NaCl", 80'000, 64)),
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
}

// A value that a Scalelite sent (spec scalelite 8.8): eight random bytes, the salt, and what its node's secret encrypted.
TEST(EncryptAes256Cbc, SealsAsScaleliteDoes) {
  std::string captured;
  ASSERT_TRUE(DecodeBase64Url("Vi3QCDYfuYIE7cuP06sSi9ECD_7ZoejtpgYapcpBXOD3ftjzHFmujIuwAiwtO8w78-GYIRuBuoX7CAqXKX5p"
                              "BGipy-LpYeGN-KPTflbJ2wDWWNnNFYIgRY45hferA8zu",
                              captured));
  const std::string derived = Pbkdf2Sha256("sec1", captured.substr(8, 8), 10'000, 48);
  const std::string plain = R"({"lrs_endpoint":"https://lrs/e","lrs_username":"u","lrs_password":"p"})";
  const std::string sealed = EncryptAes256Cbc(derived.substr(0, 32), derived.substr(32), plain);
  EXPECT_EQ(HexOf(sealed), HexOf(captured.substr(16)));
}

TEST(EncryptAes256Cbc, PadsWholeBlocksToo) {
  const std::string key(32, 'k');
  const std::string iv(16, 'i');
  EXPECT_EQ(EncryptAes256Cbc(key, iv, "").size(), 16u);
  EXPECT_EQ(EncryptAes256Cbc(key, iv, std::string(15, 'x')).size(), 16u);
  EXPECT_EQ(EncryptAes256Cbc(key, iv, std::string(16, 'x')).size(), 32u);
}

TEST(EncryptAes256Cbc, RefusesKeysOfTheWrongLength) {
  EXPECT_THROW(EncryptAes256Cbc(std::string(31, 'k'), std::string(16, 'i'), "x"), std::invalid_argument);
  EXPECT_THROW(EncryptAes256Cbc(std::string(32, 'k'), std::string(15, 'i'), "x"), std::invalid_argument);
}

}  // namespace
}  // namespace plenary
