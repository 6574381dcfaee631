// A node's reply: the same result in one piece and in many, and never more body than allowed. (Why a reply is unusable may differ: Beast's
// parser sees garbage later when it trickles in.)
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "check.hpp"
#include "http/reply_parser.hpp"

using namespace plenary::http;
using plenary::fuzz::Check;

namespace {

constexpr std::uint64_t kMaxBody = 300;

ReplyReader::State Read(std::string_view text, std::size_t step, NodeReply& reply) {
  ReplyReader reader(reply, kMaxBody);
  std::size_t taken = 0;
  for (std::size_t size = std::min(step, text.size());; size = std::min(size + step, text.size())) {
    const std::size_t n = reader.Take(text.substr(taken, size - taken));
    Check(n <= size - taken);
    taken += n;
    Check(reply.body.size() <= kMaxBody);
    if (size == text.size() || (reader.state() != ReplyReader::State::kHead && reader.state() != ReplyReader::State::kBody)) break;
  }
  if (reader.state() == ReplyReader::State::kBody) reader.End(true);
  return reader.state();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  NodeReply whole;
  NodeReply pieces;
  const auto state = Read(text, size + 1, whole);
  const bool usable = state == ReplyReader::State::kDone;
  Check(usable == (Read(text, 1 + size % 7, pieces) == ReplyReader::State::kDone));
  if (usable) {
    Check(whole.status == pieces.status && whole.body == pieces.body && whole.content_type == pieces.content_type &&
          whole.truncated == pieces.truncated);
  }
  return 0;
}
