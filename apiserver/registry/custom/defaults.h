// Defaults that a schema states.
//
// Source: apiextensions-apiserver/pkg/apiserver/schema/defaulting. Threads: any, no shared state.
#pragma once

#include "apiserver/api/json.h"

namespace apiserver {

// Fills absent members that have a default; a null that is not allowed counts as absent.
void ApplySchemaDefaults(const Value& schema, Value& value);

}  // namespace apiserver
