// Any query: it is taken or refused; what is taken can be written, read again and signed, and the signature verifies.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "bbb/checksum.hpp"
#include "bbb/params.hpp"
#include "check.hpp"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view query(reinterpret_cast<const char*>(data), size);
  static const bbb::SignPolicy policy{{"secret"}, {DigestAlgorithm::kSha1, DigestAlgorithm::kSha256}};
  fuzz::Check(!bbb::VerifyChecksum("create", query, {}, policy));

  static bbb::Params params;  // reused, as a thread's is
  params.Clear();
  if (!params.AddQuery(query)) return 0;
  for (const bbb::Param& param : params.all()) {
    fuzz::Check(!param.name.empty() && IsValidUtf8(param.name) && IsValidUtf8(param.value));
    fuzz::Check(params.Has(param.name));
  }

  std::string target = "create?";
  bbb::AppendQuery(target, params);
  const std::string written = target.substr(7);
  bbb::AppendChecksum(target, "create", 7, "secret", DigestAlgorithm::kSha256);
  fuzz::Check(bbb::VerifyChecksum("create", std::string_view(target).substr(7), {}, policy));

  // A list loses its brackets when it is written, and its name may then be another's. Without lists nothing changes any more.
  bbb::Params again;
  fuzz::Check(again.AddQuery(written).has_value());
  std::string once;
  bbb::AppendQuery(once, again);
  bbb::Params third;
  fuzz::Check(third.AddQuery(once).has_value());
  std::string twice;
  bbb::AppendQuery(twice, third);
  fuzz::Check(written.find("%5B%5D") != std::string::npos || once == twice);
  return 0;
}
