#include "http/proxy_choice.hpp"

#include <map>

#include <gtest/gtest.h>

namespace plenary::http {
namespace {

ProxyChoice With(std::map<std::string, std::string> variables) {
  return ProxyChoice([&variables](const char* name) {
    const auto it = variables.find(name);
    return it == variables.end() ? nullptr : it->second.c_str();
  });
}

TEST(ProxyChoice, NoneWithoutVariables) {
  EXPECT_EQ(With({}).For(true, "front.example"), "");
  EXPECT_EQ(With({{"https_proxy", ""}}).For(true, "front.example"), "");
}

TEST(ProxyChoice, EachSchemeHasItsOwn) {
  const ProxyChoice choice = With({{"http_proxy", "http://plain:3128"}, {"HTTPS_PROXY", "http://tls:3128"}});
  EXPECT_EQ(choice.For(false, "front.example"), "http://plain:3128");
  EXPECT_EQ(choice.For(true, "front.example"), "http://tls:3128");
}

TEST(ProxyChoice, AllProxyFillsIn) {
  const ProxyChoice choice = With({{"http_proxy", "http://plain:3128"}, {"all_proxy", "socks5h://all:1080"}});
  EXPECT_EQ(choice.For(false, "front.example"), "http://plain:3128");
  EXPECT_EQ(choice.For(true, "front.example"), "socks5h://all:1080");
}

TEST(ProxyChoice, UpperCaseHttpProxyIsIgnored) {  // a CGI program's client could set it
  EXPECT_EQ(With({{"HTTP_PROXY", "http://evil:1"}}).For(false, "front.example"), "");
}

TEST(ProxyChoice, NoProxy) {
  const ProxyChoice choice = With({{"https_proxy", "http://p:1"}, {"no_proxy", "Corp.example, .dotted.example,10.0.0.0/8 192.0.2.7,fd00::/8"}});
  for (const char* direct : {"corp.example", "CORP.example.", "a.corp.example", "dotted.example", "x.dotted.example", "10.1.2.3", "192.0.2.7",
                             "[fd00::1]"}) {
    EXPECT_EQ(choice.For(true, direct), "") << direct;
  }
  for (const char* proxied : {"notcorp.example", "corp.example.org", "example", "11.1.2.3", "192.0.2.8", "[fe80::1]"}) {
    EXPECT_EQ(choice.For(true, proxied), "http://p:1") << proxied;
  }
}

TEST(ProxyChoice, NoProxyForAnything) {
  EXPECT_EQ(With({{"https_proxy", "http://p:1"}, {"NO_PROXY", "*"}}).For(true, "front.example"), "");
}

}  // namespace
}  // namespace plenary::http
