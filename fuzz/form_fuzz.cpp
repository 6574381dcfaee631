// A form body and a query together: the query's value of a name wins, the body's names keep their place in front.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/encoding.hpp"
#include "bbb/params.hpp"
#include "check.hpp"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t split = text.find('\n');  // the line is the query, the rest the body
  const std::string_view query = text.substr(0, split);
  const std::string_view body = split == std::string_view::npos ? std::string_view() : text.substr(split + 1);

  bbb::Params merged;
  if (!merged.AddForm(body)) return 0;
  const std::size_t from_body = merged.all().size();
  if (!merged.AddQuery(query)) return 0;
  bbb::Params alone;
  fuzz::Check(alone.AddQuery(query).has_value());
  bbb::Params form;
  fuzz::Check(form.AddForm(body).has_value());
  for (std::size_t i = 0; i < from_body; ++i) fuzz::Check(merged.all()[i].name == form.all()[i].name);
  for (const bbb::Param& param : merged.all()) {
    if (param.name.ends_with("[]")) continue;
    const bbb::Param* const expected = alone.Has(param.name) ? alone.Find(param.name) : form.Find(param.name);
    fuzz::Check(expected != nullptr && expected->value == param.value && expected->has_value == param.has_value);
  }
  for (const bbb::Param& param : alone.all()) fuzz::Check(merged.Has(param.name));
  return 0;
}
