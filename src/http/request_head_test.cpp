#include "http/request_head.hpp"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plenary::http {
namespace {

int Parse(const std::string& text, RequestHead& head, const HeadLimits& limits = {}) { return ParseRequestHead(text, limits, head); }

int Parse(const std::string& text) {
  RequestHead head;
  return Parse(text, head);
}

TEST(RequestHead, ReadsAll) {
  const std::string text =
      "POST /bigbluebutton/api/create?name=a%20b&checksum=x HTTP/1.1\r\nHost: bbb.example:8080\r\nContent-Length: 12\r\nX-Request-Id: "
      "id-1\r\n"
      "Expect: 100-Continue\r\nEmpty:\r\nSpaced: \t a b \t\r\n\r\n";
  RequestHead head;
  ASSERT_EQ(Parse(text, head), 0);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/bigbluebutton/api/create?name=a%20b&checksum=x");
  EXPECT_EQ(head.path, "/bigbluebutton/api/create");
  EXPECT_EQ(head.query, "name=a%20b&checksum=x");
  ASSERT_EQ(head.fields.size(), 6u);
  EXPECT_EQ(head.fields[0].name, "Host");
  EXPECT_EQ(head.fields[0].value, "bbb.example:8080");
  EXPECT_EQ(head.fields[4].value, "");
  EXPECT_EQ(head.fields[5].value, "a b");
  EXPECT_EQ(head.request_id, "id-1");
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_TRUE(head.expects_continue);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.chunked);
  EXPECT_FALSE(head.http_1_0);
}

TEST(RequestHead, NothingIsLeftOverFromTheLastOne) {
  RequestHead head;
  ASSERT_EQ(Parse("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\nX-Request-Id: a\r\nConnection: close\r\n\r\n",
                  head),
            0);
  ASSERT_EQ(Parse("GET /x HTTP/1.1\r\nHost: t\r\n\r\n", head), 0);
  EXPECT_EQ(head.content_length, 0u);
  EXPECT_FALSE(head.expects_continue);
  EXPECT_TRUE(head.request_id.empty());
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(head.fields.size(), 1u);
  ASSERT_EQ(Parse("POST /x HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: CHUNKED\r\n\r\n", head), 0);
  EXPECT_TRUE(head.chunked);
  ASSERT_EQ(Parse("GET / HTTP/1.0\r\n\r\n", head), 0);
  EXPECT_FALSE(head.chunked);
  EXPECT_TRUE(head.http_1_0);
  EXPECT_FALSE(head.keep_alive);
}

class Refused : public testing::TestWithParam<std::string> {};

TEST_P(Refused, With400) { EXPECT_EQ(Parse(GetParam()), 400) << GetParam(); }

std::string WithField(const std::string& fields) { return "POST / HTTP/1.1\r\nHost: t\r\n" + fields + "\r\n"; }

INSTANTIATE_TEST_SUITE_P(
    Heads, Refused,
    testing::Values("GET / HTTP/1.1\r\n\r\n",                        // no Host
                    "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",  // two
                    "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
                    "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", "GET /\r\nHost: a\r\n\r\n",
                    "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / x HTTP/1.1\r\nHost: a\r\n\r\n", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
                    " GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n", "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
                    "GET * HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
                    "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET http:// HTTP/1.1\r\nHost: a\r\n\r\n",
                    "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
                    "GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n", WithField("A: \x01\r\n"), WithField("A: b\rc\r\n"), WithField("A : b\r\n"),
                    WithField("A\r\n"), WithField(": b\r\n"), WithField("A: b\r\n folded\r\n"), WithField("A:\r\n folded\r\n"),
                    std::string("GET /") + '\0' + " HTTP/1.1\r\nHost: a\r\n\r\n", WithField(std::string("A: \0\r\n", 6))));

