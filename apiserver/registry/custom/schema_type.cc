#include "apiserver/registry/custom/schema_type.h"

#include <algorithm>

#include "apiserver/api/json_write.h"
#include "apiserver/schema/builtin.h"

namespace apiserver {
namespace {

const Type& StringType() {
  static const Type kType{.kind = TypeKind::kString};
  return kType;
}

const Type& AnyType() {
  static const Type kType{.kind = TypeKind::kAny, .preserve_unknown_fields = true};
  return kType;
}

const Type* ObjectMetaType() {
  static const Type* const kType = [] {
    const Field* field = FindType("", "v1", "ConfigMap")->FindField("metadata");
    return field->type;
  }();
  return kType;
}

bool Preserves(const Value& schema) {
  return BoolAt(schema, {"x-kubernetes-preserve-unknown-fields"});
}

Field MakeField(std::string_view name, const Type* type) {
  Field field;
  field.json_name = name;
  field.type = type;
  field.omit_empty = true;
  field.is_pointer = true;
  return field;
}

ListType ListTypeOf(const Value& schema) {
  const std::string_view type = TextAt(schema, {"x-kubernetes-list-type"});
  if (type == "map") return ListType::kMap;
  if (type == "set") return ListType::kSet;
  return ListType::kAtomic;
}

}  // namespace

std::string_view CustomTypes::Keep(std::string_view text) { return texts_.emplace_back(text); }

void CustomTypes::AddEmbeddedFields(std::vector<Field>& fields) {
  const auto set = [&](std::string_view name, const Type* type) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& f) { return f.json_name == name; });
    if (found == fields.end()) {
      fields.push_back(MakeField(name, type));
    } else {
      found->type = type;
    }
  };
  set("apiVersion", &StringType());
  set("kind", &StringType());
  set("metadata", ObjectMetaType());
}

const Type* CustomTypes::MakeStruct(const Value& schema, bool is_root) {
  std::vector<Field> fields;
  if (const Value* properties = Find(schema, "properties");
      properties != nullptr && properties->is_object()) {
    for (const auto& property : properties->get_object()) {
      Field& field = fields.emplace_back(MakeField(Keep(property.key()), Make(property.value())));
      const Value* fallback = Find(property.value(), "default");
      if (fallback != nullptr && !fallback->is_null()) field.default_json = Keep(ToJson(*fallback));
    }
  }
  if (is_root || BoolAt(schema, {"x-kubernetes-embedded-resource"})) AddEmbeddedFields(fields);
  std::sort(fields.begin(), fields.end(),
            [](const Field& a, const Field& b) { return a.json_name < b.json_name; });
  Type& type = types_.emplace_back();
  type.kind = TypeKind::kStruct;
  if (is_root) type.go_name = kCustomRootName;
  type.fields = fields_.emplace_back(std::move(fields));
  type.is_atomic = TextAt(schema, {"x-kubernetes-map-type"}) == "atomic";
  type.preserve_unknown_fields = Preserves(schema);
  return &type;
}

const Type* CustomTypes::Make(const Value& schema) {
  if (BoolAt(schema, {"x-kubernetes-int-or-string"})) {
    static const Type kIntOrString{.kind = TypeKind::kIntOrString};
    return &kIntOrString;
  }
  const std::string_view name = TextAt(schema, {"type"});
  if (name == "object") {
    const Value* additional = Find(schema, "additionalProperties");
    const bool has_properties = Find(schema, "properties") != nullptr;
    if (additional == nullptr || has_properties) return MakeStruct(schema, false);
    Type& type = types_.emplace_back();
    type.kind = TypeKind::kMap;
    type.is_atomic = TextAt(schema, {"x-kubernetes-map-type"}) == "atomic";
    type.element = additional->is_object() ? Make(*additional) : &AnyType();
    return &type;
  }
  if (name == "array") {
    Type& type = types_.emplace_back();
    type.kind = TypeKind::kList;
    type.list_type = ListTypeOf(schema);
    if (const Value* keys = Find(schema, "x-kubernetes-list-map-keys");
        keys != nullptr && keys->is_array()) {
      std::vector<std::string_view>& kept = keys_.emplace_back();
      for (const Value& key : keys->get_array()) {
        if (key.is_string()) kept.push_back(Keep(key.get_string()));
      }
      type.list_map_keys = kept;
    }
    const Value* items = Find(schema, "items");
    type.element = items != nullptr && items->is_object() ? Make(*items) : &AnyType();
    return &type;
  }
  Type& type = types_.emplace_back();
  type.kind = name == "string"    ? TypeKind::kString
              : name == "boolean" ? TypeKind::kBool
              : name == "integer" ? TypeKind::kInt64
              : name == "number"  ? TypeKind::kFloat64
                                  : TypeKind::kAny;
  type.preserve_unknown_fields = Preserves(schema);
  return &type;
}

const Type* CustomTypes::MakeRoot(const Value* schema) {
  if (schema != nullptr && schema->is_object()) return MakeStruct(*schema, true);
  Value everything;
  everything.emplace_object()["x-kubernetes-preserve-unknown-fields"] = true;
  return MakeStruct(everything, true);
}

}  // namespace apiserver
