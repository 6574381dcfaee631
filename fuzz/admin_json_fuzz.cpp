// Any body of the two HTTP APIs: it is JSON within the limits or refused; what is read can be written and read again; Scalelite's wrapping and
// the checks of /api/v1 take whatever it holds.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "admin/json.hpp"
#include "admin/rest_schema.hpp"
#include "admin/scalelite_params.hpp"
#include "check.hpp"

using namespace plenary;

namespace {

/// Boost.JSON reads long decimals only nearly, so of floating numbers just the kind is compared.
bool Same(const boost::json::value& a, const boost::json::value& b) {
  if (a.is_double()) return b.is_double() || b.is_null();  // null: it was not finite
  if (const auto* list = a.if_array()) {
    const auto* other = b.if_array();
    return other != nullptr && std::equal(list->begin(), list->end(), other->begin(), other->end(), Same);
  }
  if (const auto* object = a.if_object()) {
    const auto* other = b.if_object();
    const auto same = [](const auto& one, const auto& two) { return one.key() == two.key() && Same(one.value(), two.value()); };
    return other != nullptr && std::equal(object->begin(), object->end(), other->begin(), other->end(), same);
  }
  return a == b;
}

void CheckWritten(const boost::json::value& value) {
  std::string text;
  admin::AppendJson(text, value);
  const auto again = admin::ParseJson(text);
  fuzz::Check(again.has_value() && Same(value, *again));
}

void CheckScalelite(std::string_view body) {
  const bbb::Params none;
  for (const char* wrapper : {"server", "tenant"}) {
    const auto params = admin::ScaleliteParams::Read(none, body, wrapper);
    fuzz::Check(params.has_value());
    params->Text("id");
    params->Flag("keep_state");
    const boost::json::object* wrapped = params->Wrapped();
    if (wrapped == nullptr) continue;
    fuzz::Check(!wrapped->empty());
    for (const auto& [key, value] : *wrapped) {
      const double number = admin::DecimalOf(value);
      fuzz::Check(number == number);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto value = admin::ParseJson(body);
  if (!value) return 0;
  CheckWritten(*value);
  CheckScalelite(body);
  if (!value->is_object()) return 0;
  for (const admin::Schema& schema : admin::Schemas()) {
    if (!schema.body) continue;
    for (const admin::FieldError& error : admin::CheckBody(schema, value->as_object())) fuzz::Check(!error.text.empty());
  }
  return 0;
}
