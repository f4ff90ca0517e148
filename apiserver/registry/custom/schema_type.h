// The schema of a custom resource as a Type: what pruning, strict validation and apply run on.
//
// Invariants: everything a Type points to lives in the CustomTypes that made it. Threads: immutable
// once built.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/schema/type.h"

namespace apiserver {

// Marks the Type of a whole custom object: such objects keep zero values and are sorted
// (NormalizeObject).
inline constexpr std::string_view kCustomRootName = "custom resource";

class CustomTypes {
 public:
  CustomTypes() = default;
  CustomTypes(const CustomTypes&) = delete;
  CustomTypes& operator=(const CustomTypes&) = delete;

  // The Type of an object whose openAPIV3Schema is `schema`; null means that everything is kept.
  const Type* MakeRoot(const Value* schema);

 private:
  const Type* Make(const Value& schema);
  const Type* MakeStruct(const Value& schema, bool is_root);
  void AddEmbeddedFields(std::vector<Field>& fields);
  std::string_view Keep(std::string_view text);

  std::deque<Type> types_;
  std::deque<std::vector<Field>> fields_;
  std::deque<std::string> texts_;
  std::deque<std::vector<std::string_view>> keys_;
};

}  // namespace apiserver
