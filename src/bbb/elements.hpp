// The simple elements of a reply by name, for showing them to an operator. Order as in the document.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plenary::bbb {

struct Element {
  std::string name, text;
  bool in_metadata = false;  // a child of <metadata>, else of <response>
};

/// Children of <response> without children of their own, and those of its <metadata>. Broken documents are read as far as they go.
std::vector<Element> ReadElements(std::string_view body);

}  // namespace plenary::bbb
