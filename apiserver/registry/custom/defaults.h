// Defaults of a schema, and the nulls that give way to them.
//
// Source: apiextensions-apiserver/pkg/apiserver/schema/defaulting. Threads: any, no shared state.
#pragma once

#include "apiserver/registry/custom/schema_node.h"

namespace apiserver {

void ApplySchemaDefaults(const SchemaNode& schema, Value& value);

// Removes nulls that the schema does not allow and that no default replaces.
void RemoveNulls(const SchemaNode& schema, Value& value);

}  // namespace apiserver
