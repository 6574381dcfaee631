#include "http/host_guard.hpp"

#include <gtest/gtest.h>

namespace plenary::http {
namespace {

bool Allowed(std::vector<HeaderField> headers, std::vector<std::string> hosts, bool labels = false) {
  Request request;
  request.headers = headers;
  return HostGuard(hosts, labels).Allows(request);
}

TEST(HostGuard, NoneAcceptsEveryHost) {
  EXPECT_TRUE(Allowed({{"Host", "anything"}}, {}));
  EXPECT_TRUE(Allowed({{"Host", "anything"}}, {""}));
}

TEST(HostGuard, NameInAnyCaseWithOrWithoutPort) {
  EXPECT_TRUE(Allowed({{"Host", "sl.example.com"}}, {"sl.example.com"}));
  EXPECT_TRUE(Allowed({{"host", "SL.Example.com:8443"}}, {"sl.example.com"}));
  EXPECT_TRUE(Allowed({{"Host", "sl.example.com:8443"}}, {"sl.example.com:8443"}));
  EXPECT_TRUE(Allowed({{"Host", "sl.example.com"}}, {"sl.example.com:8443"}));
  EXPECT_FALSE(Allowed({{"Host", "evil.example"}}, {"sl.example.com"}));
  EXPECT_FALSE(Allowed({{"Host", "x.sl.example.com"}}, {"sl.example.com"}));
  EXPECT_FALSE(Allowed({}, {"sl.example.com"}));
}

TEST(HostGuard, TenantsAreOneLabelInFront) {
  const std::vector<std::string> hosts{"sl.example.com", "base.example"};
  EXPECT_TRUE(Allowed({{"Host", "bn.sl.example.com"}}, hosts, true));
  EXPECT_TRUE(Allowed({{"Host", "BN-1.SL.example.com:443"}}, hosts, true));
  EXPECT_TRUE(Allowed({{"Host", "bn.base.example"}}, hosts, true));
  EXPECT_FALSE(Allowed({{"Host", "a.bn.sl.example.com"}}, hosts, true));
  EXPECT_FALSE(Allowed({{"Host", "b_n.sl.example.com"}}, hosts, true));
  EXPECT_FALSE(Allowed({{"Host", ".sl.example.com"}}, hosts, true));
  EXPECT_FALSE(Allowed({{"Host", "bn"}}, hosts, true));
}

TEST(HostGuard, ForwardedHostMustFitToo) {
  EXPECT_TRUE(Allowed({{"Host", "sl.example.com"}, {"X-Forwarded-Host", "evil.example, sl.example.com:443"}}, {"sl.example.com"}));
  EXPECT_FALSE(Allowed({{"Host", "sl.example.com"}, {"X-Forwarded-Host", "sl.example.com, evil.example"}}, {"sl.example.com"}));
}

}  // namespace
}  // namespace plenary::http
