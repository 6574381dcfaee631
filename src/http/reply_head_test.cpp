#include "http/reply_head.hpp"

#include <gtest/gtest.h>

namespace plenary::http {
namespace {

TEST(ReplyHead, IsExact) {
  Reply reply;
  reply.body = "12345";
  reply.SetContentType("text/xml; charset=utf-8");
  reply.AddHeader("Cache-Control", "no-store");
  std::string out;
  AppendReplyHead(out, reply, "DATE", "ID", ConnectionField::kNone);
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\nDate: DATE\r\nContent-Type: text/xml; charset=utf-8\r\nX-Request-Id: ID\r\nCache-Control: "
            "no-store\r\nContent-Length: 5\r\n\r\n");
  out.clear();
  reply.Reset();
  reply.status = 404;
  AppendReplyHead(out, reply, "DATE", "ID", ConnectionField::kClose);
  EXPECT_EQ(out, "HTTP/1.1 404 Not Found\r\nDate: DATE\r\nX-Request-Id: ID\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  out.clear();
  reply.status = 304;
  AppendReplyHead(out, reply, "DATE", "ID", ConnectionField::kKeepAlive);
  EXPECT_EQ(out, "HTTP/1.1 304 Not Modified\r\nDate: DATE\r\nX-Request-Id: ID\r\nConnection: keep-alive\r\n\r\n");
}

TEST(ReplyHead, Date) {
  EXPECT_EQ(HttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(HttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(ReplyHead, ValuesLoseLineEnds) {
  Reply reply;
  reply.AddHeader("Location", std::string("a\r\nb\0c", 6));
  EXPECT_EQ(reply.headers(), "Location: abc\r\n");
}

TEST(Request, HeaderIsFoundInAnyCase) {
  const HeaderField fields[] = {{"host", "a"}, {"Accept", "b"}, {"ACCEPT", "c"}};
  Request request;
  request.headers = fields;
  EXPECT_EQ(request.Header("Host"), "a");
  EXPECT_EQ(request.Header("accept"), "b");
  EXPECT_TRUE(request.HasHeader("accept"));
  EXPECT_FALSE(request.HasHeader("acceptx"));
  EXPECT_EQ(request.Header("x"), "");
}

}  // namespace
}  // namespace plenary::http
