#include "base/url.hpp"

#include <gtest/gtest.h>

namespace plenary {
namespace {

TEST(ParseEndpoint, ReadsAnOrdinaryNodeUrl) {
  const auto endpoint = ParseEndpoint("https://BBB1.Example.com/bigbluebutton/api");
  ASSERT_TRUE(endpoint);
  EXPECT_TRUE(endpoint->tls);
  EXPECT_EQ(endpoint->host, "bbb1.example.com");
  EXPECT_EQ(endpoint->port, 443);
  EXPECT_EQ(endpoint->base_path, "/bigbluebutton/api/");
  EXPECT_EQ(endpoint->host_header, "bbb1.example.com");
  EXPECT_EQ(endpoint->CallPrefix(), "https://bbb1.example.com/bigbluebutton/api/");
}

TEST(ParseEndpoint, ReadsPortsAndAddresses) {
  const auto with_port = ParseEndpoint("HTTP://127.0.0.1:8090/api/");
  ASSERT_TRUE(with_port);
  EXPECT_FALSE(with_port->tls);
  EXPECT_EQ(with_port->port, 8090);
  EXPECT_EQ(with_port->CallPrefix(), "http://127.0.0.1:8090/api/");

  const auto ipv6 = ParseEndpoint("http://[2001:DB8::1]:81");
  ASSERT_TRUE(ipv6);
  EXPECT_EQ(ipv6->host, "2001:db8::1");
  EXPECT_EQ(ipv6->host_header, "[2001:db8::1]:81");
  EXPECT_EQ(ipv6->base_path, "/");

  const auto default_port = ParseEndpoint("https://h:443/");
  ASSERT_TRUE(default_port);
  EXPECT_EQ(default_port->host_header, "h");
  EXPECT_EQ(ParseEndpoint("https://h:/")->port, 443);
  EXPECT_EQ(ParseEndpoint("https://h:80/")->host_header, "h:80");
}

TEST(ParseEndpoint, DropsQueryAndFragment) {
  EXPECT_EQ(ParseEndpoint("http://h/api/?x=1#y")->base_path, "/api/");
  EXPECT_EQ(ParseEndpoint("http://h?x=a@b")->CallPrefix(), "http://h/");
  EXPECT_EQ(ParseEndpoint("http://h#/a")->base_path, "/");
}

TEST(ParseEndpoint, RefusesWhatIsNotAnEndpoint) {
  for (const char* url : {"",
                          "h",
                          "h/api",
                          "//h/",
                          "ftp://h/",
                          "http:/h",
                          "http://",
                          "https:///api",
                          "http://u@h/",
                          "http://u:p@h/",
                          "http://h:0/",
                          "http://h:65536/",
                          "http://h:1a/",
                          "http://h:-1/",
                          "http://h:+1/",
                          "http://h:1:2/",
                          "http://[::1/",
                          "http://[]/",
                          "http://[12]/",
                          "http://[::1]x/",
                          "http://[::g]/",
                          "http://h h/",
                          " http://h/",
                          "http://h/\r\nX: y",
                          "http://h\\evil/",
                          "http://h%41/",
                          "http://h/a b",
                          "http://h/\xc3\xbc",
                          "http://:80/"}) {
    const auto endpoint = ParseEndpoint(url);
    ASSERT_FALSE(endpoint) << url;
    EXPECT_EQ(endpoint.error().code, ErrorCode::kInvalidArgument) << url;
    EXPECT_FALSE(endpoint.error().detail.empty());
  }
}

TEST(ParseEndpoint, ErrorsNameNoSecret) { EXPECT_EQ(ParseEndpoint("http://u:geheim@h/").error().detail.find("geheim"), std::string::npos); }

TEST(ParseEndpoint, IsStableUnderItsOwnOutput) {
  for (const char* url : {"https://h/", "http://h:8080/x/y", "https://[::1]:1/api"}) {
    const auto once = ParseEndpoint(url);
    ASSERT_TRUE(once);
    const auto twice = ParseEndpoint(once->CallPrefix());
    ASSERT_TRUE(twice);
    EXPECT_EQ(*once, *twice);
  }
}

}  // namespace
}  // namespace plenary
