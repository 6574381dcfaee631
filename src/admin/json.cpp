#include "admin/json.hpp"

#include <cmath>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.hpp"

namespace plenary::admin {

Result<boost::json::value> ParseJson(std::string_view text) {
  boost::json::parse_options limits;
  limits.max_depth = kMaxJsonDepth;
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse(boost::json::string_view(text.data(), text.size()), failed, {}, limits);
  if (failed) return Fail(ErrorCode::kInvalidArgument, "The body is not valid JSON: " + failed.message() + ".");
  return value;
}

void AppendJson(std::string& out, const boost::json::value& value) {
  if (const auto* object = value.if_object()) return AppendJson(out, *object);
  if (const auto* array = value.if_array()) {
    out += '[';
    for (const boost::json::value& item : *array) {
      if (out.back() != '[') out += ',';
      AppendJson(out, item);
    }
    out += ']';
  } else if (const auto* number = value.if_double()) {
    out += std::isfinite(*number) ? RubyFloat(*number) : "null";
  } else {
    out += boost::json::serialize(value);
  }
}

void AppendJson(std::string& out, const boost::json::object& object) {
  out += '{';
  for (const auto& [key, value] : object) {
    if (out.back() != '{') out += ',';
    out += boost::json::serialize(key);
    out += ':';
    AppendJson(out, value);
  }
  out += '}';
}

const boost::json::value* Find(const boost::json::object& object, std::string_view key) {
  return object.if_contains(boost::json::string_view(key.data(), key.size()));
}

std::string TextOf(const boost::json::value* value) {
  if (value == nullptr) return {};
  if (const auto* text = value->if_string()) return std::string(text->data(), text->size());
  if (!value->is_number() && !value->is_bool()) return {};
  std::string text;
  AppendJson(text, *value);
  return text;
}

}  // namespace plenary::admin
