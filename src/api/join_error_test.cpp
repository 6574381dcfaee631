#include <gtest/gtest.h>

#include "api/calls.hpp"

namespace plenary::api {
namespace {

class JoinFailedTest : public testing::Test {
 protected:
  http::Request Browser() {
    headers_ = {{"Accept", "text/html,application/xhtml+xml;q=0.9"}, {"Accept-Language", language_}};
    http::Request request;
    request.headers = headers_;
    request.id = "r1";
    return request;
  }
  bbb::Params Query(std::string_view query) {
    bbb::Params params;
    EXPECT_TRUE(params.AddQuery(query));
    return params;
  }
  std::string language_ = "en-US,en;q=0.5";
  std::vector<http::HeaderField> headers_;
  http::Reply reply_;
};

TEST_F(JoinFailedTest, SignedGoesToTheErrorAddressWithTheErrors) {
  const auto params = Query("errorRedirectUrl=https%3A%2F%2Fa.example%2Fback%3Fx%3D1&logoutURL=https%3A%2F%2Fb.example");
  JoinFailed(Browser(), &params, true, bbb::kMeetingNotFound, reply_);
  EXPECT_EQ(reply_.status, 302);
  EXPECT_NE(reply_.headers().find("Location: https://a.example/back?x=1&errors=%5B%7B%22message%22%3A"), std::string::npos) << reply_.headers();
  EXPECT_NE(reply_.headers().find("%22key%22%3A%22notFound%22%7D%5D"), std::string::npos) << reply_.headers();
}

TEST_F(JoinFailedTest, LogoutUrlIsTheSecondChoice) {
  const auto params = Query("logoutURL=https%3A%2F%2Fb.example%2F");
  JoinFailed(Browser(), &params, true, bbb::kServerUnavailable, reply_);
  EXPECT_NE(reply_.headers().find("Location: https://b.example/?errors="), std::string::npos) << reply_.headers();
}

TEST_F(JoinFailedTest, UnsignedNeverRedirects) {
  const auto params = Query("errorRedirectUrl=https%3A%2F%2Fevil.example");
  JoinFailed(Browser(), &params, false, bbb::kChecksumError, reply_);
  EXPECT_EQ(reply_.status, 200);
  EXPECT_EQ(reply_.headers().find("Location"), std::string::npos);
  EXPECT_NE(reply_.body.find("This link isn"), std::string::npos);
}

TEST_F(JoinFailedTest, OnlyWebAddressesAreFollowed) {
  for (const char* bad : {"errorRedirectUrl=javascript%3Aalert(1)", "errorRedirectUrl=%2F%2Fevil.example", "errorRedirectUrl=https%3A%2F%2F",
                          "errorRedirectUrl=https%3A%2F%2Fa.example%2F%0d%0aX-A%3A1", "errorRedirectUrl="}) {
    http::Reply reply;
    const auto params = Query(bad);
    JoinFailed(Browser(), &params, true, bbb::kMeetingNotFound, reply);
    EXPECT_EQ(reply.status, 200) << bad;
  }
}

TEST_F(JoinFailedTest, RedirectFalseWantsXml) {
  const auto params = Query("redirect=false&errorRedirectUrl=https%3A%2F%2Fa.example");
  JoinFailed(Browser(), &params, true, bbb::kMeetingNotFound, reply_);
  EXPECT_EQ(reply_.status, 200);
  EXPECT_NE(reply_.body.find("<messageKey>notFound</messageKey>"), std::string::npos);
}

TEST_F(JoinFailedTest, ProgramsGetXmlPeopleAPageInTheirLanguage) {
  http::Request program;
  JoinFailed(program, nullptr, false, bbb::kMeetingNotFound, reply_);
  EXPECT_NE(reply_.body.find("<messageKey>notFound</messageKey>"), std::string::npos);

  language_ = "de-AT,de;q=0.8,en;q=0.5";
  http::Reply page;
  JoinFailed(Browser(), nullptr, false, bbb::kServerUnavailable, page);
  EXPECT_EQ(page.content_type(), "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("<html lang=\"de\">"), std::string::npos);
  EXPECT_NE(page.body.find("Das liegt nicht an Ihnen"), std::string::npos);
}

}  // namespace
}  // namespace plenary::api
