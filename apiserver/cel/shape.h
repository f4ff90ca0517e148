// How data is seen through a schema at run time: which JSON becomes which CEL value.
//
// Invariants:
// (1) A tree of shapes owns its parts; no cycles (structural schemas have none).
// (2) Properties are sorted by their CEL name.
// Without a shape (nullptr) JSON is seen as it is: whole numbers are int, others double.
// Source: k8s.io/apiserver pkg/cel/common/values.go (UnstructuredToVal). Threads: read-only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/cel/containers.h"

namespace apiserver::cel {

struct Shape {
  enum class Kind : std::uint8_t {
    kObject,   // known properties; a null one is absent
    kMap,      // additionalProperties: `items` for each
    kUntyped,  // an object without declared fields: only its size and equality are visible
    kList,     // `items` for each
    kString,
    kDuration,  // text seen as a duration
    kDate,      // text seen as a timestamp
    kDateTime,  // text seen as a timestamp
    kByte,      // base64 text seen as bytes
    kInteger,
    kNumber,
    kBoolean,
    kIntOrString,
    kPreserved,  // anything, comparable only
  };
  struct Property {
    std::string cel_name;  // escaped: "x__dash__y"
    std::string name;
    std::unique_ptr<Shape> shape;
  };

  const Property* FindProperty(std::string_view cel_name) const;
  void AddProperty(std::string name, std::unique_ptr<Shape> shape);  // keeps the order

  Kind kind = Kind::kPreserved;
  bool is_nullable = false;
  ListStyle list_style = ListStyle::kAtomic;
  std::vector<Property> properties;
  std::unique_ptr<Shape> items;
  std::vector<std::string> map_keys;  // of a list with ListStyle::kMap, escaped
};

// `json` as a value; it outlives the value. What does not fit the shape is an error value, as
// upstream says it.
Value FromJson(const apiserver::Value& json, const Shape* shape, Arena& arena);

// The identifier by which CEL reaches a property; nullopt when it has none.
std::optional<std::string> EscapeIdentifier(std::string_view name);

}  // namespace apiserver::cel
