// A checked expression: the tree, with the type of each node and the overloads that each call may
// mean.
//
// Invariants:
// (1) Vectors are indexed by node id; index 0 is unused.
// (2) The tree is the checker's: `a.b.c` that names a declared variable has become one ident, and a
// call on a namespace (`optional.of(x)`, `ip.isCanonical(x)`) a global call by its full name
// ("optional.of"). (3) A call has at least one overload; with several, the arguments' kinds at run
// time decide. An ident that names a type has is_type set: its value is the type's name. Source:
// cel-go common/ast. Threads: any.
#pragma once

#include <cstdint>
#include <vector>

#include "apiserver/cel/ast.h"
#include "apiserver/cel/function_decl.h"

namespace apiserver::cel {

struct Reference {
  bool is_type = false;                    // an ident that names a type
  std::string name;                        // of the ident, fully qualified; the name of the type
  std::vector<const Overload*> overloads;  // of a call
};

struct CheckedExpression {
  ExpressionPtr root;
  std::vector<TypePtr> types;  // nullptr where the id is an entry's
  std::vector<Reference> references;
  const TypePtr& result_type() const;
  const TypePtr& TypeOf(const Expression& node) const;
  const Reference& ReferenceOf(const Expression& node) const;
};

}  // namespace apiserver::cel
