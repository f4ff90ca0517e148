// Lists that say they are sets or maps must not repeat themselves.
//
// Source: apiextensions-apiserver/pkg/apiserver/schema/listtype/validation.go. Threads: any, no
// shared state.
#pragma once

#include "apiserver/api/errors.h"
#include "apiserver/registry/custom/schema_node.h"

namespace apiserver {

FieldErrors ValidateListTypes(const SchemaNode& schema, const Value& object);

}  // namespace apiserver
