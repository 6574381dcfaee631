#include "callbacks/hook_delivery.hpp"

#include <gtest/gtest.h>

namespace plenary::callbacks {
namespace {

TEST(HookCall, IsSignedAsNodesDo) {  // vector of spec bbb-api 6.5
  const records::Callback callback{.url = "https://lb.example/cb",
                                   .payload = R"({"data":{"type":"event","id":"meeting-ended"}})",
                                   .created_at_ms = 1'700'000'000'000};
  const http::OutsideCall call = HookCall(callback, "s3cr3t-Salt", "bbb.example");
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.body,
            "domain=bbb.example&event=%5B%7B%22data%22%3A%7B%22type%22%3A%22event%22%2C%22id%22%3A%22meeting-ended%22%7D%7D%5D"
            "&timestamp=1700000000000");
  EXPECT_EQ(call.url, "https://lb.example/cb?checksum=4840f6675542418d56415d7ac54ae4d68772b158");
  ASSERT_EQ(call.headers.size(), 1u);
  EXPECT_EQ(call.headers[0].second, "application/x-www-form-urlencoded;charset=UTF-8");
  EXPECT_EQ(call.max_redirects, 0);
  EXPECT_EQ(call.timeout, std::chrono::seconds(5));
}

TEST(HookCall, UrlWithQuery) {
  const records::Callback callback{.url = "https://lb.example/cb?a=1", .payload = "{}"};
  EXPECT_TRUE(HookCall(callback, "s", "d").url.starts_with("https://lb.example/cb?a=1&checksum="));
}

}  // namespace
}  // namespace plenary::callbacks
