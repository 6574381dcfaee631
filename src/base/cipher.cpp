#include "base/cipher.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/evp.h>

namespace plenary {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kBlockBytes = 16;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string Pbkdf2Sha256(std::string_view password, std::string_view salt, int iterations, std::size_t length) {
  std::string derived(length, '\0');
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), Bytes(salt), static_cast<int>(salt.size()), iterations, EVP_sha256(),
                        static_cast<int>(length), Bytes(derived)) != 1) {
    throw std::runtime_error("OpenSSL cannot derive a key");
  }
  return derived;
}

std::string EncryptAes256Cbc(std::string_view key, std::string_view iv, std::string_view plain) {
  if (key.size() != kKeyBytes || iv.size() != kBlockBytes) throw std::invalid_argument("AES-256-CBC needs a key of 32 bytes and an IV of 16");
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  std::string sealed(plain.size() + kBlockBytes, '\0');
  int length = 0;
  int last = 0;
  if (!context || EVP_EncryptInit_ex2(context.get(), EVP_aes_256_cbc(), Bytes(key), Bytes(iv), nullptr) != 1 ||
      EVP_EncryptUpdate(context.get(), Bytes(sealed), &length, Bytes(plain), static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), Bytes(sealed) + length, &last) != 1) {
    throw std::runtime_error("OpenSSL cannot encrypt");
  }
  sealed.resize(static_cast<std::size_t>(length + last));
  return sealed;
}

}  // namespace plenary
