// The members of a JSON object as they are written, for passing a document on with one member changed and every other one, its numbers above all,
// byte for byte as it came. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plenary::callbacks {

struct JsonMember {
  std::string name;           // decoded
  std::string_view raw_name;  // with its quotes; a view into the text
  std::string_view value;     // raw
};

/// In the order of the text, repeated names included. Nothing when the text is not one JSON object.
std::optional<std::vector<JsonMember>> JsonMembers(std::string_view text);

}  // namespace plenary::callbacks
