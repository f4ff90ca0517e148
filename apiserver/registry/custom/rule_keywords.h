// The rules of the members of x-kubernetes-validations, before anything is compiled.
//
// Source: as open_api_schema.h.
#pragma once

#include "apiserver/api/json.h"
#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void CheckRuleKeywords(const Value& schema, const FieldPath& path, Violations& errors);

}  // namespace apiserver
