#include "bbb/elements.hpp"

#include <pugixml.hpp>

namespace plenary::bbb {

namespace {

void Collect(const pugi::xml_node& parent, bool in_metadata, std::vector<Element>& elements) {
  for (const pugi::xml_node& child : parent.children()) {
    if (child.type() != pugi::node_element) continue;
    const bool nested = child.first_child().type() == pugi::node_element;
    if (!nested) elements.push_back({child.name(), child.text().get(), in_metadata});
  }
}

}  // namespace

std::vector<Element> ReadElements(std::string_view body) {
  pugi::xml_document document;
  document.load_buffer(body.data(), body.size(), pugi::parse_default, pugi::encoding_utf8);
  std::vector<Element> elements;
  const pugi::xml_node response = document.child("response");
  Collect(response, false, elements);
  Collect(response.child("metadata"), true, elements);
  return elements;
}

}  // namespace plenary::bbb
