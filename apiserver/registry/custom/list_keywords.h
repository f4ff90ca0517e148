// The rules of x-kubernetes-list-type, list-map-keys, map-type and preserve-unknown-fields.
//
// Source: as open_api_schema.h.
#pragma once

#include "apiserver/api/json.h"
#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void CheckListKeywords(const Value& schema, const FieldPath& path, Violations& errors);

}  // namespace apiserver
