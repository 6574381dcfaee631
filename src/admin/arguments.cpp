#include "admin/arguments.hpp"

#include <limits>

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

Result<std::optional<std::int64_t>> IntegerArgument(const boost::json::object& arguments, std::string_view name, std::int64_t least,
                                                    std::int64_t most) {
  const boost::json::value* value = Find(arguments, name);
  if (value == nullptr) return std::nullopt;
  boost::json::error_code inexact;
  const std::int64_t number = value->is_number() ? value->to_number<std::int64_t>(inexact) : 0;
  if (!value->is_number() || inexact || number < least || number > most) {
    return Wrong(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

Result<std::optional<std::uint64_t>> RevisionArgument(const boost::json::object& arguments) {
  const auto number = IntegerArgument(arguments, "if_revision", 0, std::numeric_limits<std::int64_t>::max());
  if (!number) return tl::unexpected(number.error());
  return *number ? std::optional<std::uint64_t>(static_cast<std::uint64_t>(**number)) : std::nullopt;
}

Result<std::optional<double>> NumberArgument(const boost::json::object& arguments, std::string_view name) {
  const boost::json::value* value = Find(arguments, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) return Wrong(name, "a number");
  return value->to_number<double>();
}

Result<std::optional<bool>> OptionalFlagArgument(const boost::json::object& arguments, std::string_view name) {
  const boost::json::value* value = Find(arguments, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) return Wrong(name, "true or false");
  return value->as_bool();
}

Result<bool> FlagArgument(const boost::json::object& arguments, std::string_view name) {
  const auto flag = OptionalFlagArgument(arguments, name);
  if (!flag) return tl::unexpected(flag.error());
  return flag->value_or(false);
}

Result<std::optional<std::vector<std::string>>> OptionalTextListArgument(const boost::json::object& arguments, std::string_view name) {
  const boost::json::value* value = Find(arguments, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array()) return Wrong(name, "a list of texts");
  std::vector<std::string> list;
  for (const boost::json::value& item : value->as_array()) {
    if (!item.is_string()) return Wrong(name, "a list of texts");
    list.push_back(Text(item));
  }
  return list;
}

Result<std::vector<std::string>> TextListArgument(const boost::json::object& arguments, std::string_view name) {
  auto list = OptionalTextListArgument(arguments, name);
  if (!list) return tl::unexpected(list.error());
  return std::move(*list).value_or(std::vector<std::string>());
}

Result<std::vector<std::int64_t>> IntegerListArgument(const boost::json::object& arguments, std::string_view name) {
  const boost::json::value* value = Find(arguments, name);
  std::vector<std::int64_t> list;
  if (value == nullptr) return list;
  if (!value->is_array()) return Wrong(name, "a list of whole numbers");
  for (const boost::json::value& item : value->as_array()) {
    boost::json::error_code inexact;
    list.push_back(item.is_number() ? item.to_number<std::int64_t>(inexact) : 0);
    if (!item.is_number() || inexact) return Wrong(name, "a list of whole numbers");
  }
  return list;
}

Result<const boost::json::object*> ObjectArgument(const boost::json::object& arguments, std::string_view name) {
  const boost::json::value* value = Find(arguments, name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) return Wrong(name, "an object");
  return &value->as_object();
}

}  // namespace plenary::admin
