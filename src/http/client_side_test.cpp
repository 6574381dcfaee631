#include "http/client_side.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace plenary::http {
namespace {

/// What is seen of a request with these header fields from this peer; 10/8 is trusted.
ClientSide Seen(const std::vector<HeaderField>& fields, std::string_view peer = "10.0.0.1", bool secure = false) {
  static const IpNetworks trusted = *IpNetworks::Parse("10.0.0.0/8 fd00::/8");
  Request request;
  request.headers = fields;
  request.peer = peer;
  request.secure = secure;
  return ClientSideOf(request, trusted);
}

TEST(ClientSide, WithoutProxyIsTheConnection) {
  const ClientSide side = Seen({{"Host", "lb.example.org:8080"}}, "203.0.113.5", true);
  EXPECT_EQ(side.host, "lb.example.org:8080");
  EXPECT_TRUE(side.secure);
  EXPECT_EQ(side.address, "203.0.113.5");
}

TEST(ClientSide, NobodyElseIsBelieved) {
  const ClientSide side = Seen({{"Host", "real"},
                                {"X-Forwarded-Host", "forged"},
                                {"X-Forwarded-Proto", "https"},
                                {"X-Forwarded-Ssl", "on"},
                                {"X-Forwarded-Scheme", "https"},
                                {"X-Forwarded-For", "192.0.2.1"}},
                               "203.0.113.5");
  EXPECT_EQ(side.host, "real");
  EXPECT_FALSE(side.secure);
  EXPECT_EQ(side.address, "203.0.113.5");
}

TEST(ClientSide, APeerOnAUnixSocketIsTrusted) {
  EXPECT_EQ(Seen({{"Host", "a"}, {"X-Forwarded-Host", "b"}}, "").host, "b");
  EXPECT_EQ(Seen({{"Host", "a"}}, "").address, "");
}

TEST(ClientSide, TheLastForwardedHostCounts) {
  EXPECT_EQ(Seen({{"Host", "a"}, {"x-forwarded-HOST", "forged, lb.example.org:8443"}}).host, "lb.example.org:8443");
  EXPECT_EQ(Seen({{"X-Forwarded-Host", "forged"}, {"Host", "a"}, {"X-Forwarded-Host", "lb"}}).host, "lb");
  EXPECT_EQ(Seen({{"Host", "a"}, {"X-Forwarded-Host", "lb, "}}).host, "lb");
  EXPECT_EQ(Seen({{"Host", "a"}, {"X-Forwarded-Host", " , "}}).host, "a");
  EXPECT_EQ(Seen({}).host, "");
}

TEST(ClientSide, EachHeaderForTheSchemeIsRead) {
  EXPECT_TRUE(Seen({{"X-Forwarded-Proto", "HTTPS"}}).secure);
  EXPECT_TRUE(Seen({{"X-Forwarded-Proto", "http, https"}}).secure);
  EXPECT_TRUE(Seen({{"X-Forwarded-Ssl", "on"}}).secure);
  EXPECT_TRUE(Seen({{"X-Forwarded-Scheme", "https"}}).secure);
  EXPECT_FALSE(Seen({{"X-Forwarded-Proto", "http"}}).secure);
  EXPECT_FALSE(Seen({{"X-Forwarded-Ssl", "off"}}).secure);
  EXPECT_FALSE(Seen({{"X-Forwarded-Scheme", "http"}, {"X-Forwarded-Proto", "https"}}).secure);
  EXPECT_FALSE(Seen({}).secure);
  EXPECT_TRUE(Seen({}, "10.0.0.1", true).secure);
  // The proxy speaks TLS with us, the client spoke none with the proxy.
  EXPECT_FALSE(Seen({{"X-Forwarded-Proto", "http"}}, "10.0.0.1", true).secure);
}

TEST(ClientSide, TheLastAddressThatIsNoProxyCounts) {
  EXPECT_EQ(Seen({{"X-Forwarded-For", "192.0.2.9, 203.0.113.5, 10.0.0.2"}}).address, "203.0.113.5");
  EXPECT_EQ(Seen({{"X-Forwarded-For", "192.0.2.9"}, {"X-Forwarded-For", "203.0.113.5"}}).address, "203.0.113.5");
  EXPECT_EQ(Seen({{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}}).address, "10.0.0.3");
  EXPECT_EQ(Seen({{"X-Forwarded-For", "203.0.113.5, unknown, fd00::2"}}).address, "fd00::2");
  EXPECT_EQ(Seen({{"X-Forwarded-For", "<script>"}}).address, "10.0.0.1");
  EXPECT_EQ(Seen({{"X-Forwarded-For", "203.0.113.5:4711"}}).address, "203.0.113.5");
  EXPECT_EQ(Seen({{"X-Forwarded-For", "[2001:db8::5]:4711"}}).address, "2001:db8::5");
  EXPECT_EQ(Seen({{"X-Forwarded-For", "2001:db8::5"}}).address, "2001:db8::5");
  for (const char* broken : {"[", "[]", "[2001:db8::5", "[203.0.113.5]"}) EXPECT_EQ(Seen({{"X-Forwarded-For", broken}}).address, "10.0.0.1");
  EXPECT_EQ(Seen({{"X-Forwarded-For", ""}}).address, "10.0.0.1");
}

TEST(HostWithoutPort, KeepsTheBracketsOfAnAddress) {
  EXPECT_EQ(HostWithoutPort("lb.example.org"), "lb.example.org");
  EXPECT_EQ(HostWithoutPort("lb.example.org:443"), "lb.example.org");
  EXPECT_EQ(HostWithoutPort("[::1]:443"), "[::1]");
  EXPECT_EQ(HostWithoutPort("[::1]"), "[::1]");
  EXPECT_EQ(HostWithoutPort("::1"), "::1");
  EXPECT_EQ(HostWithoutPort("["), "[");
  EXPECT_EQ(HostWithoutPort(":80"), "");
  EXPECT_EQ(HostWithoutPort(""), "");
}

}  // namespace
}  // namespace plenary::http
