#include "base/digest.hpp"

#include <stdexcept>

#include <openssl/evp.h>

#include "base/encoding.hpp"

namespace plenary {
namespace {

struct AlgorithmInfo {
  std::string_view name;
  const char* openssl_name;
  std::size_t hex_length;
};

constexpr std::array<AlgorithmInfo, 4> kAlgorithms{{
    {"SHA1", "SHA1", 40},
    {"SHA256", "SHA2-256", 64},
    {"SHA384", "SHA2-384", 96},
    {"SHA512", "SHA2-512", 128},
}};

const AlgorithmInfo& Info(DigestAlgorithm algorithm) { return kAlgorithms[static_cast<std::size_t>(algorithm)]; }

/// Fetched once: an implicit fetch costs as much as hashing a query does.
struct FetchedAlgorithms {
  std::array<EVP_MD*, kAlgorithms.size()> md;

  FetchedAlgorithms() {
    for (std::size_t i = 0; i < md.size(); ++i) md[i] = EVP_MD_fetch(nullptr, kAlgorithms[i].openssl_name, nullptr);
  }
};

const EVP_MD* Fetched(DigestAlgorithm algorithm) {
  static const FetchedAlgorithms fetched;  // lives as long as the process, threads may hash until the very end
  const EVP_MD* const md = fetched.md[static_cast<std::size_t>(algorithm)];
  if (md == nullptr) throw std::runtime_error("OpenSSL does not provide " + std::string(DigestName(algorithm)));
  return md;
}

/// A context per algorithm, because OpenSSL frees and allocates the state anew when a context changes its algorithm.
class ThreadContexts {
 public:
  ThreadContexts() = default;
  ThreadContexts(const ThreadContexts&) = delete;
  ThreadContexts& operator=(const ThreadContexts&) = delete;
  ~ThreadContexts() {
    for (EVP_MD_CTX* const context : contexts_) EVP_MD_CTX_free(context);
  }

  EVP_MD_CTX* Begin(DigestAlgorithm algorithm) {
    EVP_MD_CTX*& context = contexts_[static_cast<std::size_t>(algorithm)];
    if (context == nullptr) context = EVP_MD_CTX_new();
    if (context == nullptr || EVP_DigestInit_ex2(context, Fetched(algorithm), nullptr) != 1) {
      throw std::runtime_error("OpenSSL cannot start a digest");
    }
    return context;
  }

 private:
  std::array<EVP_MD_CTX*, kAlgorithms.size()> contexts_{};
};

unsigned Hash(DigestAlgorithm algorithm, std::span<const std::string_view> parts, unsigned char* out) {
  thread_local ThreadContexts contexts;
  EVP_MD_CTX* const context = contexts.Begin(algorithm);
  bool ok = true;
  for (const std::string_view part : parts) ok = ok && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
  unsigned length = 0;
  if (!ok || EVP_DigestFinal_ex(context, out, &length) != 1) throw std::runtime_error("OpenSSL cannot compute a digest");
  return length;
}

/// 'A'..'F' to lower case without a branch; every other byte stays.
unsigned FoldHexDigit(unsigned char c) {
  const int digit = c;
  const unsigned outside = static_cast<unsigned>((digit - 'A') | ('F' - digit)) >> 31;
  return c | ((outside ^ 1u) << 5);
}

}  // namespace

std::string_view DigestName(DigestAlgorithm algorithm) { return Info(algorithm).name; }

std::optional<DigestAlgorithm> ParseDigestName(std::string_view name) {
  for (std::size_t i = 0; i < kAlgorithms.size(); ++i) {
    const std::string_view known = kAlgorithms[i].name;
    const bool dashed = name.size() == known.size() + 1 && name[3] == '-' && EqualsIgnoreCase(name.substr(0, 3), known.substr(0, 3)) &&
                        name.substr(4) == known.substr(3);
    if (dashed || EqualsIgnoreCase(name, known)) return static_cast<DigestAlgorithm>(i);
  }
  return std::nullopt;
}

std::size_t DigestHexLength(DigestAlgorithm algorithm) { return Info(algorithm).hex_length; }

std::optional<DigestAlgorithm> DigestOfHexLength(std::size_t length) {
  for (std::size_t i = 0; i < kAlgorithms.size(); ++i) {
    if (kAlgorithms[i].hex_length == length) return static_cast<DigestAlgorithm>(i);
  }
  return std::nullopt;
}

HexDigest Digest(DigestAlgorithm algorithm, std::span<const std::string_view> parts) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw;
  const unsigned length = Hash(algorithm, parts, raw.data());
  constexpr std::string_view kDigits = "0123456789abcdef";
  HexDigest digest;
  digest.length_ = 2 * static_cast<std::size_t>(length);
  for (std::size_t i = 0; i < length; ++i) {
    digest.text_[2 * i] = kDigits[raw[i] >> 4];
    digest.text_[2 * i + 1] = kDigits[raw[i] & 15];
  }
  return digest;
}

HexDigest Digest(DigestAlgorithm algorithm, std::initializer_list<std::string_view> parts) {
  return Digest(algorithm, std::span<const std::string_view>(parts.begin(), parts.size()));
}

std::array<std::uint8_t, 32> Sha256Raw(std::string_view data) {
  std::array<std::uint8_t, 32> raw;
  Hash(DigestAlgorithm::kSha256, std::span<const std::string_view>(&data, 1), raw.data());
  return raw;
}

bool EqualHexConstantTime(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= FoldHexDigit(static_cast<unsigned char>(a[i])) ^ FoldHexDigit(static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

}  // namespace plenary
