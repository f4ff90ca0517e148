#include "apiserver/registry/custom/schema_node.h"

#include <re2/re2.h>

#include <algorithm>

#include "apiserver/api/go_pattern.h"
#include "apiserver/registry/custom/formats.h"

namespace apiserver {
namespace {

SchemaType TypeOf(std::string_view name) {
  if (name.empty()) return SchemaType::kNone;
  if (name == "object") return SchemaType::kObject;
  if (name == "array") return SchemaType::kArray;
  if (name == "string") return SchemaType::kString;
  if (name == "integer") return SchemaType::kInteger;
  if (name == "number") return SchemaType::kNumber;
  if (name == "boolean") return SchemaType::kBoolean;
  return SchemaType::kOther;
}

std::optional<double> NumberAt(const Value& schema, std::string_view name) {
  const Value* found = Find(schema, name);
  if (found == nullptr) return std::nullopt;
  if (found->is_int64()) return static_cast<double>(found->get_int64());
  if (found->is_uint64()) return static_cast<double>(found->get_uint64());
  if (found->is_double()) return found->get_double();
  return std::nullopt;
}

std::optional<std::int64_t> CountAt(const Value& schema, std::string_view name) {
  const Value* found = Find(schema, name);
  if (found == nullptr || !found->is_int64()) return std::nullopt;
  return found->get_int64();
}

const Array* ArrayAt(const Value& schema, std::string_view name) {
  const Value* found = Find(schema, name);
  if (found == nullptr || !found->is_array() || found->get_array().empty()) return nullptr;
  return &found->get_array();
}

std::vector<std::string_view> TextsAt(const Value& schema, std::string_view name) {
  std::vector<std::string_view> texts;
  const Array* list = ArrayAt(schema, name);
  if (list == nullptr) return texts;
  for (const Value& text : *list) {
    if (text.is_string()) texts.emplace_back(text.get_string());
  }
  return texts;
}

class Reader {
 public:
  SchemaNodePtr Read(const Value* schema, int depth) {
    if (schema == nullptr || !schema->is_object() || depth > kSchemaDepthMax) return nullptr;
    auto node = std::make_unique<SchemaNode>();
    node->source = schema;
    ReadGenerics(*schema, *node);
    ReadExtensions(*schema, *node);
    ReadBounds(*schema, *node);
    ReadStructure(*schema, *node, depth);
    return node;
  }

 private:
  static void ReadGenerics(const Value& schema, SchemaNode& node) {
    node.type_name = TextAt(schema, {"type"});
    node.type = TypeOf(node.type_name);
    node.format = TextAt(schema, {"format"});
    node.is_nullable = BoolAt(schema, {"nullable"});
    const Value* fallback = Find(schema, "default");
    if (fallback != nullptr && !fallback->is_null()) node.default_value = fallback;
  }

  static void ReadExtensions(const Value& schema, SchemaNode& node) {
    node.is_int_or_string = BoolAt(schema, {"x-kubernetes-int-or-string"});
    node.is_embedded_resource = BoolAt(schema, {"x-kubernetes-embedded-resource"});
    node.preserves_unknown = BoolAt(schema, {"x-kubernetes-preserve-unknown-fields"});
    node.rules = ArrayAt(schema, "x-kubernetes-validations");
    node.list_map_keys = TextsAt(schema, "x-kubernetes-list-map-keys");
    const std::string_view list_type = TextAt(schema, {"x-kubernetes-list-type"});
    node.list_type = list_type == "map"      ? SchemaListType::kMap
                     : list_type == "set"    ? SchemaListType::kSet
                     : list_type == "atomic" ? SchemaListType::kAtomic
                                             : SchemaListType::kNone;
    // A union has two types, and with them every string format counts.
    node.is_format_checked =
        IsFormatOfType(node.format, node.is_int_or_string ? "" : node.type_name);
  }

  static void ReadBounds(const Value& schema, SchemaNode& node) {
    node.minimum = NumberAt(schema, "minimum");
    node.maximum = NumberAt(schema, "maximum");
    node.multiple_of = NumberAt(schema, "multipleOf");
    node.excludes_minimum = BoolAt(schema, {"exclusiveMinimum"});
    node.excludes_maximum = BoolAt(schema, {"exclusiveMaximum"});
    node.min_length = CountAt(schema, "minLength");
    node.max_length = CountAt(schema, "maxLength");
    node.min_items = CountAt(schema, "minItems");
    node.max_items = CountAt(schema, "maxItems");
    node.min_properties = CountAt(schema, "minProperties");
    node.max_properties = CountAt(schema, "maxProperties");
    node.pattern = TextAt(schema, {"pattern"});
    if (!node.pattern.empty()) node.expression = CompileGoPattern(node.pattern);
    node.enum_values = ArrayAt(schema, "enum");
    node.required = TextsAt(schema, "required");
  }

  void ReadStructure(const Value& schema, SchemaNode& node, int depth) {
    if (const Value* properties = Find(schema, "properties");
        properties != nullptr && properties->is_object()) {
      for (const auto& property : properties->get_object()) {
        if (SchemaNodePtr child = Read(&property.value(), depth + 1))
          node.properties.push_back({property.key(), std::move(child)});
      }
      std::sort(node.properties.begin(), node.properties.end(),
                [](const SchemaProperty& a, const SchemaProperty& b) { return a.name < b.name; });
    }
    node.items = Read(Find(schema, "items"), depth + 1);
    if (const Value* additional = Find(schema, "additionalProperties")) {
      node.has_additional = !additional->is_null();
      node.allows_additional = !additional->is_bool() || additional->get_bool();
      node.additional = Read(additional, depth + 1);
    }
    ReadList(schema, "allOf", node.all_of, depth);
    ReadList(schema, "anyOf", node.any_of, depth);
    ReadList(schema, "oneOf", node.one_of, depth);
    node.is_not = Read(Find(schema, "not"), depth + 1);
  }

  void ReadList(const Value& schema, std::string_view name, std::vector<SchemaNodePtr>& nodes,
                int depth) {
    const Array* list = ArrayAt(schema, name);
    if (list == nullptr) return;
    for (const Value& one : *list) {
      if (SchemaNodePtr node = Read(&one, depth + 1)) nodes.push_back(std::move(node));
    }
  }
};

}  // namespace

SchemaNode::SchemaNode() = default;
SchemaNode::SchemaNode(SchemaNode&&) noexcept = default;
SchemaNode::~SchemaNode() = default;

const SchemaNode* SchemaNode::FindProperty(std::string_view name) const {
  const auto found =
      std::lower_bound(properties.begin(), properties.end(), name,
                       [](const SchemaProperty& a, std::string_view b) { return a.name < b; });
  return found != properties.end() && found->name == name ? found->schema.get() : nullptr;
}

const SchemaNode* SchemaNode::FindMember(std::string_view name) const {
  const SchemaNode* property = FindProperty(name);
  return property != nullptr ? property : additional.get();
}

SchemaNodePtr ReadSchema(const Value& schema) { return Reader().Read(&schema, 0); }

bool IsFormatOfType(std::string_view format, std::string_view type) {
  if (format.empty()) return false;
  if (type.empty() || type == "string") return IsStringFormat(format);
  if (type == "integer") return format == "int32" || format == "int64";
  if (type == "number") return format == "float" || format == "double";
  return false;
}

}  // namespace apiserver
