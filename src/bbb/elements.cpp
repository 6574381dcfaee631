#include "bbb/elements.hpp"

#include <cstddef>

#include "bbb/status_reader.hpp"
#include "bbb/xml_scanner.hpp"

namespace plenary::bbb {

using Token = XmlScanner::Token;

std::vector<Element> ReadElements(std::string_view body) {
  XmlScanner scanner(StripLeading(body));
  std::vector<Element> elements;
  Element leaf;
  std::size_t leaf_depth = 0;  // 0: the last tag opened none that is wanted
  for (Token token = scanner.Next(); token != Token::kFinished && token != Token::kBroken; token = scanner.Next()) {
    const auto open = scanner.open_elements();
    if (token == Token::kText) {
      if (leaf_depth != 0) scanner.AppendText(leaf.text);
    } else if (token == Token::kStart) {
      const bool in_metadata = open.size() == 3 && open[1] == "metadata";
      leaf_depth = open[0] == "response" && (open.size() == 2 || in_metadata) ? open.size() : 0;
      leaf = {std::string(scanner.name()), {}, in_metadata};
    } else {
      if (leaf_depth == open.size() + 1) elements.push_back(leaf);
      leaf_depth = 0;
    }
  }
  return elements;
}

}  // namespace plenary::bbb
