// The rules of the keywords of a definition's schema, structural or not.
//
// Source: ValidateCustomResourceDefinitionOpenAPISchema in
// apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go. Threads: any, no shared
// state.
#pragma once

#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"
#include "apiserver/registry/custom/schema_node.h"
#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// Rules are compiled only where `structural` is given: the same schema, found structural.
FieldErrors ValidateOpenApiSchema(const Value& schema, const FieldPath& path,
                                  const SchemaNode* structural = nullptr);

}  // namespace apiserver
