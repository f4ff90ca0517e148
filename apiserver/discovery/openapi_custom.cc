#include "apiserver/discovery/openapi_custom.h"

#include <algorithm>
#include <string_view>

namespace apiserver {
namespace {

constexpr std::string_view kNotInV2[] = {"allOf", "anyOf", "default", "not", "nullable", "oneOf"};

bool IsTrue(const Object& schema, std::string_view name) {
  const Value* value = schema.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

// Embedded resources have the three members of every object.
void AddEmbeddedMembers(Object& schema) {
  Object& properties = EnsureObject(schema, "properties");
  for (const std::string_view name : {"apiVersion", "kind"}) {
    if (!properties.contains(name))
      properties.emplace(name, Object({{"type", "string"}}, schema.storage()));
  }
  if (!properties.contains("metadata"))
    properties.emplace("metadata", Object({{"type", "object"}}, schema.storage()));
}

void Walk(Object& schema, OpenApiDialect dialect) {
  if (IsTrue(schema, "x-kubernetes-embedded-resource")) AddEmbeddedMembers(schema);
  if (dialect == OpenApiDialect::kV2) {
    const bool is_nullable = IsTrue(schema, "nullable");
    if (is_nullable || IsTrue(schema, "x-kubernetes-int-or-string")) schema.erase("type");
    if (is_nullable || IsTrue(schema, "x-kubernetes-preserve-unknown-fields")) {
      schema.erase("items");
      schema.erase("properties");
    }
    for (const std::string_view name : kNotInV2) schema.erase(name);
  }
  if (Value* properties = schema.if_contains("properties");
      properties != nullptr && properties->is_object()) {
    for (auto& property : properties->get_object()) {
      if (property.value().is_object()) Walk(property.value().get_object(), dialect);
    }
  }
  for (const std::string_view name : {"items", "additionalProperties"}) {
    if (Value* below = schema.if_contains(name); below != nullptr && below->is_object())
      Walk(below->get_object(), dialect);
  }
}

}  // namespace

Object CustomSchema(const Value& schema, OpenApiDialect dialect, JsonStorage storage) {
  if (!schema.is_object()) return Object(storage);
  Object copy(schema.get_object(), storage);
  Walk(copy, dialect);
  return copy;
}

}  // namespace apiserver
