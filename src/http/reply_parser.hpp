// Reading a node's reply piece by piece into a NodeReply: interim replies skipped, all three framings, a limit on the body. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/node_client.hpp"

namespace plenary::http {

class ReplyReader {
 public:
  static constexpr std::size_t kMaxHead = 64 * 1024;  // also of a chunk's size line

  enum class State { kHead, kBody, kDone, kTooLarge, kBad };

  ReplyReader(NodeReply& reply, std::uint64_t max_body_bytes);
  ~ReplyReader();

  /// Returns how much was consumed; the rest must be given again with more behind it.
  std::size_t Take(std::string_view bytes);
  /// The connection ended, in an orderly way or not. Only in state kBody.
  void End(bool orderly);

  State state() const { return state_; }
  bool keep_alive() const;
  /// For kBad.
  const std::string& problem() const { return problem_; }

 private:
  class Parser;

  NodeReply& reply_;
  const std::uint64_t max_body_bytes_;
  std::unique_ptr<Parser> parser_;
  State state_ = State::kHead;
  int interim_ = 0;
  std::string problem_;
};

}  // namespace plenary::http
