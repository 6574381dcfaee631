#include "base/digest.hpp"

#include <gtest/gtest.h>

namespace plenary {
namespace {

TEST(Digest, MatchesTheStandardsVectors) {
  EXPECT_EQ(Digest(DigestAlgorithm::kSha1, {"abc"}).view(), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(Digest(DigestAlgorithm::kSha256, {"abc"}).view(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Digest(DigestAlgorithm::kSha384, {"abc"}).view(),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(
      Digest(DigestAlgorithm::kSha512, {"abc"}).view(),
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  EXPECT_EQ(Digest(DigestAlgorithm::kSha256, {}).view(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, HashesPartsAsTheirConcatenation) {
  EXPECT_EQ(Digest(DigestAlgorithm::kSha256, {"a", "", "bc"}).view(), Digest(DigestAlgorithm::kSha256, {"abc"}).view());
  // The contexts are reused: an earlier digest leaves nothing behind, whatever the order of algorithms.
  EXPECT_EQ(Digest(DigestAlgorithm::kSha1, {"ab", "c"}).view(), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Digest, RawSha256EqualsItsHex) {
  const auto raw = Sha256Raw("abc");
  EXPECT_EQ(raw[0], 0xba);
  EXPECT_EQ(raw[31], 0xad);
}

TEST(DigestName, IsReadInEverySpelling) {
  EXPECT_EQ(ParseDigestName("SHA1"), DigestAlgorithm::kSha1);
  EXPECT_EQ(ParseDigestName("sha-256"), DigestAlgorithm::kSha256);
  EXPECT_EQ(ParseDigestName("Sha384"), DigestAlgorithm::kSha384);
  EXPECT_EQ(ParseDigestName("SHA-512"), DigestAlgorithm::kSha512);
  for (const char* name : {"", "sha", "md5", "sha2", "sha--256", "sha_256", "sha256 ", "xsha256", "sha-25", "512"})
    EXPECT_FALSE(ParseDigestName(name)) << name;
  EXPECT_EQ(DigestName(DigestAlgorithm::kSha384), "SHA384");
}

TEST(DigestLength, GoesBothWays) {
  for (const auto algorithm : {DigestAlgorithm::kSha1, DigestAlgorithm::kSha256, DigestAlgorithm::kSha384, DigestAlgorithm::kSha512}) {
    EXPECT_EQ(DigestOfHexLength(DigestHexLength(algorithm)), algorithm);
    EXPECT_EQ(Digest(algorithm, {"x"}).view().size(), DigestHexLength(algorithm));
  }
  EXPECT_FALSE(DigestOfHexLength(0));
  EXPECT_FALSE(DigestOfHexLength(41));
}

TEST(EqualHexConstantTime, IgnoresOnlyTheCaseOfHexDigits) {
  EXPECT_TRUE(EqualHexConstantTime("09afAF", "09AFaf"));
  EXPECT_TRUE(EqualHexConstantTime("", ""));
  EXPECT_FALSE(EqualHexConstantTime("a", "b"));
  EXPECT_FALSE(EqualHexConstantTime("a", "aa"));
  EXPECT_FALSE(EqualHexConstantTime("g", "G"));
  EXPECT_FALSE(EqualHexConstantTime("0", "\x10"));
  EXPECT_FALSE(EqualHexConstantTime("\xe1", "\xc1"));
  EXPECT_FALSE(EqualHexConstantTime("ab", "cb"));
  EXPECT_FALSE(EqualHexConstantTime("@", "`"));
}

}  // namespace
}  // namespace plenary
