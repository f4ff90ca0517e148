#include "apiserver/discovery/openapi_custom.h"

#include <algorithm>
#include <string_view>

namespace apiserver {
namespace {

constexpr std::string_view kNotInV2[] = {"allOf", "anyOf", "default", "not", "oneOf"};

bool IsTrue(const Object& schema, std::string_view name) {
  const Value* value = schema.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

bool IsUntyped(const Value& schema, std::string_view keyword) {
  return schema.is_object() && IsTrue(schema.get_object(), keyword);
}

// Says what int-or-string means, unless the schema does in one of the two ways that it may.
void UnfoldIntOrString(Object& schema) {
  const JsonStorage storage = schema.storage();
  const Value types(Array({Object({{"type", "integer"}}), Object({{"type", "string"}})}), storage);
  const Value* any = schema.if_contains("anyOf");
  if (any != nullptr && *any == types) return;
  Value* all = schema.if_contains("allOf");
  if (any == nullptr && all != nullptr && all->is_array() && !all->get_array().empty() &&
      Find(all->get_array()[0], "anyOf") != nullptr &&
      *Find(all->get_array()[0], "anyOf") == types) {
    return;
  }
  if (any == nullptr) {
    schema.emplace("anyOf", types);
    return;
  }
  Array& first =
      all != nullptr && all->is_array() ? all->get_array() : schema["allOf"].emplace_array();
  first.insert(first.begin(), Object({{"anyOf", types}}, storage));
}

// Embedded resources have the three members of every object.
void AddEmbeddedMembers(Object& schema, const CustomMembers& members) {
  Object& properties = EnsureObject(schema, "properties");
  properties.insert_or_assign("apiVersion", members.api_version);
  properties.insert_or_assign("kind", members.kind);
  properties.insert_or_assign("metadata", members.metadata);
  Value& required = schema["required"];
  Array& names = required.is_array() ? required.get_array() : required.emplace_array();
  for (const std::string_view name : {"kind", "apiVersion"}) {
    if (std::find(names.begin(), names.end(), Value(name)) == names.end()) names.emplace_back(name);
  }
}

// Required members that may be null can't be required of clients that know no null.
void DropNullableRequired(Object& schema) {
  Value* required = schema.if_contains("required");
  if (required == nullptr || !required->is_array()) return;
  if (const Value* more = schema.if_contains("additionalProperties");
      more != nullptr && IsUntyped(*more, "nullable")) {
    schema.erase("required");
    return;
  }
  const Value* properties = schema.if_contains("properties");
  if (properties == nullptr || !properties->is_object()) return;
  Array& names = required->get_array();
  const auto may_be_null = [&](const Value& name) {
    const Value* property =
        name.is_string() ? Find(*properties, std::string_view(name.get_string())) : nullptr;
    return property != nullptr && IsUntyped(*property, "nullable");
  };
  names.erase(std::remove_if(names.begin(), names.end(), may_be_null), names.end());
  if (names.empty()) schema.erase("required");
}

// What OpenAPI v2, and kubectl with it, can't say.
void Downgrade(Object& schema) {
  for (const std::string_view name : kNotInV2) schema.erase(name);
  const bool keeps_unknown = IsTrue(schema, "x-kubernetes-preserve-unknown-fields");
  const bool is_nullable = IsTrue(schema, "nullable");
  if (is_nullable) schema.erase("type");
  if (is_nullable || keeps_unknown) {
    schema.erase("items");
    schema.erase("properties");
  }
  const Value* type = schema.if_contains("type");
  const bool is_array = type != nullptr && *type == Value("array");
  const bool is_object = type != nullptr && *type == Value("object");
  if ((is_array && !schema.contains("items")) || (is_object && keeps_unknown)) {
    schema.erase("type");
  }
  DropNullableRequired(schema);
  schema.erase("nullable");
}

void Walk(Object& schema, OpenApiDialect dialect, const CustomMembers& members) {
  const bool is_second = dialect == OpenApiDialect::kV2;
  if (IsTrue(schema, "x-kubernetes-int-or-string")) {
    if (is_second) {
      schema.erase("type");
    } else {
      UnfoldIntOrString(schema);
    }
  }
  if (is_second) Downgrade(schema);
  if (Value* properties = schema.if_contains("properties");
      properties != nullptr && properties->is_object()) {
    for (auto& property : properties->get_object()) {
      if (property.value().is_object()) Walk(property.value().get_object(), dialect, members);
    }
  }
  for (const std::string_view name : {"items", "additionalProperties"}) {
    if (Value* below = schema.if_contains(name); below != nullptr && below->is_object())
      Walk(below->get_object(), dialect, members);
  }
  const bool hides_members = is_second && IsTrue(schema, "x-kubernetes-preserve-unknown-fields");
  if (IsTrue(schema, "x-kubernetes-embedded-resource") && !hides_members) {
    AddEmbeddedMembers(schema, members);
  }
}

}  // namespace

Object CustomSchema(const Value& schema, OpenApiDialect dialect, const CustomMembers& members,
                    JsonStorage storage) {
  if (!schema.is_object()) return Object(storage);
  Object copy(schema.get_object(), storage);
  Walk(copy, dialect, members);
  return copy;
}

}  // namespace apiserver
