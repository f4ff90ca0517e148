// An openAPIV3Schema, read once per definition: what pruning, defaulting, validation and CEL walk.
//
// Invariants: (1) immutable once built, readable from any thread; (2) texts and values point into
// the schema that it was made from, which outlives it; (3) `properties` is sorted by name. Source:
// apiextensions-apiserver/pkg/apiserver/schema/{structural,convert}.go.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"

namespace re2 {
class RE2;
}

namespace apiserver {

enum class SchemaType : std::uint8_t {
  kNone,
  kObject,
  kArray,
  kString,
  kInteger,
  kNumber,
  kBoolean,
  kOther
};
enum class SchemaListType : std::uint8_t { kNone, kAtomic, kSet, kMap };

struct SchemaNode;
using SchemaNodePtr = std::unique_ptr<const SchemaNode>;

struct SchemaProperty {
  std::string_view name;
  SchemaNodePtr schema;
};

struct SchemaNode {
  SchemaNode();
  SchemaNode(SchemaNode&&) noexcept;
  ~SchemaNode();

  const Value* source = nullptr;
  SchemaType type = SchemaType::kNone;
  std::string_view type_name;
  std::string_view format;         // as written
  bool is_format_checked = false;  // the format means something for the type
  bool is_nullable = false;
  bool is_int_or_string = false;
  bool is_embedded_resource = false;
  bool preserves_unknown = false;

  std::optional<double> minimum, maximum, multiple_of;
  bool excludes_minimum = false;
  bool excludes_maximum = false;
  std::optional<std::int64_t> min_length, max_length, min_items, max_items, min_properties,
      max_properties;
  std::string_view pattern;
  std::unique_ptr<const re2::RE2> expression;  // of `pattern`; null when there is none
  const Array* enum_values = nullptr;          // null or not empty
  std::vector<std::string_view> required;
  const Value* default_value = nullptr;  // never a JSON null
  const Array* rules = nullptr;          // x-kubernetes-validations, null or not empty

  std::vector<SchemaProperty> properties;
  SchemaNodePtr items;
  bool has_additional = false;
  bool allows_additional = false;  // additionalProperties is not `false`
  SchemaNodePtr additional;
  std::vector<SchemaNodePtr> all_of, any_of, one_of;
  SchemaNodePtr is_not;

  SchemaListType list_type = SchemaListType::kNone;
  std::vector<std::string_view> list_map_keys;

  const SchemaNode* FindProperty(std::string_view name) const;
  // The schema of a member: its property's, else additionalProperties', or null.
  const SchemaNode* FindMember(std::string_view name) const;
};

// Deeper schemas are cut off here; the parser's limit of depth is lower.
inline constexpr int kSchemaDepthMax = 500;

// Requires: schema.is_object().
SchemaNodePtr ReadSchema(const Value& schema);

// Whether `format` means something for values of a schema whose `type` is `type` ("" for none).
bool IsFormatOfType(std::string_view format, std::string_view type);

}  // namespace apiserver
