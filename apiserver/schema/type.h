// The shape of an API type, as data: what decoding, protobuf, strict validation, strategic merge, apply, pruning
// and OpenAPI run on. Built-in types are one generated table of constants; custom resources build the same
// structures from their schemas.
//
// Invariants:
// (1) A Type is immutable once it can be reached by more than its builder, and outlives all that use it.
// (2) Fields of a struct lie in Go struct order, metadata and the storage version included.
// (3) A list that is declared in a field has a Type of its own, which carries that field's list markers.
// Threads: built-in types are constants, readable from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace apiserver {

enum class TypeKind : std::uint8_t {
  kStruct,       // known fields; protobuf message
  kMap,          // string keys, `element` values
  kList,         // `element` items
  kString,
  kBool,
  kInt32,
  kInt64,
  kFloat64,
  kBytes,        // base64 text in JSON
  kQuantity,     // text or number in JSON; message {string = 1}
  kTime,         // RFC 3339 in seconds, or null; message {seconds = 1, nanos = 2}
  kMicroTime,    // RFC 3339 with exactly 6 decimals, or null
  kDuration,     // Go duration text in JSON; message {duration = 1} in ns
  kIntOrString,  // message {type = 1, intVal = 2, strVal = 3}
  kAny,          // any JSON (RawExtension, JSON, FieldsV1, JSONSchemaProps' loose parts): message {raw = 1}
};

enum class ListType : std::uint8_t { kAtomic, kSet, kMap };

// Strategic merge patch, from the Go tags patchStrategy and patchMergeKey.
enum class PatchStrategy : std::uint8_t { kNone, kMerge, kReplace, kRetainKeys, kMergeRetainKeys };

struct Type;

struct Field {
  std::string_view json_name;
  const Type* type = nullptr;
  std::uint32_t proto_number = 0;       // 0: not in protobuf
  bool is_required = false;             // OpenAPI's `required`
  bool omit_empty = false;              // a zero value is left out of JSON
  bool is_pointer = false;              // absent and zero differ
  bool is_atomic = false;               // structType/mapType atomic declared on the field
  std::string_view default_json;        // OpenAPI's `default` as compact JSON, "" when none
  std::span<const std::string_view> enum_values;
};

// Fields that Go embeds (`json:",inline"`) are flat in JSON but a nested message in protobuf.
struct Embedded {
  std::uint32_t proto_number = 0;
  std::uint16_t first_field = 0;        // the run of Type::fields that the nested message holds
  std::uint16_t field_count = 0;
};

struct Type {
  TypeKind kind = TypeKind::kAny;
  std::string_view name;                // OpenAPI v3 definition name, "io.k8s.api.core.v1.PodSpec"; "" for unnamed
  std::string_view go_name;             // as Go's errors print it: "PodSpec"; "v1.PodSpec" is derived
  std::span<const Field> fields;        // kStruct
  std::span<const Embedded> embedded;   // kStruct
  const Type* element = nullptr;        // kMap, kList
  ListType list_type = ListType::kAtomic;
  std::span<const std::string_view> list_map_keys;      // kList with ListType::kMap
  PatchStrategy patch_strategy = PatchStrategy::kNone;  // kList, kStruct, kMap as declared on their field
  std::string_view patch_merge_key;
  bool is_atomic = false;               // kStruct, kMap: apply replaces it as one
  bool preserve_unknown_fields = false; // custom resources: members that no field names are kept

  // The field named `json_name`, or nullptr. Linear: structs are small and callers go in order.
  const Field* FindField(std::string_view json_name) const;
};

}  // namespace apiserver
