#include "http/reply_parser.hpp"

#include <string>

#include <gtest/gtest.h>

namespace plenary::http {
namespace {

/// Feeds `text` in pieces that end at `cut` and then byte by byte.
NodeReply ReadInPieces(const std::string& text, std::size_t cut, ReplyReader::State& state) {
  NodeReply reply;
  ReplyReader reader(reply, 1'000);
  std::size_t taken = 0;
  for (std::size_t size = cut; size <= text.size(); ++size) {
    taken += reader.Take(std::string_view(text).substr(taken, size - taken));
    if (reader.state() != ReplyReader::State::kHead && reader.state() != ReplyReader::State::kBody) break;
  }
  state = reader.state();
  return reply;
}

TEST(ReplyReader, ALastChunkInPiecesEndsTheReply) {
  for (const std::string body : {"0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "3\r\nabc\r\n000\r\nX-T: 1\r\n\r\n"}) {
    const std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
    for (std::size_t cut = 1; cut <= text.size(); ++cut) {
      ReplyReader::State state;
      const NodeReply reply = ReadInPieces(text, cut, state);
      EXPECT_EQ(state, ReplyReader::State::kDone) << body << " cut at " << cut;
      EXPECT_EQ(reply.body.size(), body.size() == 5 ? 0u : body.find("hello") != std::string::npos ? 5u : 3u);
      EXPECT_FALSE(reply.truncated);
    }
  }
}

TEST(ReplyReader, AMalformedChunkIsRefused) {
  for (const std::string body : {"x\r\n", "5\r\nhelloworld\r\n", "-1\r\n", "ffffffffffffffffff\r\n"}) {
    ReplyReader::State state;
    ReadInPieces("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body, 1, state);
    EXPECT_TRUE(state == ReplyReader::State::kBad || state == ReplyReader::State::kTooLarge) << body;
  }
}

}  // namespace
}  // namespace plenary::http
