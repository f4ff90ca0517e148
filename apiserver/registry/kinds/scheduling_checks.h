// Rules of where pods may go: affinity, spreading, tolerations, gates. Source:
// kubernetes/pkg/apis/core/validation, 1.36.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void CheckAffinity(const Object& affinity, const FieldPath& path, Violations& out);
void CheckTopologySpread(const Object& spec, const FieldPath& path, Violations& out);
void CheckTolerations(const Object& holder, const FieldPath& path, Violations& out);
void CheckSchedulingGates(const Object& spec, const FieldPath& path, Violations& out);
// A NodeSelector; `allow_any_values` lets label values through unchecked.
void CheckNodeSelector(const Object& selector, const FieldPath& path, Violations& out);

}  // namespace apiserver
