#include "admin/arguments.hpp"

namespace plenary::admin {

namespace {

const boost::json::value* Find(const boost::json::object& arguments, std::string_view name) {
  const auto it = arguments.find(boost::json::string_view(name.data(), name.size()));
  return it == arguments.end() || it->value().is_null() ? nullptr : &it->value();
}

tl::unexpected<Error> Wrong(std::string_view name, std::string_view what) {
  return Fail(ErrorCode::kInvalidArgument, "The argument " + std::string(name) + " must be " + std::string(what) + ".");
}

std::string Text(const boost::json::value& value) { return std::string(value.as_string().data(), value.as_string().size()); }

}  // namespace

Result<std::optional<std::string>> TextArgument(const boost::json::object& arguments, std::string_view name) {
  const boost::json::value* value = Find(arguments, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return Wrong(name, "a text");
  return Text(*value);
}

Result<std::string> RequiredText(const boost::json::object& arguments, std::string_view name) {
  auto text = TextArgument(arguments, name);
  if (!text) return tl::unexpected(text.error());
  if (!*text || (*text)->empty()) return Fail(ErrorCode::kInvalidArgument, "The argument " + std::string(name) + " is missing.");
  return **text;
}

Result<std::optional<double>> NumberArgument(const boost::json::object& arguments, std::string_view name) {
  const boost::json::value* value = Find(arguments, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) return Wrong(name, "a number");
  return value->to_number<double>();
}

Result<bool> FlagArgument(const boost::json::object& arguments, std::string_view name) {
  const boost::json::value* value = Find(arguments, name);
  if (value == nullptr) return false;
  if (!value->is_bool()) return Wrong(name, "true or false");
  return value->as_bool();
}

Result<std::vector<std::string>> TextListArgument(const boost::json::object& arguments, std::string_view name) {
  const boost::json::value* value = Find(arguments, name);
  std::vector<std::string> list;
  if (value == nullptr) return list;
  if (!value->is_array()) return Wrong(name, "a list of texts");
  for (const boost::json::value& item : value->as_array()) {
    if (!item.is_string()) return Wrong(name, "a list of texts");
    list.push_back(Text(item));
  }
  return list;
}

}  // namespace plenary::admin
