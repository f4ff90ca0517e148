// A schema as rules see it: the types of its parts, how large they can be, and how values are seen.
//
// Invariants: immutable once made; the schema outlives it. A part that rules may not see has none.
// Source: k8s.io/apiserver/pkg/cel/{types.go,limits.go,common/schemas.go}. Threads: any.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "apiserver/cel/shape.h"
#include "apiserver/cel/type.h"
#include "apiserver/registry/custom/schema_node.h"

namespace apiserver {

struct RuleType;
using RuleTypePtr = std::unique_ptr<const RuleType>;

struct RuleType {
  cel::TypePtr type;
  std::int64_t max_elements = 0;         // characters, items or entries
  std::int64_t min_serialized_size = 0;  // bytes of JSON
  bool is_object = false;                // with `fields`; else `element` when a list or map
  std::map<std::string, RuleTypePtr, std::less<>> fields;  // by escaped name
  RuleTypePtr element;

  const RuleType* Field(std::string_view cel_name) const;
};

enum class SchemaPlace : std::uint8_t { kPart, kResource };

// The types below one part of a schema. Null when rules may not see it.
class RuleTypes {
 public:
  static std::unique_ptr<const RuleTypes> Make(const SchemaNode& schema, SchemaPlace place);

  const RuleType& root() const { return *root_; }
  const cel::Shape& shape() const { return *shape_; }
  const cel::TypeProvider& provider() const { return declared_; }

 private:
  RuleTypePtr MakeType(const SchemaNode& schema, SchemaPlace place, const std::string& name);
  RuleTypePtr MakeObject(const SchemaNode& schema, SchemaPlace place, const std::string& name);

  cel::DeclaredTypes declared_;
  RuleTypePtr root_;
  std::unique_ptr<cel::Shape> shape_;
};

// How often data of at least `min_serialized_size` bytes can occur in one request.
std::uint64_t MaxCardinality(std::int64_t min_serialized_size);

}  // namespace apiserver
