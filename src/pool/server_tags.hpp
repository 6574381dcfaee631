// Which nodes a create asks for by tag (spec scalelite 6). Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plenary::pool {

/// A wish as clients write it in meta_server-tag: "x", "x;y" prefer these and fall back to untagged nodes; a "!" at the end insists.
struct TagWish {
  std::vector<std::string> tags;  // empty: untagged nodes only; "none" stands for them in a list
  bool required = false;
  std::string text;               // without the final "!", for messages

  /// The place of a node's tag ("" = none) among the wished ones; nothing when it isn't one.
  std::optional<std::size_t> Rank(std::string_view node_tag) const;
  bool Matches(std::string_view node_tag) const { return Rank(node_tag).has_value(); }
};

TagWish ParseTagWish(std::string_view text);

}  // namespace plenary::pool
