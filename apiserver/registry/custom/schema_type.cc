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

bool IsAtomicMap(const SchemaNode& schema) {
  return TextAt(*schema.source, {"x-kubernetes-map-type"}) == "atomic";
}

Field MakeField(std::string_view name, const Type* type) {
  Field field;
  field.json_name = name;
  field.type = type;
  field.omit_empty = true;
  field.is_pointer = true;
  return field;
}

ListType ListTypeOf(const SchemaNode& schema) {
  switch (schema.list_type) {
    case SchemaListType::kMap:
      return ListType::kMap;
    case SchemaListType::kSet:
      return ListType::kSet;
    case SchemaListType::kNone:
    case SchemaListType::kAtomic:
      break;
  }
  return ListType::kAtomic;
}

TypeKind ScalarKind(SchemaType type) {
  switch (type) {
    case SchemaType::kString:
      return TypeKind::kString;
    case SchemaType::kBoolean:
      return TypeKind::kBool;
    case SchemaType::kInteger:
      return TypeKind::kInt64;
    case SchemaType::kNumber:
      return TypeKind::kFloat64;
    case SchemaType::kNone:
    case SchemaType::kOther:
    case SchemaType::kObject:
    case SchemaType::kArray:
      break;
  }
  return TypeKind::kAny;
}

}  // namespace

const Type& ObjectMetaType() {
  static const Type* const kType = FindType("", "v1", "ConfigMap")->FindField("metadata")->type;
  return *kType;
}

const SchemaNode* SchemaOfRoot(const Type& root) {
  return static_cast<const CustomRootType&>(root).schema;
}

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
  set("metadata", &ObjectMetaType());
}

void CustomTypes::FillStruct(const SchemaNode& schema, bool is_resource, Type& type) {
  std::vector<Field> fields;
  for (const SchemaProperty& property : schema.properties) {
    Field& field = fields.emplace_back(MakeField(property.name, Make(*property.schema)));
    if (property.schema->default_value != nullptr)
      field.default_json = Keep(ToJson(*property.schema->default_value));
  }
  if (is_resource || schema.is_embedded_resource) AddEmbeddedFields(fields);
  std::sort(fields.begin(), fields.end(),
            [](const Field& a, const Field& b) { return a.json_name < b.json_name; });
  type.kind = TypeKind::kStruct;
  type.fields = fields_.emplace_back(std::move(fields));
  type.is_atomic = IsAtomicMap(schema);
  type.preserve_unknown_fields = schema.preserves_unknown;
}

const Type* CustomTypes::MakeStruct(const SchemaNode& schema) {
  Type& type = types_.emplace_back();
  FillStruct(schema, false, type);
  return &type;
}

const Type* CustomTypes::Make(const SchemaNode& schema) {
  if (schema.is_int_or_string) {
    static const Type kIntOrString{.kind = TypeKind::kIntOrString};
    return &kIntOrString;
  }
  if (schema.type == SchemaType::kObject &&
      (!schema.has_additional || !schema.properties.empty())) {
    return MakeStruct(schema);
  }
  Type& type = types_.emplace_back();
  if (schema.type == SchemaType::kObject) {
    type.kind = TypeKind::kMap;
    type.is_atomic = IsAtomicMap(schema);
    type.element = schema.additional != nullptr ? Make(*schema.additional) : &AnyType();
  } else if (schema.type == SchemaType::kArray) {
    type.kind = TypeKind::kList;
    type.list_type = ListTypeOf(schema);
    type.list_map_keys = schema.list_map_keys;
    type.element = schema.items != nullptr ? Make(*schema.items) : &AnyType();
  } else {
    type.kind = ScalarKind(schema.type);
    type.preserve_unknown_fields = schema.preserves_unknown;
  }
  return &type;
}

const Type* CustomTypes::MakeRoot(const SchemaNode* schema) {
  CustomRootType& root = roots_.emplace_back();
  root.go_name = kCustomRootName;
  root.schema = schema;
  static const SchemaNode* const kEverything = [] {
    static const Value kNone(boost::json::object_kind);
    auto* node = new SchemaNode;
    node->source = &kNone;
    node->preserves_unknown = true;
    return node;
  }();
  FillStruct(schema == nullptr ? *kEverything : *schema, true, root);
  return &root;
}

}  // namespace apiserver
