#include "admin/rest_schema.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "admin/json.hpp"

namespace plenary::admin {

namespace {

bool AllOf(const boost::json::value& value, bool (*is)(const boost::json::value&)) {
  const auto* list = value.if_array();
  return list != nullptr && std::all_of(list->begin(), list->end(), is);
}

bool IsText(const boost::json::value& value) { return value.is_string(); }
bool IsInteger(const boost::json::value& value) { return value.is_int64(); }

std::string Expected(const Field& field) {
  switch (field.type) {
    case FieldType::kText: break;
    case FieldType::kNumber: return "must be a number";
    case FieldType::kInteger: return "must be an integer";
    case FieldType::kBool: return "must be true or false";
    case FieldType::kTexts: return "must be a list of texts";
    case FieldType::kIntegers: return "must be a list of integers";
    default: return "must be an object";
  }
  return field.values.empty() ? "must be a text" : OneOf(field.values);
}

bool Fits(const Field& field, const boost::json::value& value) {
  switch (field.type) {
    case FieldType::kText:
      return value.is_string() && (field.values.empty() || std::count(field.values.begin(), field.values.end(), TextOf(&value)) > 0);
    case FieldType::kNumber: return value.is_number() && std::isfinite(value.to_number<double>());
    case FieldType::kInteger: return IsInteger(value);
    case FieldType::kBool: return value.is_bool();
    case FieldType::kTexts: return AllOf(value, IsText);
    case FieldType::kIntegers: return AllOf(value, IsInteger);
    default: return value.is_object();  // bodies have no other compound
  }
}

void Check(const Schema& schema, const boost::json::object& body, const std::string& prefix, std::vector<FieldError>& errors) {
  for (const auto& [key, value] : body) {
    const std::string_view name(key.data(), key.size());
    const auto field = std::find_if(schema.fields.begin(), schema.fields.end(), [&](const Field& known) { return known.name == name; });
    const std::string full = prefix + std::string(name);
    if (field == schema.fields.end()) errors.push_back({full, "is unknown"});
    else if (!Fits(*field, value)) errors.push_back({full, Expected(*field)});
    else if (field->type == FieldType::kObject) Check(SchemaNamed(field->of), value.as_object(), full + ".", errors);
  }
  for (const Field& field : schema.fields) {
    if ((field.flags & kRequired) && !Find(body, field.name)) errors.push_back({prefix + std::string(field.name), "is missing"});
  }
}

void AppendCsvField(std::string& out, const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  out += '"';
}

}  // namespace

const Schema& SchemaNamed(std::string_view name) {
  for (const Schema& schema : Schemas()) {
    if (schema.name == name) return schema;
  }
  throw std::logic_error("no schema " + std::string(name));
}

std::vector<FieldError> CheckBody(const Schema& schema, const boost::json::object& body) {
  std::vector<FieldError> errors;
  Check(schema, body, {}, errors);
  return errors;
}

std::string OneOf(const std::vector<std::string_view>& values) {
  std::string text;
  for (const std::string_view value : values) text.append(text.empty() ? "must be one of " : ", ").append(value);
  return text;
}

boost::json::object ShapeAnswer(const Schema& schema, boost::json::object answer, bool show_secrets) {
  boost::json::object shaped;
  for (const Field& field : schema.fields) {
    const boost::json::string_view name(field.name.data(), field.name.size());
    boost::json::value& value = shaped[name];
    if ((field.flags & kSecret) && !show_secrets) continue;  // stays null
    value = std::move(answer.at(name));
    if (field.type == FieldType::kObject && value.is_object()) {
      value = ShapeAnswer(SchemaNamed(field.of), std::move(value.as_object()), show_secrets);
    } else if (field.type == FieldType::kObjects) {
      for (boost::json::value& item : value.as_array()) item = ShapeAnswer(SchemaNamed(field.of), std::move(item.as_object()), show_secrets);
    }
  }
  return shaped;
}

bool HoldsSecrets(const Schema& schema) {
  return std::any_of(schema.fields.begin(), schema.fields.end(),
                     [](const Field& field) { return (field.flags & kSecret) || (!field.of.empty() && HoldsSecrets(SchemaNamed(field.of))); });
}

std::string CsvOf(const Schema& schema, const boost::json::array& rows) {
  std::string csv;
  const auto line = [&](auto&& text_of) {
    for (const Field& field : schema.fields) {
      if (&field != &schema.fields.front()) csv += ',';
      AppendCsvField(csv, text_of(field));
    }
    csv += "\r\n";
  };
  line([](const Field& field) { return std::string(field.name); });
  for (const boost::json::value& row : rows) {
    line([&](const Field& field) { return TextOf(row.as_object(), field.name); });
  }
  return csv;
}

}  // namespace plenary::admin
