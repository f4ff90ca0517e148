// Whether a value is what an OpenAPI v3 schema of a custom resource says.
//
// Source of rules and words: apiextensions-apiserver/pkg/apiserver/validation and
// k8s.io/kube-openapi/pkg/validation/validate. Threads: any, no shared state.
#pragma once

#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"

namespace apiserver {

// `path` is "" for the whole object. What is equal in `old` (null on a create) is not looked at
// again, as far as it can be found there.
FieldErrors ValidateValue(const Value& schema, const Value& value, const Value* old,
                          const std::string& path);

}  // namespace apiserver