INSTANTIATE_TEST_SUITE_P(
    Smuggling, Refused,
    testing::Values(WithField("Content-Length: 5\r\nContent-Length: 5\r\n"), WithField("Content-Length: 5\r\nContent-Length: 6\r\n"),
                    WithField("Content-Length: 5, 5\r\n"), WithField("Content-Length: +5\r\n"), WithField("Content-Length: -5\r\n"),
                    WithField("Content-Length: 0x5\r\n"), WithField("Content-Length:\r\n"),
                    WithField("Content-Length: 99999999999999999999\r\n"), WithField("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
                    WithField("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), WithField("Transfer-Encoding: gzip\r\n"),
                    WithField("Transfer-Encoding: chunked, gzip\r\n"), WithField("Transfer-Encoding: gzip, chunked\r\n"),
                    WithField("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
                    WithField("Transfer-Encoding: \"chunked\"\r\n"), WithField("Transfer-Encoding: identity\r\nContent-Length: 3\r\n"),
                    "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"));

TEST(RequestHead, Limits) {
  HeadLimits limits;
  limits.target_bytes = 10;
  limits.header_fields = 2;
  RequestHead head;
  EXPECT_EQ(Parse("GET /234567890 HTTP/1.1\r\nHost: t\r\n\r\n", head, limits), 0);
  EXPECT_EQ(Parse("GET /2345678901 HTTP/1.1\r\nHost: t\r\n\r\n", head, limits), 414);
  EXPECT_EQ(Parse("GET / HTTP/1.1\r\nHost: t\r\nA: 1\r\n\r\n", head, limits), 0);
  EXPECT_EQ(Parse("GET / HTTP/1.1\r\nHost: t\r\nA: 1\r\nB: 2\r\n\r\n", head, limits), 431);
}

TEST(HeadScanner, FindsTheEndHoweverItArrives) {
  const std::string text = "GET / HTTP/1.1\r\nHost: t\r\n\r\nBODY\r\n\r\n";
  const std::size_t expected = text.find("BODY");
  for (std::size_t step = 1; step <= text.size(); ++step) {
    HeadScanner scanner;
    for (std::size_t size = step;; size = std::min(size + step, text.size())) {
      const auto outcome = scanner.Scan(std::string_view(text).substr(0, size), {});
      ASSERT_EQ(outcome.refuse, 0);
      if (outcome.head_bytes != 0) {
        EXPECT_EQ(outcome.head_bytes, expected);
        EXPECT_GE(size, expected);
        break;
      }
      ASSERT_LT(size, expected);
    }
  }
}

TEST(HeadScanner, RefusesHopelessStartsAtOnce) {
  for (const std::string& text :
       {std::string("GET / HTTP/1.1\n"), std::string("\n"), std::string("\x16\x03\x01", 3), std::string("a\0", 2), std::string("a\x7f")}) {
    EXPECT_EQ(HeadScanner().Scan(text, {}).refuse, 400) << text;
  }
  HeadScanner trickling;
  EXPECT_EQ(trickling.Scan("GET /\r", {}).refuse, 0);
  EXPECT_EQ(trickling.Scan("GET /\r\n", {}).refuse, 0);
  EXPECT_EQ(trickling.Scan("GET /\r\n\n", {}).refuse, 400);
}

TEST(HeadScanner, Limits) {
  HeadLimits limits;
  limits.target_bytes = 100;
  limits.head_bytes = 1'000;
  EXPECT_EQ(HeadScanner().Scan("GET /" + std::string(150, 'x'), limits).refuse, 0);
  EXPECT_EQ(HeadScanner().Scan("GET /" + std::string(170, 'x'), limits).refuse, 414);
  EXPECT_EQ(HeadScanner().Scan("GET / HTTP/1.1\r\nA: " + std::string(900, 'x'), limits).refuse, 0);
  EXPECT_EQ(HeadScanner().Scan("GET / HTTP/1.1\r\nA: " + std::string(1'000, 'x'), limits).refuse, 431);
  EXPECT_EQ(HeadScanner().Scan("GET / HTTP/1.1\r\nA: " + std::string(1'000, 'x') + "\r\n\r\n", limits).refuse, 431);
}

/// Views must lie in the text whatever the text is.
RC_GTEST_PROP(RequestHead, NeverLooksElsewhere, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("GET ", "POST ", "/", "?", "http://", "a", " ", "\t", "HTTP/1.1", "HTTP/1.0", "\r\n", "\r", "\n",
                                    "Host: t\r\n", "Content-Length: ", "5", "Transfer-Encoding: chunked\r\n", ":", ",",
                                    "X-Request-Id: ", std::string(1, '\0'), "\xff", "Expect: 100-continue\r\n", "Connection: close\r\n"));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  text += "\r\n\r\n";
  RequestHead head;
  const int refusal = Parse(text, head);
  RC_ASSERT(refusal == 0 || refusal == 400);
  if (refusal != 0) return;
  const auto inside = [&](std::string_view view) {
    return view == "/" || (view.data() >= text.data() && view.data() + view.size() <= text.data() + text.size());
  };
  RC_ASSERT(inside(head.method) && inside(head.target) && inside(head.path));
  for (const HeaderField& field : head.fields) RC_ASSERT(inside(field.name) && inside(field.value));
  RC_ASSERT(!(head.chunked && head.content_length > 0));
}

}  // namespace
}  // namespace plenary::http
