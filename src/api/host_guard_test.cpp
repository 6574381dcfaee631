#include "api/host_guard.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace plenary::api {
namespace {

bool Allowed(std::vector<http::HeaderField> headers, std::string_view url_host) {
  http::Request request;
  request.headers = headers;
  return HostAllowed(request, url_host);
}

TEST(HostGuard, EmptyAcceptsEveryHost) { EXPECT_TRUE(Allowed({{"Host", "anything"}}, "")); }

TEST(HostGuard, NameInAnyCaseWithOrWithoutPort) {
  EXPECT_TRUE(Allowed({{"Host", "sl.example.com"}}, "sl.example.com"));
  EXPECT_TRUE(Allowed({{"host", "SL.Example.com:8443"}}, "sl.example.com"));
  EXPECT_TRUE(Allowed({{"Host", "sl.example.com:8443"}}, "sl.example.com:8443"));
  EXPECT_TRUE(Allowed({{"Host", "sl.example.com"}}, "sl.example.com:8443"));
  EXPECT_FALSE(Allowed({{"Host", "evil.example"}}, "sl.example.com"));
  EXPECT_FALSE(Allowed({{"Host", "x.sl.example.com"}}, "sl.example.com"));
  EXPECT_FALSE(Allowed({}, "sl.example.com"));
}

TEST(HostGuard, ForwardedHostMustFitToo) {
  EXPECT_TRUE(Allowed({{"Host", "sl.example.com"}, {"X-Forwarded-Host", "evil.example, sl.example.com:443"}}, "sl.example.com"));
  EXPECT_FALSE(Allowed({{"Host", "sl.example.com"}, {"X-Forwarded-Host", "sl.example.com, evil.example"}}, "sl.example.com"));
}

}  // namespace
}  // namespace plenary::api
