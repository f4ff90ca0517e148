#include "apiserver/registry/custom/defaults.h"

namespace apiserver {
namespace {

// Nulls that the schema does not allow are as good as absent.
void RemoveNulls(const Value* properties, const Value* additional, Object& object) {
  std::vector<std::string> removed;
  for (const auto& member : object) {
    if (!member.value().is_null()) continue;
    const Value* own = properties == nullptr ? nullptr : Find(*properties, member.key());
    if (own == nullptr && additional != nullptr && additional->is_object()) own = additional;
    if (own != nullptr && !BoolAt(*own, {"nullable"})) removed.emplace_back(member.key());
  }
  for (const std::string& name : removed) object.erase(name);
}

void DefaultObject(const Value& schema, Value& value) {
  Object& object = value.get_object();
  const Value* properties = Find(schema, "properties");
  if (properties != nullptr && properties->is_object()) {
    for (const auto& property : properties->get_object()) {
      const Value* fallback = Find(property.value(), "default");
      if (fallback == nullptr || fallback->is_null()) continue;
      const Value* present = object.if_contains(property.key());
      const bool is_missing =
          present == nullptr || (present->is_null() && !BoolAt(property.value(), {"nullable"}));
      if (is_missing) object[property.key()] = *fallback;
    }
  }
  const Value* additional = Find(schema, "additionalProperties");
  for (auto& member : object) {
    const Value* own = properties == nullptr ? nullptr : Find(*properties, member.key());
    if (own != nullptr) {
      ApplySchemaDefaults(*own, member.value());
    } else if (additional != nullptr && additional->is_object()) {
      const Value* fallback = Find(*additional, "default");
      const bool is_missing = member.value().is_null() && !BoolAt(*additional, {"nullable"});
      if (is_missing && fallback != nullptr) member.value() = *fallback;
      ApplySchemaDefaults(*additional, member.value());
    }
  }
  RemoveNulls(properties, additional, object);
}

}  // namespace

void ApplySchemaDefaults(const Value& schema, Value& value) {
  if (value.is_object()) {
    DefaultObject(schema, value);
    return;
  }
  const Value* items = Find(schema, "items");
  if (!value.is_array() || items == nullptr || !items->is_object()) return;
  const Value* fallback = Find(*items, "default");
  for (Value& item : value.get_array()) {
    if (item.is_null() && fallback != nullptr && !BoolAt(*items, {"nullable"})) item = *fallback;
    ApplySchemaDefaults(*items, item);
  }
}

}  // namespace apiserver
