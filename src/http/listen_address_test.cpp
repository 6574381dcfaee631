#include <gtest/gtest.h>

#include "http/server.hpp"

namespace plenary::http {
namespace {

TEST(ListenAddress, Tcp) {
  const auto address = ParseListenAddress("tcp://127.0.0.1:3000");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->kind, ListenAddress::Kind::kTcp);
  EXPECT_EQ(address->host, "127.0.0.1");
  EXPECT_EQ(address->port, 3000);
}

TEST(ListenAddress, Ipv6LosesItsBrackets) {
  const auto address = ParseListenAddress("tcp://[::1]:80/");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "::1");
  EXPECT_EQ(address->port, 80);
}

TEST(ListenAddress, Unix) {
  const auto address = ParseListenAddress("unix:///run/plenary.sock");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->kind, ListenAddress::Kind::kUnix);
  EXPECT_EQ(address->path, "/run/plenary.sock");
}

TEST(ListenAddress, Tls) {
  const auto address = ParseListenAddress("ssl://0.0.0.0:443?cert=/a%20b.pem&key=/b.pem");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->kind, ListenAddress::Kind::kTls);
  EXPECT_EQ(address->port, 443);
  EXPECT_EQ(address->certificate_file, "/a b.pem");
  EXPECT_EQ(address->key_file, "/b.pem");
}

TEST(ListenAddress, RefusesWhatItCannotMean) {
  for (const char* url : {"", "3000", "http://x:1", "tcp://", "tcp://host", "tcp://host:", "tcp://:80", "tcp://h:65536", "tcp://h:-1",
                          "tcp://h:+1", "tcp://::1:80", "tcp://[::1]", "tcp://h:80x", "unix://", "ssl://h:443", "ssl://h:443?cert=/a",
                          "ssl://h:443?cert=/a&key=/b&verify_mode=none"}) {
    const auto address = ParseListenAddress(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(address.error().detail.find(url), std::string::npos);
  }
}

}  // namespace
}  // namespace plenary::http
