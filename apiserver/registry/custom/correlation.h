// A value of an update next to what it was before, as far as a schema lets one find that.
//
// Only members of objects and items of lists by key are found again; what is equal to its old self
// need not be valid (ratcheting). Source: k8s.io/apiserver/pkg/cel/common/{equality,maplist}.go.
// Threads: any, no shared state.
#pragma once

#include <optional>
#include <string_view>

#include "apiserver/api/json.h"
#include "apiserver/registry/custom/schema_node.h"

namespace apiserver {

struct Correlation {
  const SchemaNode* schema = nullptr;
  const Value* value = nullptr;
  const Value* old = nullptr;

  std::optional<Correlation> Key(std::string_view name) const;
  std::optional<Correlation> Index(std::size_t index) const;
  // Deep equality in which lists by key may have another order, and in which what has no schema is
  // never equal.
  bool IsUnchanged() const;
};

// The item of `old` (null: none) that has the map keys of `item`, or null.
const Value* FindOldItem(const SchemaNode& list, const Value& item, const Value* old);

}  // namespace apiserver
