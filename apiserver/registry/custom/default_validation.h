// Whether the defaults of a schema are values that the schema itself allows.
//
// Source:
// apiextensions-apiserver/pkg/apiserver/schema/defaulting/{validation,surroundingobject}.go.
// Threads: any, no shared state.
#pragma once

#include "apiserver/api/errors.h"
#include "apiserver/registry/custom/schema_node.h"
#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// Requires: `schema` is structural.
FieldErrors ValidateDefaults(const SchemaNode& schema, const FieldPath& path);

}  // namespace apiserver
