// metav1.Condition lists. Source: k8s.io/apimachinery/pkg/apis/meta/v1/validation, 1.36.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// `holder`.conditions at `path`.
void CheckConditions(const Object& holder, const FieldPath& path, Violations& out);

}  // namespace apiserver
