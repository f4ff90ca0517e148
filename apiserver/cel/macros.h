// The macros of CEL as Kubernetes offers them: calls that the parser replaces by other expressions.
//
// Source: cel-go parser/macro.go, cel/library.go (optMap, optFlatMap), ext/comprehensions.go,
// ext/lists.go (sortBy), ext/bindings.go (cel.bind, which Kubernetes does not offer).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apiserver/cel/tree_builder.h"

namespace apiserver::cel {

struct MacroUse {
  TreeBuilder& tree;
  TreeBuilder::Place place;  // of the call
  ExpressionPtr target;      // nullptr: global
  const std::vector<ExpressionPtr>& arguments;
  bool has_bind;
};

struct Expansion {
  ExpressionPtr expression;  // nullptr: wrong arguments
  std::int32_t position = -1;
  std::string error;
};

// nullopt: `function` with these arguments is no macro.
std::optional<Expansion> ExpandMacro(const std::string& function, const MacroUse& use);

}  // namespace apiserver::cel
