// The members of a JSON object as they are written: put together again they are the same document.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/parse.hpp>

#include "callbacks/json_members.hpp"
#include "check.hpp"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto members = callbacks::JsonMembers(text);
  boost::json::error_code failed;
  const boost::json::value document = boost::json::parse(text, failed);
  fuzz::Check(members.has_value() == (!failed && document.is_object()));
  if (!members) return 0;
  std::string again = "{";
  for (const callbacks::JsonMember& member : *members) {
    if (again.size() > 1) again += ',';
    again.append(member.raw_name).append(":").append(member.value);
  }
  fuzz::Check(boost::json::parse(again + "}") == document);
  return 0;
}
