#include <unistd.h>

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "observe/access_log.hpp"
#include "observe/log.hpp"

namespace plenary::observe {
namespace {

TEST(Quoted, StaysOnOneLine) {
  std::string out;
  AppendQuoted(out, "a\"b\\c\nd\x01" "e");
  EXPECT_EQ(out, "\"a\\\"b\\\\c\\nd\\u0001e\"");
}

TEST(Timestamp, IsUtcWithMilliseconds) {
  std::string out;
  AppendTimestamp(out, 1715347930123);
  EXPECT_EQ(out, "2024-05-10T13:32:10.123Z");
}

TEST(AccessLog, WritesEveryLineBeforeItEnds) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  {
    AccessLog log(true, false, fds[1]);
    AccessEntry entry;
    entry.wall_ms = 1715347930123;
    entry.method = "GET";
    entry.call = "join";
    entry.outcome = "ok";
    entry.status = 302;
    log.Write(entry);
    log.Write(entry);
  }
  close(fds[1]);
  std::string text(4096, '\0');
  const ssize_t n = read(fds[0], text.data(), text.size());
  close(fds[0]);
  ASSERT_GT(n, 0);
  text.resize(static_cast<std::size_t>(n));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_EQ(text.rfind("2024-05-10T13:32:10.123Z info  GET join 302 ok", 0), 0u) << text;
}

TEST(AccessLog, JsonLinesAreComplete) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  {
    AccessLog log(true, true, fds[1]);
    AccessEntry entry;
    entry.wall_ms = 1715347930007;
    entry.method = "GET";
    entry.call = "join";
    entry.outcome = "ok";
    entry.server_id = "n1";
    entry.request_id = "r1";
    entry.peer = "127.0.0.1";
    entry.status = 302;
    entry.bytes = 12;
    entry.elapsed_us = 34;
    log.Write(entry);
  }
  close(fds[1]);
  std::string text(4096, '\0');
  const ssize_t n = read(fds[0], text.data(), text.size());
  close(fds[0]);
  text.resize(static_cast<std::size_t>(n));
  EXPECT_EQ(text, "{\"time\":\"2024-05-10T13:32:10.007Z\",\"level\":\"info\",\"message\":\"request\",\"method\":\"GET\",\"call\":\"join\",\"outcome\":\"ok\","
                  "\"status\":302,\"server\":\"n1\",\"bytes\":12,\"us\":34,\"id\":\"r1\",\"peer\":\"127.0.0.1\"}\n");
}

TEST(AccessLog, WritesNothingWhenDisabled) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  {
    AccessLog log(false, false, fds[1]);
    log.Write(AccessEntry{});
    EXPECT_FALSE(log.enabled());
  }
  close(fds[1]);
  char byte;
  EXPECT_EQ(read(fds[0], &byte, 1), 0);
  close(fds[0]);
}

}  // namespace
}  // namespace plenary::observe
