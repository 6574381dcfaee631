// The OpenAPI 3.1 document of /api/v1, made of the tables that the server itself works by (rest_routes.cpp, rest_schemas.cpp).
#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>

#include "admin/json.hpp"
#include "admin/rest_calls.hpp"

namespace plenary::admin {

namespace {

using boost::json::array;
using boost::json::object;

boost::json::string_view View(std::string_view text) { return {text.data(), text.size()}; }

object Reference(std::string_view kind, std::string_view name) {
  return Pair("$ref", "#/components/" + std::string(kind) + "/" + std::string(name));
}

object ListOf(object items) {
  object schema;
  schema["type"] = "array";
  schema["items"] = std::move(items);
  return schema;
}

object MapOf(std::string_view type) {
  object schema;
  schema["type"] = "object";
  schema["additionalProperties"] = Pair("type", std::string(type));
  return schema;
}

object TypeSchema(const Field& field) {
  switch (field.type) {
    case FieldType::kText: return Pair("type", "string");
    case FieldType::kNumber: return Pair("type", "number");
    case FieldType::kInteger: return Pair("type", "integer");
    case FieldType::kBool: return Pair("type", "boolean");
    case FieldType::kTexts: return ListOf(Pair("type", "string"));
    case FieldType::kIntegers: return ListOf(Pair("type", "integer"));
    case FieldType::kObject: return Reference("schemas", field.of);
    case FieldType::kObjects: return ListOf(Reference("schemas", field.of));
    case FieldType::kTextMap: return MapOf("string");
    case FieldType::kNumberMap: return MapOf("number");
  }
  return {};
}

object FieldSchema(const Field& field) {
  object schema = TypeSchema(field);
  if (!field.values.empty()) {
    array values;
    for (const std::string_view value : field.values) values.emplace_back(View(value));
    schema["enum"] = std::move(values);
  }
  if (field.flags & kNullable) {
    array either;
    either.push_back(std::move(schema));
    either.push_back(Pair("type", "null"));
    schema = object();
    schema["anyOf"] = std::move(either);
  }
  if (!field.about.empty()) schema["description"] = View(field.about);
  return schema;
}

object ObjectSchema(const Schema& table) {
  object properties;
  array required;
  for (const Field& field : table.fields) {
    properties[View(field.name)] = FieldSchema(field);
    if (!table.body || (field.flags & kRequired)) required.emplace_back(View(field.name));
  }
  object schema;
  schema["type"] = "object";
  schema["properties"] = std::move(properties);
  schema["required"] = std::move(required);
  schema["additionalProperties"] = false;
  return schema;
}

object Parameter(std::string_view in, std::string_view name, std::string_view about, object schema) {
  object parameter;
  parameter["name"] = View(name);
  parameter["in"] = View(in);
  if (in == "path") parameter["required"] = true;
  if (!about.empty()) parameter["description"] = View(about);
  parameter["schema"] = std::move(schema);
  return parameter;
}

array Parameters(const Route& route) {
  array parameters;
  for (std::size_t open = route.path.find('{'); open != std::string_view::npos; open = route.path.find('{', open + 1)) {
    const std::string_view name = route.path.substr(open + 1, route.path.find('}', open) - open - 1);
    parameters.push_back(Parameter("path", name, "", Pair("type", "string")));
  }
  for (const QueryParam& param : QueryOf(route)) {
    object schema = FieldSchema({param.name, param.type, "", 0, {}, param.values});
    if (param.name == "limit") {
      schema["minimum"] = 1;
      schema["maximum"] = 1000;
    }
    parameters.push_back(Parameter("query", param.name, param.about, std::move(schema)));
  }
  if (route.revisioned && route.method == "GET") {
    parameters.push_back(Parameter("header", "If-None-Match", "304 when the revision is still this one", Pair("type", "string")));
  } else if (route.revisioned && route.method != "POST") {
    parameters.push_back(Parameter("header", "If-Match", "412 when the revision is another", Pair("type", "string")));
  }
  return parameters;
}

object Content(std::string_view type, object schema) {
  object media;
  media["schema"] = std::move(schema);
  object content;
  content[View(type)] = std::move(media);
  return content;
}

object Responses(const Route& route) {
  object content = Content("application/json", route.answer.empty() ? Pair("type", "object") : Reference("schemas", route.answer));
  if (route.csv) content["text/csv"] = Content("text/csv", Pair("type", "string")).at("text/csv");
  object success;
  success["description"] = "done";
  success["content"] = std::move(content);
  object responses;
  responses[std::to_string(route.status)] = std::move(success);
  const auto problem = [&](int status) { responses[std::to_string(status)] = Reference("responses", "Problem"); };
  if (route.revisioned && route.method == "GET") responses["304"] = Pair("description", "not changed");
  problem(400);
  if (route.scopes == kNobody) return responses;
  problem(401);
  problem(403);
  problem(404);
  if (route.method != "GET" || route.path.starts_with("/meetings/")) problem(409);
  if (route.revisioned && route.method != "POST" && route.method != "GET") problem(412);
  if (!route.body.empty()) {
    problem(413);
    problem(415);
  }
  problem(422);
  problem(503);
  return responses;
}

array ScopeNames(unsigned scopes) {
  array names;
  if (scopes & kAdmin) names.emplace_back("admin");
  if (scopes & kReadOnly) names.emplace_back("read-only");
  if (scopes & kTenant) names.emplace_back("tenant");
  if (scopes & kNode) names.emplace_back("node");
  return names;
}

object Operation(const Route& route) {
  object operation;
  operation["operationId"] = View(route.name);
  operation["summary"] = View(route.about);
  operation["tags"] = array{View(route.tag)};
  operation["parameters"] = Parameters(route);
  if (!route.body.empty()) {
    object body;
    const Schema& schema = SchemaNamed(route.body);
    body["required"] = std::any_of(schema.fields.begin(), schema.fields.end(), [](const Field& field) { return field.flags & kRequired; });
    body["content"] = Content("application/json", Reference("schemas", route.body));
    operation["requestBody"] = std::move(body);
  }
  operation["responses"] = Responses(route);
  if (route.scopes == kNobody) operation["security"] = array();
  else operation["x-scopes"] = ScopeNames(route.scopes);
  return operation;
}

std::string LowerCase(std::string_view method) {
  std::string lower;
  for (const char c : method) lower += static_cast<char>(c | 0x20);
  return lower;
}

object Components() {
  object schemas;
  for (const Schema& table : Schemas()) schemas[View(table.name)] = ObjectSchema(table);
  object problem;
  problem["description"] = "what is wrong (RFC 9457)";
  problem["content"] = Content("application/problem+json", Reference("schemas", "Problem"));
  object responses;
  responses["Problem"] = std::move(problem);
  object bearer = Pair("type", "http");
  bearer["scheme"] = "bearer";
  bearer["description"] = "made by `plenary tokens create` or POST /tokens; x-scopes of an operation says which scopes may call it";
  object security;
  security["bearer"] = std::move(bearer);
  object components;
  components["schemas"] = std::move(schemas);
  components["responses"] = std::move(responses);
  components["securitySchemes"] = std::move(security);
  return components;
}

}  // namespace

Task<RestAnswer> GetOpenApi(RestCall& call) {
  object paths;
  for (const Route& route : Routes()) {
    boost::json::value& path = paths[View(route.path)];
    if (!path.is_object()) path.emplace_object();
    path.as_object()[LowerCase(route.method)] = Operation(route);
  }
  object info = Pair("title", "Plenary");
  info["version"] = "1";
  object server = Pair("url", "/api/v1");
  object requirement;
  requirement["bearer"] = array();
  object document = Pair("openapi", "3.1.0");
  document["info"] = std::move(info);
  array servers;
  servers.push_back(std::move(server));
  document["servers"] = std::move(servers);
  array security;
  security.push_back(std::move(requirement));
  document["security"] = std::move(security);
  document["paths"] = std::move(paths);
  document["components"] = Components();
  co_return document;
}

}  // namespace plenary::admin
