// The objects of /api/v1, in one table: bodies are checked by it, answers hold nothing else and their secrets are masked, CSV takes its
// columns from it, and the OpenAPI document is generated from it. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace plenary::admin {

enum class FieldType : std::uint8_t {
  kText, kNumber, kInteger, kBool,
  kTexts, kIntegers,     // lists
  kObject, kObjects,     // of the schema `of`, and a list of such
  kTextMap, kNumberMap,  // any keys
};

inline constexpr unsigned kRequired = 1;  // in a body
inline constexpr unsigned kNullable = 2;  // in an answer
inline constexpr unsigned kSecret = 4;    // null unless secrets are shown

struct Field {
  std::string_view name;
  FieldType type = FieldType::kText;
  std::string_view about;
  unsigned flags = 0;
  std::string_view of = {};
  std::vector<std::string_view> values = {};  // of a text: the only ones
};

struct Schema {
  std::string_view name;
  std::vector<Field> fields;
  bool body = false;  // of requests; answers hold every field, bodies the required ones at least
};

const std::vector<Schema>& Schemas();
/// `name` must be in the table.
const Schema& SchemaNamed(std::string_view name);

/// What is wrong with one field: "limits.meetings", "must be an integer".
struct FieldError {
  std::string field, text;
};
/// Every unknown, missing or wrong field of a body.
std::vector<FieldError> CheckBody(const Schema& schema, const boost::json::object& body);

/// "must be one of a, b"
std::string OneOf(const std::vector<std::string_view>& values);

/// Leaves only what the schema has, in its order, and replaces secrets by null unless they are shown.
boost::json::object ShapeAnswer(const Schema& schema, boost::json::object answer, bool show_secrets);
/// A secret may be in its objects.
bool HoldsSecrets(const Schema& schema);

/// A head line and a line for each row (RFC 4180).
std::string CsvOf(const Schema& schema, const boost::json::array& rows);

}  // namespace plenary::admin
