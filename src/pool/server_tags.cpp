#include "pool/server_tags.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace plenary::pool {

std::optional<std::size_t> TagWish::Rank(std::string_view node_tag) const {
  const std::string_view name = node_tag.empty() ? std::string_view("none") : node_tag;
  const auto found = std::find(tags.begin(), tags.end(), name);
  if (found == tags.end()) return std::nullopt;
  return static_cast<std::size_t>(found - tags.begin());
}

TagWish ParseTagWish(std::string_view text) {
  TagWish wish;
  if (TrimBlanks(text).empty()) return wish;
  if (text.back() == '!') {
    text.remove_suffix(1);
    if (TrimBlanks(text).empty()) return wish;
    wish.required = true;
  }
  wish.text = text;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    if (end > 0) wish.tags.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return wish;
}

}  // namespace plenary::pool
