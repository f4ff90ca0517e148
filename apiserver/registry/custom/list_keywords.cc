#include "apiserver/registry/custom/list_keywords.h"

#include <algorithm>
#include <set>

#include "apiserver/registry/custom/schema_parts.h"

namespace apiserver {
namespace {

constexpr std::string_view kListType = "x-kubernetes-list-type";
constexpr std::string_view kListMapKeys = "x-kubernetes-list-map-keys";
constexpr std::string_view kMapType = "x-kubernetes-map-type";

// A keyword that only one type may have.
void CheckTypeOf(const Value& schema, std::string_view want, std::string_view keyword,
                 const FieldPath& path, Violations& errors) {
  const std::string_view type = TextAt(schema, {"type"});
  const std::string why =
      "must be " + std::string(want) + " if " + std::string(keyword) + " is specified";
  if (type.empty()) {
    errors.Required(path.Child("type"), why);
  } else {
    errors.Invalid(path.Child("type"), type, why);
  }
}

void CheckMapType(const Value& schema, const FieldPath& path, Violations& errors) {
  const Value* map_type = Find(schema, kMapType);
  if (map_type == nullptr) return;
  if (TextAt(schema, {"type"}) != "object") CheckTypeOf(schema, "object", kMapType, path, errors);
  const std::string_view text = TextAt(schema, {kMapType});
  if (text != "atomic" && text != "granular")
    errors.NotSupported(path.Child(kMapType), *map_type, {"atomic", "granular"});
}

// Items of sets are replaced as a whole.
void CheckSetItems(const Value& items, const FieldPath& path, Violations& errors) {
  constexpr std::string_view kWhy =
      "must be atomic as item of a list with x-kubernetes-list-type=set";
  const std::string_view type = TextAt(items, {"type"});
  const Value* list_type = Find(items, kListType);
  // Upstream shows the list type of either.
  const Value shown = list_type == nullptr ? Value(nullptr) : *list_type;
  const FieldPath at = path.Child("items");
  if (type == "array" && list_type != nullptr && TextAt(items, {kListType}) != "atomic")
    errors.Invalid(at.Child(kListType), shown, kWhy);
  if (type == "object" && TextAt(items, {kMapType}) != "atomic")
    errors.Invalid(at.Child(kMapType), shown, kWhy);
}

void CheckListType(const Value& schema, const FieldPath& path, Violations& errors) {
  const Value* list_type = Find(schema, kListType);
  if (list_type == nullptr) return;
  const std::string_view text = TextAt(schema, {kListType});
  if (TextAt(schema, {"type"}) != "array") {
    CheckTypeOf(schema, "array", kListType, path, errors);
  } else if (const Value* items = SubSchema(schema, "items"); text == "set" && items != nullptr) {
    CheckSetItems(*items, path, errors);
  }
  if (text != "atomic" && text != "set" && text != "map")
    errors.NotSupported(path.Child(kListType), *list_type, {"atomic", "set", "map"});
}

void CheckMapItems(const Value& schema, const Array& keys, const FieldPath& path,
                   Violations& errors) {
  const Value& items = *SubSchema(schema, "items");
  const FieldPath items_path = path.Child("items");
  const std::string_view type = TextAt(items, {"type"});
  if (type != "object") {
    errors.Invalid(items_path.Child("type"), type,
                   "must be object if parent array's x-kubernetes-list-type is map");
    return;
  }
  const FieldPath properties = items_path.Child("properties");
  const Value shown(keys);
  std::set<std::string_view> seen;
  for (const Value& key : keys) {
    const std::string_view name = key.is_string() ? std::string_view(key.get_string()) : "";
    const Value* property = FindPath(items, {"properties", name});
    if (property == nullptr) {
      errors.Invalid(path.Child(kListMapKeys), shown,
                     "entries must all be names of item properties");
    } else if (const std::string_view own = TextAt(*property, {"type"});
               own == "array" || own == "object") {
      const FieldPath at = properties.Key(name);
      errors.Invalid(at.Child("type"), type,
                     "must be a scalar type if parent array's x-kubernetes-list-type is map");
    }
    if (!seen.insert(name).second)
      errors.Invalid(path.Child(kListMapKeys), shown, "must not contain duplicate entries");
  }
}

void CheckMapKeys(const Value& schema, const FieldPath& path, Violations& errors) {
  const Array& keys = SchemaList(schema, kListMapKeys);
  const Value* list_type = Find(schema, kListType);
  constexpr std::string_view kMustBeMap = "must be map if x-kubernetes-list-map-keys is non-empty";
  const bool is_map = TextAt(schema, {kListType}) == "map";
  if (!keys.empty() && list_type == nullptr) {
    errors.Required(path.Child(kListType), kMustBeMap);
  } else if (!keys.empty() && !is_map) {
    errors.Invalid(path.Child(kListType), *list_type, kMustBeMap);
  }
  if (!is_map) return;
  if (keys.empty()) {
    errors.Required(path.Child(kListMapKeys), "must not be empty if x-kubernetes-list-type is map");
  }
  const Value* items = Find(schema, "items");
  if (items == nullptr) {
    errors.Required(path.Child("items"), "must have a schema if x-kubernetes-list-type is map");
  } else if (!items->is_object()) {
    errors.Invalid(path.Child("items"), *items,
                   "must only have a single schema if x-kubernetes-list-type is map");
  } else {
    CheckMapItems(schema, keys, path, errors);
  }
}

bool IsRequired(const Value& schema, std::string_view name) {
  const Array& required = SchemaList(schema, "required");
  return std::find(required.begin(), required.end(), Value(name)) != required.end();
}

// Items that are found by what they hold must hold it.
void CheckIdentities(const Value& schema, const FieldPath& path, Violations& errors) {
  const Value* items = SubSchema(schema, "items");
  const std::string_view list_type = TextAt(schema, {kListType});
  if (items == nullptr || (list_type != "set" && list_type != "map")) return;
  const FieldPath at = path.Child("items");
  if (BoolAt(*items, {"nullable"})) {
    errors.Forbidden(at.Child("nullable"),
                     "cannot be nullable when x-kubernetes-list-type is " + std::string(list_type));
  }
  if (list_type != "map") return;
  const FieldPath properties = at.Child("properties");
  for (const Value& key : SchemaList(schema, kListMapKeys)) {
    const std::string_view name = key.is_string() ? std::string_view(key.get_string()) : "";
    const Value* property = FindPath(*items, {"properties", name});
    if (property == nullptr) continue;
    const FieldPath own = properties.Key(name);
    if (!IsRequired(*items, name) && Find(*property, "default") == nullptr) {
      errors.Required(own.Child("default"),
                      "this property is in x-kubernetes-list-map-keys, so it must have a default "
                      "or be a required property");
    }
    if (BoolAt(*property, {"nullable"})) {
      errors.Forbidden(own.Child("nullable"),
                       "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
    }
  }
}

}  // namespace

void CheckListKeywords(const Value& schema, const FieldPath& path, Violations& errors) {
  const Value* preserve = Find(schema, "x-kubernetes-preserve-unknown-fields");
  if (preserve != nullptr && preserve->is_bool() && !preserve->get_bool()) {
    errors.Invalid(path.Child("x-kubernetes-preserve-unknown-fields"), false,
                   "must be true or undefined");
  }
  CheckMapType(schema, path, errors);
  CheckListType(schema, path, errors);
  CheckMapKeys(schema, path, errors);
  CheckIdentities(schema, path, errors);
}

}  // namespace apiserver
