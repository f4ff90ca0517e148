// The rules of the keywords of a definition's schema, structural or not.
//
// Source: ValidateCustomResourceDefinitionOpenAPISchema in
// apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go. Threads: any, no shared
// state.
#pragma once

#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"
#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

FieldErrors ValidateOpenApiSchema(const Value& schema, const FieldPath& path);

}  // namespace apiserver
