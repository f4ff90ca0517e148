#include "apiserver/discovery/openapi_schemas.h"

#include <algorithm>
#include <set>
#include <vector>

#include "apiserver/api/json_parse.h"
#include "apiserver/discovery/descriptions.h"
#include "apiserver/discovery/openapi_custom.h"
#include "apiserver/discovery/openapi_operations.h"
#include "apiserver/schema/builtin.h"
#include "apiserver/schema/table/kinds.h"
#include "apiserver/schema/table/types.h"
#include "sim/check.h"

namespace apiserver {
namespace {

constexpr std::string_view kMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

// Group-versions of the reference that only register the meta kinds which every group has.
struct GroupVersionName {
  std::string_view group;
  std::string_view version;
  auto operator<=>(const GroupVersionName&) const = default;
};
constexpr GroupVersionName kUnlistedGroupVersions[] = {{"apiextensions.k8s.io", "v1beta1"},
                                                       {"apiregistration.k8s.io", "v1beta1"}};

// Whether client-go's scheme knows `group`.
bool IsOfClients(std::string_view group) {
  for (const std::string_view other : {"admission.k8s.io", "apiextensions.k8s.io",
                                       "apiregistration.k8s.io", "imagepolicy.k8s.io"}) {
    if (group == other) return false;
  }
  return true;
}

std::vector<GroupVersionName> AllGroupVersions() {
  std::set<GroupVersionName> all(std::begin(kUnlistedGroupVersions),
                                 std::end(kUnlistedGroupVersions));
  for (const KindRow& row : KindRows()) {
    // Discovery's own group is not served, only its documents are.
    const bool is_internal = row.group == "meta.k8s.io" || row.group == "apidiscovery.k8s.io";
    if (!is_internal) all.insert({row.group, row.version});
  }
  return {all.begin(), all.end()};
}

// Every type that has a definition of its own, by name.
void CollectNamed(const Type& type, std::map<std::string_view, const Type*>& named) {
  if (!type.name.empty() && !named.emplace(type.name, &type).second) return;
  for (const Field& field : type.fields) CollectNamed(*field.type, named);
  if (type.element != nullptr) CollectNamed(*type.element, named);
}

std::string_view PatchStrategyText(PatchStrategy strategy) {
  switch (strategy) {
    case PatchStrategy::kNone:
      return "";
    case PatchStrategy::kMerge:
      return "merge";
    case PatchStrategy::kReplace:
      return "replace";
    case PatchStrategy::kRetainKeys:
      return "retainKeys";
    case PatchStrategy::kMergeRetainKeys:
      return "merge,retainKeys";
  }
  SIM_CHECK(false);
}

std::string_view ListTypeText(ListType type) {
  switch (type) {
    case ListType::kAtomic:
      return "atomic";
    case ListType::kSet:
      return "set";
    case ListType::kMap:
      return "map";
  }
  SIM_CHECK(false);
}

Array Texts(std::span<const std::string_view> texts, JsonStorage storage) {
  Array array(storage);
  for (const std::string_view text : texts) array.emplace_back(text);
  return array;
}

// The markers that a field puts on its list, map or struct.
void AddMarkers(const Type& type, Object& schema) {
  if (type.declares_list_type)
    schema.emplace("x-kubernetes-list-type", ListTypeText(type.list_type));
  if (!type.list_map_keys.empty()) {
    schema.emplace("x-kubernetes-list-map-keys", Texts(type.list_map_keys, schema.storage()));
  }
  if (type.patch_strategy != PatchStrategy::kNone) {
    schema.emplace("x-kubernetes-patch-strategy", PatchStrategyText(type.patch_strategy));
  }
  if (!type.patch_merge_key.empty())
    schema.emplace("x-kubernetes-patch-merge-key", type.patch_merge_key);
}

void Describe(std::string_view text, Object& schema) {
  if (!text.empty()) schema.emplace("description", text);
}

struct Primitive {
  std::string_view type;
  std::string_view format;
  std::string_view zero;  // the default of list items that can't be absent
};

Primitive PrimitiveOf(const Type& type) {
  switch (type.kind) {
    case TypeKind::kString:
      return {"string", "", R"("")"};
    case TypeKind::kBool:
      return {"boolean", "", "false"};
    case TypeKind::kInt32:
      return {"integer", "int32", "0"};
    case TypeKind::kInt64:
      return {"integer", "int64", "0"};
    case TypeKind::kFloat64:
      return {"number", "double", "0"};
    case TypeKind::kBytes:
      return {"string", "byte", ""};
    case TypeKind::kTime:
    case TypeKind::kMicroTime:
      return {"string", "date-time", ""};
    case TypeKind::kDuration:
      return {"string", "", ""};
    case TypeKind::kStruct:
    case TypeKind::kMap:
    case TypeKind::kList:
    case TypeKind::kQuantity:
    case TypeKind::kIntOrString:
    case TypeKind::kAny:
      return {"object", "", ""};
  }
  SIM_CHECK(false);
}

Object Alternatives(std::initializer_list<std::string_view> types, JsonStorage storage) {
  Array array(storage);
  for (const std::string_view type : types) array.push_back(Object({{"type", type}}, storage));
  return Object({{"oneOf", std::move(array)}}, storage);
}

}  // namespace

Object OpenApiSchemas::Pointer(std::string_view definition) const {
  const std::string_view prefix =
      dialect_ == OpenApiDialect::kV2 ? "#/definitions/" : "#/components/schemas/";
  return Object({{"$ref", std::string(prefix) + std::string(definition)}}, storage_);
}

const Type* OpenApiSchemas::FindNamed(std::string_view name) {
  if (named_.empty()) {
    for (const KindRow& row : KindRows()) CollectNamed(*row.type, named_);
    CollectNamed(kMetaV1Patch, named_);
    CollectNamed(kVersionInfo, named_);
  }
  const auto found = named_.find(name);
  return found == named_.end() ? nullptr : found->second;
}

Object OpenApiSchemas::Reference(std::string_view definition) {
  if (!schemas_.contains(definition)) {
    const Type* type = FindNamed(definition);
    SIM_CHECK(type != nullptr);
    AddBuiltin(*type);
  }
  return Pointer(definition);
}

void OpenApiSchemas::AddBuiltin(const Type& type) {
  if (schemas_.contains(type.name)) return;
  schemas_.emplace(type.name, nullptr);  // Types refer to themselves.
  Object definition = Definition(type);
  schemas_[type.name] = std::move(definition);
}

Object OpenApiSchemas::Referring(const Type& type) {
  AddBuiltin(type);
  return Pointer(type.name);
}

Array OpenApiSchemas::Kinds(const Type& type) const {
  const bool is_everywhere = type.name == std::string(kMeta) + "DeleteOptions" ||
                             type.name == std::string(kMeta) + "WatchEvent";
  Array kinds(storage_);
  const auto add = [&](std::string_view group, std::string_view version) {
    kinds.push_back(
        Object({{"group", group}, {"kind", type.go_name}, {"version", version}}, storage_));
  };
  if (is_everywhere) {
    const auto versions = AllGroupVersions();
    // The documents of custom groups name all that clients have types of.
    const bool is_custom = std::none_of(versions.begin(), versions.end(), [&](const auto& each) {
      return each.group == group_ && each.version == version_;
    });
    for (const auto& [group, version] : versions) {
      const bool is_core = group.empty() && version == "v1";
      const bool is_own = group == group_ && version == version_;
      const bool is_listed = is_custom ? IsOfClients(group) : is_core || is_own;
      if (dialect_ == OpenApiDialect::kV2 || is_listed) add(group, version);
    }
    return kinds;
  }
  for (const KindRow& row : KindRows()) {
    if (row.type == &type && row.group != "meta.k8s.io") add(row.group, row.version);
  }
  return kinds;
}

Object OpenApiSchemas::Definition(const Type& type) {
  const bool is_v3 = dialect_ == OpenApiDialect::kV3;
  Object schema(storage_);
  Describe(TypeDescription(type.go_name), schema);
  if (type.kind == TypeKind::kAny) {
    if (type.name.ends_with(".RawExtension") || type.name.ends_with(".FieldsV1"))
      schema.emplace("type", "object");
    return schema;
  }
  if (type.kind == TypeKind::kQuantity) {
    return is_v3 ? Alternatives({"string", "number"}, storage_)
                 : Object({{"type", "string"}}, storage_);
  }
  if (type.kind == TypeKind::kIntOrString) {
    schema = is_v3 ? Alternatives({"integer", "string"}, storage_)
                   : Object({{"type", "string"}}, storage_);
    schema.emplace("format", "int-or-string");
    return schema;
  }
  const Primitive primitive = PrimitiveOf(type);
  schema.emplace("type", primitive.type);
  if (!primitive.format.empty()) schema.emplace("format", primitive.format);
  if (type.kind != TypeKind::kStruct) return schema;
  Array required(storage_);
  Object properties(storage_);
  for (const Field& field : type.fields) {
    if (field.is_required) required.emplace_back(field.json_name);
    properties.emplace(field.json_name, Property(field));
  }
  if (!required.empty()) schema.emplace("required", std::move(required));
  if (!properties.empty()) schema.emplace("properties", std::move(properties));
  Array kinds = Kinds(type);
  if (!kinds.empty()) schema.emplace("x-kubernetes-group-version-kind", std::move(kinds));
  if (type.is_atomic) schema.emplace("x-kubernetes-map-type", "atomic");
  if (!type.unions_json.empty())
    schema.emplace("x-kubernetes-unions", ParseJson(type.unions_json, storage_).value);
  return schema;
}

Object OpenApiSchemas::Inline(const Type& type) {
  Object schema(storage_);
  const Primitive primitive = PrimitiveOf(type);
  if (type.kind == TypeKind::kList) {
    schema.emplace("type", "array");
    schema.emplace("items", Element(*type.element, type.element_is_pointer));
  } else {
    schema.emplace("type", primitive.type);
    if (!primitive.format.empty()) schema.emplace("format", primitive.format);
    if (type.kind == TypeKind::kMap)
      schema.emplace("additionalProperties", Element(*type.element, false));
  }
  return schema;
}

// An item of a list or a value of a map.
Object OpenApiSchemas::Element(const Type& type, bool is_pointer) {
  const bool has_default = dialect_ == OpenApiDialect::kV3 && !is_pointer;
  if (!type.name.empty()) {
    Object reference = Referring(type);
    if (!has_default || type.kind != TypeKind::kStruct) return reference;
    Array all(storage_);
    all.push_back(std::move(reference));
    return Object({{"default", Object(storage_)}, {"allOf", std::move(all)}}, storage_);
  }
  Object schema = Inline(type);
  const std::string_view zero = PrimitiveOf(type).zero;
  if (has_default && !zero.empty()) schema.emplace("default", ParseJson(zero, storage_).value);
  if (!type.enum_values.empty()) schema.emplace("enum", Texts(type.enum_values, storage_));
  return schema;
}

Value OpenApiSchemas::Property(const Field& field) {
  const Type& type = *field.type;
  const bool is_v3 = dialect_ == OpenApiDialect::kV3;
  Object schema(storage_);
  if (type.name.empty()) {
    schema = Inline(type);
  } else if (is_v3 && !field.is_bare_reference) {
    Array all(storage_);
    all.push_back(Referring(type));
    schema.emplace("allOf", std::move(all));
  } else {
    schema = Referring(type);
  }
  if (!field.is_bare_reference) Describe(FieldDescription(field.json_name, type.kind), schema);
  if (is_v3 && !field.default_json.empty())
    schema.emplace("default", ParseJson(field.default_json, storage_).value);
  if (!field.enum_values.empty()) schema.emplace("enum", Texts(field.enum_values, storage_));
  AddMarkers(type, schema);
  if (field.is_atomic) schema.emplace("x-kubernetes-map-type", "atomic");
  if (field.declares_granular) schema.emplace("x-kubernetes-map-type", "granular");
  return schema;
}

Object OpenApiSchemas::ObjectMetaReference(std::string_view definition) {
  if (dialect_ == OpenApiDialect::kV2) return Reference(definition);
  Array all(storage_);
  all.push_back(Reference(definition));
  return Object({{"allOf", std::move(all)}}, storage_);
}

void OpenApiSchemas::AddCustom(std::string_view group, std::string_view version,
                               const ServedResource& resource) {
  const std::string name = CustomDefinitionName(group, version, resource.kind);
  const auto text = [this](std::string_view member) {
    Object object({{"type", "string"}}, storage_);
    Describe(FieldDescription(member, TypeKind::kString), object);
    return object;
  };
  const CustomMembers members{text("apiVersion"), text("kind"),
                              ObjectMetaReference(std::string(kMeta) + "ObjectMeta")};
  // Unknown fields can't be told from none in v2: then nothing is said of any.
  const bool says_nothing = resource.schema == nullptr ||
                            (dialect_ == OpenApiDialect::kV2 &&
                             BoolAt(*resource.schema, {"x-kubernetes-preserve-unknown-fields"}));
  Object schema = says_nothing ? Object({{"type", "object"}}, storage_)
                               : CustomSchema(*resource.schema, dialect_, members, storage_);
  if (!says_nothing) {
    Object& properties = EnsureObject(schema, "properties");
    properties.insert_or_assign("apiVersion", members.api_version);
    properties.insert_or_assign("kind", members.kind);
    properties.insert_or_assign("metadata", members.metadata);
  }
  const auto add_kind = [&](std::string_view kind, Object& to) {
    Array kinds(storage_);
    kinds.push_back(Object({{"group", group}, {"kind", kind}, {"version", version}}, storage_));
    to.insert_or_assign("x-kubernetes-group-version-kind", std::move(kinds));
    if (resource.selectable_fields.empty()) return;
    Array fields(storage_);
    for (const std::string& path : resource.selectable_fields) {
      fields.push_back(
          Object({{"fieldPath", path.starts_with('.') ? path.substr(1) : path}}, storage_));
    }
    to.insert_or_assign("x-kubernetes-selectable-fields", std::move(fields));
  };
  add_kind(resource.kind, schema);
  schemas_.insert_or_assign(name, std::move(schema));
  Object list({{"type", "object"}, {"required", Array({"items"}, storage_)}}, storage_);
  Object& properties = EnsureObject(list, "properties");
  properties.emplace("apiVersion", text("apiVersion"));
  properties.emplace("items", Object({{"type", "array"}, {"items", Pointer(name)}}, storage_));
  properties.emplace("kind", text("kind"));
  properties.emplace("metadata", ObjectMetaReference(std::string(kMeta) + "ListMeta"));
  add_kind(resource.list_kind, list);
  schemas_.insert_or_assign(CustomDefinitionName(group, version, resource.list_kind),
                            std::move(list));
}

Object OpenApiSchemas::Take() {
  std::vector<boost::json::key_value_pair*> members;
  for (auto& member : schemas_) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const auto* a, const auto* b) { return a->key() < b->key(); });
  Object sorted(storage_);
  sorted.reserve(members.size());
  for (auto* member : members) sorted.emplace(member->key(), std::move(member->value()));
  return sorted;
}

}  // namespace apiserver
