#include "admin/scalelite_params.hpp"

#include <charconv>
#include <cmath>
#include <utility>

#include "admin/json.hpp"
#include "base/encoding.hpp"

namespace plenary::admin {

namespace {

boost::json::string_view Key(std::string_view text) { return {text.data(), text.size()}; }

/// "server[url]=x" → {"server":{"url":"x"}}; anything else under its own name.
void AddQuery(boost::json::object& into, const bbb::Param& param) {
  const boost::json::value value = param.has_value ? boost::json::value(Key(param.value)) : boost::json::value(nullptr);
  const std::size_t open = param.name.find('[');
  if (open == std::string_view::npos || open == 0 || !param.name.ends_with(']') || param.name.size() - open == 2) {
    into[Key(param.name)] = value;
    return;
  }
  boost::json::value& object = into[Key(param.name.substr(0, open))];
  if (!object.is_object()) object.emplace_object();
  object.as_object()[Key(param.name.substr(open + 1, param.name.size() - open - 2))] = value;
}

}  // namespace

Result<ScaleliteParams> ScaleliteParams::Read(const bbb::Params& query, std::optional<std::string_view> body, std::string_view wrapper) {
  ScaleliteParams params;
  params.wrapper_ = wrapper;
  boost::json::object from_query;
  for (const bbb::Param& param : query.all()) AddQuery(from_query, param);
  if (body) {
    auto parsed = ParseJson(*body);
    if (!parsed) return tl::unexpected(parsed.error());
    if (parsed->is_object()) params.all_ = std::move(parsed->as_object());
    else params.all_["_json"] = std::move(*parsed);
    params.body_checksum_ = TextOf(params.all_, "checksum");
    if (!Find(params.all_, wrapper) && !Find(from_query, wrapper)) {
      boost::json::object copy = params.all_;
      params.all_[Key(wrapper)] = std::move(copy);
    }
  }
  for (auto& [name, value] : from_query) params.all_[name] = std::move(value);
  return params;
}

std::string ScaleliteParams::Text(std::string_view name) const { return TextOf(all_, name); }

bool ScaleliteParams::Flag(std::string_view name) const {
  const std::string text = Text(name);
  return !text.empty() && text != "false" && text != "0";
}

const boost::json::object* ScaleliteParams::Wrapped() const {
  const boost::json::value* value = Find(all_, wrapper_);
  const boost::json::object* object = value ? value->if_object() : nullptr;
  return object && !object->empty() ? object : nullptr;
}

double DecimalOf(const boost::json::value& value) {
  const std::string text = TextOf(&value);
  std::string_view digits = TrimBlanks(text);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return read.ec == std::errc() && std::isfinite(number) ? number : 0;
}

}  // namespace plenary::admin
