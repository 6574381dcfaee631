// A multipart body behind the header line that names its boundary.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/encoding.hpp"
#include "bbb/multipart.hpp"
#include "bbb/params.hpp"
#include "check.hpp"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t split = text.find('\n');
  const std::string_view content_type = text.substr(0, split);
  const std::string_view body = split == std::string_view::npos ? std::string_view() : text.substr(split + 1);
  bbb::Params params;
  if (!bbb::AddMultipart(params, content_type, body)) return 0;
  fuzz::Check(params.all().size() <= bbb::Params::kMaxParams);
  for (const bbb::Param& param : params.all()) {
    fuzz::Check(IsValidUtf8(param.name) && IsValidUtf8(param.value));
    fuzz::Check(body.find(param.value) != std::string_view::npos);  // values are taken as they stand
  }
  return 0;
}
