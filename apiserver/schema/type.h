// The shape of an API type, as data: what decoding, protobuf, strict validation, strategic merge,
// apply, pruning and OpenAPI run on. Built-in types are one generated table of constants; custom
// resources build the same structures from their schemas.
//
// Invariants:
// (1) A Type is immutable once it can be reached by more than its builder, and outlives all that
// use it. (2) Fields of a struct lie in Go struct order, metadata and the storage version included.
// (3) A list that is declared in a field has a Type of its own, which carries that field's list
// markers. Threads: built-in types are constants, readable from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace apiserver {

enum class TypeKind : std::uint8_t {
  kStruct,  // known fields; protobuf message
  kMap,     // string keys, `element` values
  kList,    // `element` items
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
  kAny,  // any JSON (RawExtension, JSON, FieldsV1, JSONSchemaProps' loose parts): message {raw = 1}
};

enum class ListType : std::uint8_t { kAtomic, kSet, kMap };

// Strategic merge patch, from the Go tags patchStrategy and patchMergeKey.
enum class PatchStrategy : std::uint8_t { kNone, kMerge, kReplace, kRetainKeys, kMergeRetainKeys };

struct Type;

// How a type lies in protobuf where its kind does not say it.
enum class ProtoForm : std::uint8_t {
  kPlain,
  kRaw,            // kAny: message {raw = 1}, JSON text
  kItems,          // kList: a named Go slice, message {items = 1}
  kSchemaOrArray,  // kAny, JSONSchemaPropsOrArray: {schema = 1, jSONSchemas = 2}; `element` is the
                   // schema's type
  kSchemaOrBool,   // kAny, JSONSchemaPropsOrBool: {allows = 1, schema = 2}
  kSchemaOrStrings,  // kAny, JSONSchemaPropsOrStringArray: {schema = 1, property = 2}
};

struct Field {
  std::string_view json_name = {};
  const Type* type = nullptr;
  std::uint32_t proto_number = 0;  // 0: not in protobuf
  bool is_required = false;        // OpenAPI's `required`
  bool omit_empty = false;  // the zero value is left out of JSON (Go never omits a plain struct)
  bool is_pointer = false;  // absent and zero differ
  bool is_atomic = false;   // structType/mapType atomic declared on the field
  bool declares_granular = false;      // mapType granular declared on the field
  bool is_bare_reference = false;      // OpenAPI v3 refers to the type without allOf
  std::string_view default_json = {};  // OpenAPI's `default` as compact JSON, "" when none
  std::span<const std::string_view> enum_values = {};
  // The embedded Go structs that declare it, "ProbeHandler", as Go's errors name them; or "".
  std::string_view embedded_in = {};
};

// One member of a protobuf message, in the order in which the encoder writes them. Fields that Go
// embeds
// (`json:",inline"`) are flat in JSON but a nested message in protobuf.
struct ProtoMember {
  std::uint32_t number = 0;
  std::uint16_t field = 0;  // index in Type::fields, unless is_embedded
  bool is_embedded = false;
  std::span<const ProtoMember> embedded = {};
};

struct Type {
  TypeKind kind = TypeKind::kAny;
  std::string_view name =
      {};  // OpenAPI v3 definition name, "io.k8s.api.core.v1.PodSpec"; "" for unnamed
  std::string_view go_name = {};  // "PodSpec", as Go's errors name the struct that holds a field
  std::string_view go_type =
      {};  // "v1.PodSpec", "[]string", "map[string]string": Go's Type.String()
  std::span<const Field> fields = {};                    // kStruct
  std::span<const ProtoMember> proto = {};               // kStruct, ascending numbers
  const Type* element = nullptr;                         // kMap, kList
  bool element_is_pointer = false;                       // kList: items may be null
  ListType list_type = ListType::kAtomic;                // kList
  std::span<const std::string_view> list_map_keys = {};  // kList with ListType::kMap
  PatchStrategy patch_strategy =
      PatchStrategy::kNone;  // kList, kStruct, kMap as declared on their field
  std::string_view patch_merge_key = {};
  bool is_atomic = false;                // kStruct, kMap: apply replaces it as one
  bool declares_list_type = false;       // kList, kBytes: OpenAPI shows the list type
  bool preserve_unknown_fields = false;  // custom resources: members that no field names are kept
  ProtoForm proto_form = ProtoForm::kPlain;
  std::span<const std::string_view> enum_values = {};  // named strings
  std::string_view unions_json = {};  // OpenAPI's x-kubernetes-unions, "" when none

  // The field named `json_name`, or nullptr. Linear: structs are small and callers go in order.
  const Field* FindField(std::string_view json_name) const;
};

}  // namespace apiserver
