// Which types go together: assignability with type parameters that are found out on the way.
//
// Invariants: (1) A failed attempt leaves no substitution behind. (2) dyn and errors go with
// everything; null goes with opaque types, objects, durations and timestamps. Source: cel-go
// checker/types.go, mapping.go.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apiserver/cel/type.h"

namespace apiserver::cel {

class TypeUnifier {
 public:
  using Types = std::vector<TypePtr>;

  // "_var0", "_var1", ...
  TypePtr NewVariable();
  bool IsAssignable(const TypePtr& to, const TypePtr& from);
  bool AreAssignable(const Types& to, const Types& from);
  // With what is known of its parameters; what stays unknown becomes dyn on request.
  TypePtr Substitute(const TypePtr& type, bool unknown_to_dyn) const;
  // The less specific one. Requires: assignable.
  static TypePtr MostGeneral(const TypePtr& a, const TypePtr& b);

 private:
  // By name of the parameter.
  using Substitutions = std::map<std::string, TypePtr, std::less<>>;
  enum class Fit { kNo, kNoButBound, kYes };

  const TypePtr* Find(const Type& type) const;
  bool Assign(const TypePtr& a, const TypePtr& b);
  bool AssignParameters(const Types& a, const Types& b);
  Fit Bind(const TypePtr& type, const TypePtr& parameter);
  bool IsFreeOf(const Type& parameter, const Type& within) const;
  static bool IsEqualOrLessSpecific(const Type& a, const Type& b);

  Substitutions bound_;
  std::vector<std::pair<std::string, TypePtr>> undo_;  // what bindings replaced
  int variable_count_ = 0;
};

// `type` with each named parameter replaced.
TypePtr Instantiate(const TypePtr& type,
                    const std::map<std::string, TypePtr, std::less<>>& by_name);

}  // namespace apiserver::cel
