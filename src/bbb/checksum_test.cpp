#include "bbb/checksum.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plenary::bbb {
namespace {

constexpr std::string_view kSecret = "s3cr3t-Salt";

const SignPolicy& AllAlgorithms() {
  static const SignPolicy policy{{std::string(kSecret)},
                                 {DigestAlgorithm::kSha1, DigestAlgorithm::kSha256, DigestAlgorithm::kSha384, DigestAlgorithm::kSha512}};
  return policy;
}

bool Verify(std::string_view call, std::string_view query) { return VerifyChecksum(call, query, {}, AllAlgorithms()); }

std::string Sign(std::string_view call, std::string_view query, DigestAlgorithm algorithm = DigestAlgorithm::kSha256) {
  return std::string(Digest(algorithm, {call, query, kSecret}).view());
}

struct Vector {
  std::string_view call, query, sha1, sha256;
};

// spec bbb-api 1.7
constexpr Vector kVectors[] = {
    {"getMeetings", "", "dc169b9887a318083698a5b279bde14aacfc1c77", "2999d99d29b1459cd067f73f31f9aec05acd6564f0df59d8ed9823ed7fc04704"},
    {"isMeetingRunning", "meetingID=m1", "059839e83fa313f76700151869948c5dc2d7e61a",
     "acc8114b7c00d34647a54f80fb393959270df2d566abc9b6fd1317feabf654c1"},
    {"create", "name=Two+words&meetingID=m1", "71a72dccf4507338d8afbee24c07ed29325d492a",
     "9db6e950eb9a4d18eb47a645f30bebc57912500d03576f01a0f75a2c7ed85a7f"},
    {"create", "name=Two%20words&meetingID=m1", "a53516b49d1947731975dfb61f1b2811e7def2b3",
     "2e5ba2688693a3a319dd328c3cb0a51e15b3f0dcc201f0c05859c2cc92458aad"},
    {"create", "meetingID=m1&name=Two+words", "ef9bc3667e64e236dfaa260325dd9ac21f775c1c",
     "d9fd996d25ce470e1d26cba110bb90f5729efce6e45028950ef0b5b3ae90ef00"},
    {"create", "name=%C3%9Cbung%20%E6%97%A5%F0%9F%98%80&meetingID=m1&meta_bbb-origin=x", "212df3fa902318feea12e06838a8d3bd2fe800af",
     "f34e5a9d02fddcbcb1b1d8d9379eb9c0a0a9f2df075a0566f9f9392f237a7ef8"},
    {"join", "fullName=A&meetingID=m1&password=&role=Moderator", "919125692758a017165c0e913edf342be85f475f",
     "d8dbb0812a390189f6b67b02b99a7f2528bdd52ffbbb48fd0be7c132b1d8c267"},
    {"hooks/create", "callbackURL=https%3A%2F%2Flb.example%2Fcb&getRaw=false", "3f9c2dbc8e1857de0b71ae41613e58acb4927c7e",
     "1acce78261e4f4c0a7717ecc4cb08594b11bcb44ce960af1ab22c20dd585bffe"},
    {"create", "", "6e0493727079a988b22dcd2040cbce6d5ce5dfa3", "92a3fec2bb456985e3a268542e836ce53eeeef09e840c440860ad2a8076817d0"},
};

TEST(VerifyChecksum, AcceptsTheTestVectors) {
  for (const Vector& vector : kVectors) {
    for (const std::string_view checksum : {vector.sha1, vector.sha256}) {
      const std::string last = std::string(vector.query) + "&checksum=" + std::string(checksum);
      EXPECT_TRUE(Verify(vector.call, last)) << last;
      const std::string first = "checksum=" + std::string(checksum) + (vector.query.empty() ? "" : "&") + std::string(vector.query);
      EXPECT_TRUE(Verify(vector.call, first)) << first;
      EXPECT_FALSE(Verify("other", last));
      EXPECT_FALSE(Verify(vector.call, "x=1&" + last));
    }
  }
}

TEST(VerifyChecksum, KnowsTheLongHashes) {
  EXPECT_TRUE(
      Verify("isMeetingRunning",
             "meetingID=m1&checksum=a8518f93ea07cba06db689c55da479f2fb0e27fe8dfb8e343953824839eb400689997056190c9bc80b0479af44befad6"));
  EXPECT_TRUE(Verify("isMeetingRunning",
                     "meetingID=m1&checksum="
                     "c6b59b2293240000c33a8b2eb80e60b83c6e88a879cbd156823a844e943f8f057dfd356446c45684b12014652bb8718d494541bdc907770ac135c"
                     "2af3b91b371"));
  EXPECT_TRUE(VerifyChecksum("create", "meetingID=room-c&checksum=bcf6f63c642742d528321f34b758fcf338433880", {},
                             {{"lbsecret"}, {DigestAlgorithm::kSha1}}));
}

TEST(VerifyChecksum, TakesTheParameterOutTextually) {
  const std::string only_id = "checksum=" + Sign("isMeetingRunning", "meetingID=m1");
  EXPECT_TRUE(Verify("isMeetingRunning", "meetingID=m1&" + only_id));
  EXPECT_TRUE(Verify("isMeetingRunning", only_id + "&meetingID=m1"));
  EXPECT_FALSE(Verify("isMeetingRunning", "&meetingID=m1&" + only_id));  // the leading '&' stays and is signed
  EXPECT_TRUE(Verify("getMeetings", "&checksum=" + Sign("getMeetings", "")));
  EXPECT_TRUE(Verify("c", "a=b&checksum=" + Sign("c", "a=b&c=d") + "&c=d"));
  EXPECT_TRUE(Verify("c", "&a=1&checksum=" + Sign("c", "&a=1")));
  EXPECT_TRUE(Verify("c", "a=1&&checksum=" + Sign("c", "a=1&")));
  EXPECT_TRUE(Verify("c", "a=1&&b=2&checksum=" + Sign("c", "a=1&&b=2")));
  EXPECT_TRUE(Verify("c", "a=1&checksum=" + Sign("c", "a=1&") + "&"));
  EXPECT_TRUE(Verify("c", "checksum=" + Sign("c", "") + "&"));
  EXPECT_TRUE(Verify("c", "checksum=" + Sign("c", "&a=1") + "&&a=1"));
}

TEST(VerifyChecksum, TouchesOnlyTheRealParameter) {
  const std::string query = "xchecksum=1&checksumx=1&a=checksum%3D1&Checksum=2&checksum%20=3";
  EXPECT_TRUE(Verify("c", query + "&checksum=" + Sign("c", query)));
  const std::string mine = Sign("c", "xchecksum=@");  // even when the value is the same
  EXPECT_FALSE(Verify("c", "xchecksum=" + mine + "&checksum=" + mine));
}

TEST(VerifyChecksum, ControlCharactersAreSignedLikeAnyByte) {
  const std::string query = "a=\x01\n\t\x7f&b= ";
  EXPECT_TRUE(Verify("c", query + "&checksum=" + Sign("c", query)));
}

TEST(VerifyChecksum, AcceptsUpperCaseHex) {
  std::string checksum = Sign("c", "a=1");
  for (char& c : checksum) c = static_cast<char>(std::toupper(c));
  EXPECT_TRUE(Verify("c", "a=1&checksum=" + checksum));
}

TEST(VerifyChecksum, RefusesMoreThanOne) {
  const std::string checksum = Sign("c", "a=1");
  EXPECT_TRUE(Verify("c", "a=1&checksum=" + checksum));
  EXPECT_FALSE(Verify("c", "a=1&checksum=" + checksum + "&checksum=" + checksum));
  EXPECT_FALSE(Verify("c", "checksum=" + checksum + "&a=1&checksum"));
  EXPECT_FALSE(VerifyChecksum("c", "a=1&checksum=" + checksum, checksum, AllAlgorithms()));
}

TEST(VerifyChecksum, TakesTheChecksumFromAForm) {
  EXPECT_TRUE(VerifyChecksum("create", "", Sign("create", ""), AllAlgorithms()));
  EXPECT_TRUE(VerifyChecksum("create", "a=1", Sign("create", "a=1"), AllAlgorithms()));
  EXPECT_FALSE(VerifyChecksum("create", "a=1", Sign("create", ""), AllAlgorithms()));
}

TEST(VerifyChecksum, RefusesWhatIsMissingWrongOrNotAdmitted) {
  EXPECT_FALSE(Verify("c", ""));
  EXPECT_FALSE(Verify("c", "a=1"));
  EXPECT_FALSE(Verify("c", "a=1&checksum="));
  EXPECT_FALSE(Verify("c", "a=1&checksum"));
  EXPECT_FALSE(Verify("c", "a=1&checksum=" + Sign("c", "a=2")));
  EXPECT_FALSE(Verify("c", "a=1&checksum=" + Sign("c", "a=1") + "0"));
  EXPECT_FALSE(Verify("c", "a=1&checksum=" + Sign("c", "a=1").substr(1)));
  const SignPolicy no_sha1{{std::string(kSecret)}, {DigestAlgorithm::kSha256}};
  EXPECT_FALSE(VerifyChecksum("c", "checksum=" + Sign("c", "", DigestAlgorithm::kSha1), {}, no_sha1));
  EXPECT_TRUE(VerifyChecksum("c", "checksum=" + Sign("c", ""), {}, no_sha1));
}

TEST(VerifyChecksum, TriesEverySecretButNoEmptyOne) {
  const std::string checksum = "checksum=" + Sign("c", "");
  EXPECT_TRUE(VerifyChecksum("c", checksum, {}, {{"other", "", std::string(kSecret)}, {DigestAlgorithm::kSha256}}));
  EXPECT_FALSE(VerifyChecksum("c", checksum, {}, {{"other"}, {DigestAlgorithm::kSha256}}));
  EXPECT_FALSE(VerifyChecksum("c", checksum, {}, {{}, {DigestAlgorithm::kSha256}}));
  const std::string unsalted = "checksum=" + std::string(Digest(DigestAlgorithm::kSha256, {"c"}).view());
  EXPECT_FALSE(VerifyChecksum("c", unsalted, {}, {{""}, {DigestAlgorithm::kSha256}}));
}

TEST(AppendChecksum, WritesWhatScaleliteWrites) {
  std::string target = "http://n/bigbluebutton/api/getMeetings";
  AppendChecksum(target, "getMeetings", target.size(), "sec1", DigestAlgorithm::kSha256);
  EXPECT_EQ(target, "http://n/bigbluebutton/api/getMeetings?checksum=47fcddc747d828de2bc25efe83b3a572e918906538e199a30ad69a88c93ff4bb");

  target = "/api/getMeetings?";
  AppendChecksum(target, "getMeetings", target.size(), "sec1", DigestAlgorithm::kSha1);
  EXPECT_EQ(target, "/api/getMeetings?checksum=a213f6a488303f64f7435a33e50376b00be918de");

  target = "";
  AppendChecksum(target, "", 0, "sec1", DigestAlgorithm::kSha256);
  EXPECT_EQ(target, "?checksum=d388a6c64117df521a2d812ad198d1ff9497a3e8c40641e76b30348f7ec5faa1");

  target = "isMeetingRunning?meetingID=m1";
  AppendChecksum(target, "isMeetingRunning", 17, kSecret, DigestAlgorithm::kSha1);
  EXPECT_EQ(target, "isMeetingRunning?meetingID=m1&checksum=059839e83fa313f76700151869948c5dc2d7e61a");
}

TEST(OutboundAlgorithm, IsTheStrongestOfTheClassicThree) {
  using enum DigestAlgorithm;
  EXPECT_EQ(OutboundAlgorithm({}), kSha256);
  EXPECT_EQ(OutboundAlgorithm({kSha1}), kSha1);
  EXPECT_EQ(OutboundAlgorithm({kSha1, kSha256}), kSha256);
  EXPECT_EQ(OutboundAlgorithm({kSha1, kSha512, kSha256}), kSha512);
  EXPECT_EQ(OutboundAlgorithm({kSha384}), kSha384);
  EXPECT_EQ(OutboundAlgorithm({kSha384, kSha1}), kSha1);
}

RC_GTEST_PROP(Checksum, WhatIsSignedVerifiesAtEveryPosition, ()) {
  const auto pair = rc::gen::container<std::string>(rc::gen::elementOf(std::string("abc=%+[]\x01")));
  const auto pairs = *rc::gen::container<std::vector<std::string>>(pair);
  const auto algorithm = static_cast<DigestAlgorithm>(*rc::gen::inRange(0, 4));
  std::string query;
  for (std::size_t i = 0; i < pairs.size(); ++i) query += (i == 0 ? "" : "&") + pairs[i];

  std::string target = "create?" + query;
  AppendChecksum(target, "create", 7, kSecret, algorithm);
  RC_ASSERT(VerifyChecksum("create", std::string_view(target).substr(7), {}, AllAlgorithms()));

  // Anywhere between two pairs, too; behind an empty first one it would be read as standing in front of nothing.
  const std::string checksum = "checksum=" + Sign("create", query, algorithm);
  const auto position = *rc::gen::inRange<std::size_t>(0, pairs.size() + 1);
  std::string moved;
  for (std::size_t i = 0; i <= pairs.size(); ++i) {
    if (i == position) moved += (i == 0 ? "" : "&") + checksum;
    if (i < pairs.size()) moved += (i == 0 && position != 0 ? "" : "&") + pairs[i];
  }
  if (pairs.empty()) moved = checksum;
  RC_ASSERT(VerifyChecksum("create", moved, {}, AllAlgorithms()));

  std::string changed = moved;
  changed += 'x';
  RC_ASSERT(!VerifyChecksum("create", changed, {}, AllAlgorithms()));
}

}  // namespace
}  // namespace plenary::bbb
