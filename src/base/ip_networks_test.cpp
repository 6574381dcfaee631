#include "base/ip_networks.hpp"

#include <string>

#include <gtest/gtest.h>

namespace plenary {
namespace {

IpNetworks Networks(std::string_view text) {
  auto networks = IpNetworks::Parse(text);
  EXPECT_TRUE(networks) << text;
  return networks.value_or(IpNetworks());
}

bool IsPublic(std::string_view text) {
  const auto address = ParseIp(text);
  EXPECT_TRUE(address) << text;
  return address && IsPublicAddress(*address);
}

TEST(ParseIp, ReadsNumericAddressesOnly) {
  const auto loopback = ParseIp("::1");
  ASSERT_TRUE(loopback);
  EXPECT_EQ((*loopback)[15], 1);
  EXPECT_EQ(ParseIp("[::1]"), loopback);
  EXPECT_EQ(ParseIp("fe80::1%eth0"), ParseIp("fe80::1"));
  EXPECT_EQ(ParseIp("[fe80::1%25]"), ParseIp("fe80::1"));
  const auto ipv4 = ParseIp("10.1.2.3");
  ASSERT_TRUE(ipv4);
  EXPECT_EQ(ParseIp("::ffff:10.1.2.3"), ipv4);
  EXPECT_EQ(ParseIp("::FFFF:0a01:0203"), ipv4);
  for (const char* bad : {"", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "0x7f.0.0.1", "2130706433", " 1.2.3.4", "1.2.3.4 ",
                          "1.2.3.4%eth0", "[1.2.3.4]", "[]", "[::1", "::1]", "::1%", "::1::", "1.2.3.4:80", "[::1]:80", "::g",
                          "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"}) {
    EXPECT_FALSE(ParseIp(bad)) << bad;
  }
  EXPECT_FALSE(ParseIp(std::string_view("1.2.3.4\0x", 9)));
  EXPECT_FALSE(ParseIp(std::string_view("::1\0", 4)));
}

TEST(IpNetworks, ContainWhatTheirBitsSay) {
  const IpNetworks networks = Networks("10.0.0.0/8, 192.0.2.64/26\t2001:db8::/33 ,, 203.0.113.7 ::1");
  for (const char* inside : {"10.255.255.255", "::ffff:10.0.0.1", "192.0.2.64", "192.0.2.127", "2001:db8:7fff::1", "203.0.113.7", "::1"}) {
    EXPECT_TRUE(networks.Contains(inside)) << inside;
  }
  for (const char* outside : {"11.0.0.0", "9.255.255.255", "192.0.2.63", "192.0.2.128", "2001:db8:8000::", "203.0.113.6", "::2", "", "host"}) {
    EXPECT_FALSE(networks.Contains(outside)) << outside;
  }
}

TEST(IpNetworks, ZeroBitsAreEverythingOfTheFamily) {
  EXPECT_TRUE(Networks("0.0.0.0/0").Contains("198.51.100.1"));
  EXPECT_FALSE(Networks("0.0.0.0/0").Contains("2001:db8::1"));
  EXPECT_TRUE(Networks("::/0").Contains("2001:db8::1"));
}

TEST(IpNetworks, KnowWords) {
  const IpNetworks both = Networks("loopback PRIVATE");
  for (const char* inside : {"127.3.4.5", "::1", "10.1.1.1", "172.31.0.1", "192.168.255.1", "100.127.0.1", "fd00::1"}) {
    EXPECT_TRUE(both.Contains(inside)) << inside;
  }
  for (const char* outside : {"172.32.0.1", "100.128.0.1", "169.254.169.254", "fe80::1", "8.8.8.8", "fe00::1"}) {
    EXPECT_FALSE(both.Contains(outside)) << outside;
  }
  EXPECT_TRUE(Networks("link-local").Contains("169.254.169.254"));
  EXPECT_TRUE(Networks("link-local").Contains("fe80::1%eth0"));
  EXPECT_TRUE(Networks("none").empty());
  EXPECT_TRUE(Networks(" , ").empty());
  EXPECT_FALSE(Networks("none").Contains("127.0.0.1"));
}

TEST(IpNetworks, RefuseAndNameWhatTheyCannotMean) {
  for (const char* bad : {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/a", "::/129", "/8", "example.org",
                          "privat"}) {
    const auto networks = IpNetworks::Parse(std::string("10.0.0.1 ") + bad);
    ASSERT_FALSE(networks) << bad;
    EXPECT_EQ(networks.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(networks.error().detail.find(std::string("\"") + bad + "\""), std::string::npos) << networks.error().detail;
  }
}

TEST(IsPublicAddress, RefusesWhatIsNotReachableFromEverywhere) {
  for (const char* reachable : {"8.8.8.8", "1.1.1.1", "100.63.255.255", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.17.255.255", "223.255.255.255",
                             "2606:4700::1111", "2001:200::1", "2a00:1450::1", "::ffff:8.8.8.8", "2002:0808:0808::1", "64:ff9b::8.8.8.8"}) {
    EXPECT_TRUE(IsPublic(reachable)) << reachable;
  }
  for (const char* hidden :
       {"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "192.0.0.1", "192.0.2.1",
        "192.88.99.1", "192.168.1.1", "198.19.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::8.8.8.8", "100::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "2001::1", "2001:2::1",
        "2001:db8::1", "3fff::1", "5f00::1", "64:ff9b:1::1"}) {
    EXPECT_FALSE(IsPublic(hidden)) << hidden;
  }
}

TEST(IsPublicAddress, JudgesTheIpv4AddressInsideAnIpv6One) {
  for (const char* hidden : {"::ffff:127.0.0.1", "::ffff:192.168.0.1", "2002:7f00:0001::1", "2002:c0a8:0001::1", "64:ff9b::10.0.0.1",
                             "64:ff9b::169.254.169.254"}) {
    EXPECT_FALSE(IsPublic(hidden)) << hidden;
  }
}

}  // namespace
}  // namespace plenary
