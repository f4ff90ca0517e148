// Whether a value is what an OpenAPI v3 schema of a custom resource says.
//
// Source of rules and words: apiextensions-apiserver/pkg/apiserver/validation/{validation,
// ratcheting}.go and k8s.io/kube-openapi/pkg/validation/validate. Threads: any, no shared state.
#pragma once

#include "apiserver/api/errors.h"
#include "apiserver/registry/custom/correlation.h"
#include "apiserver/registry/custom/schema_node.h"
#include "apiserver/registry/custom/value_checks.h"

namespace apiserver {

// `correlation` (null on a create) finds what the value was before: what is unchanged is not
// refused.
FieldErrors ValidateValue(const SchemaNode& schema, const Value& value,
                          const Correlation* correlation, const ValueRules& rules = {});

}  // namespace apiserver
