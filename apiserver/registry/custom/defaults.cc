#include "apiserver/registry/custom/defaults.h"

namespace apiserver {
namespace {

bool IsUnwantedNull(const Value& value, const SchemaNode* schema) {
  return value.is_null() && schema != nullptr && !schema->is_nullable;
}

}  // namespace

void ApplySchemaDefaults(const SchemaNode& schema, Value& value) {
  if (value.is_object()) {
    Object& object = value.get_object();
    for (const SchemaProperty& property : schema.properties) {
      const Value* fallback = property.schema->default_value;
      if (fallback == nullptr) continue;
      const Value* present = object.if_contains(property.name);
      if (present == nullptr || IsUnwantedNull(*present, property.schema.get()))
        object[property.name] = *fallback;
    }
    for (auto& member : object) {
      if (const SchemaNode* property = schema.FindProperty(member.key())) {
        ApplySchemaDefaults(*property, member.value());
      } else if (const SchemaNode* additional = schema.additional.get()) {
        if (IsUnwantedNull(member.value(), additional) && additional->default_value != nullptr)
          member.value() = *additional->default_value;
        ApplySchemaDefaults(*additional, member.value());
      }
    }
  } else if (value.is_array() && schema.items != nullptr) {
    for (Value& item : value.get_array()) {
      if (IsUnwantedNull(item, schema.items.get()) && schema.items->default_value != nullptr)
        item = *schema.items->default_value;
      ApplySchemaDefaults(*schema.items, item);
    }
  }
}

void RemoveNulls(const SchemaNode& schema, Value& value) {
  if (value.is_object()) {
    std::vector<std::string> removed;
    for (auto& member : value.get_object()) {
      const SchemaNode* own = schema.FindMember(member.key());
      if (IsUnwantedNull(member.value(), own) && own->default_value == nullptr) {
        removed.emplace_back(member.key());
      } else if (own != nullptr) {
        RemoveNulls(*own, member.value());
      }
    }
    for (const std::string& name : removed) value.get_object().erase(name);
  } else if (value.is_array() && schema.items != nullptr) {
    for (Value& item : value.get_array()) RemoveNulls(*schema.items, item);
  }
}

}  // namespace apiserver
