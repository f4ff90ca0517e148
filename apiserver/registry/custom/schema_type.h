// The schema of a custom resource as a Type: what pruning, strict validation and apply run on.
//
// Invariants: what a Type points to lives in the CustomTypes that made it, or in the schema that it
// was made from, which outlives it. Threads: immutable once built.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/registry/custom/schema_node.h"
#include "apiserver/schema/type.h"

namespace apiserver {

// Marks the Type of a whole custom object: such objects keep zero values and are sorted
// (NormalizeObject).
inline constexpr std::string_view kCustomRootName = "custom resource";

// The Type of a whole custom object, which knows its schema.
struct CustomRootType : Type {
  const SchemaNode* schema = nullptr;  // null: everything is kept
};

// Requires: `root` was made by CustomTypes::MakeRoot.
const SchemaNode* SchemaOfRoot(const Type& root);

const Type& ObjectMetaType();

class CustomTypes {
 public:
  CustomTypes() = default;
  CustomTypes(const CustomTypes&) = delete;
  CustomTypes& operator=(const CustomTypes&) = delete;

  // The Type of an object with this schema; null means that everything is kept.
  const Type* MakeRoot(const SchemaNode* schema);

 private:
  const Type* Make(const SchemaNode& schema);
  const Type* MakeStruct(const SchemaNode& schema);
  void FillStruct(const SchemaNode& schema, bool is_resource, Type& type);
  void AddEmbeddedFields(std::vector<Field>& fields);
  std::string_view Keep(std::string_view text);

  std::deque<Type> types_;
  std::deque<CustomRootType> roots_;
  std::deque<std::vector<Field>> fields_;
  std::deque<std::string> texts_;
};

}  // namespace apiserver
