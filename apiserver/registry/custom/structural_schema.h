// Whether an openAPIV3Schema is structural: the form that pruning, defaults and apply need.
//
// Source: apiextensions-apiserver/pkg/apiserver/schema/validation.go. Threads: any, no shared
// state.
#pragma once

#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"

namespace apiserver {

FieldErrors ValidateStructuralSchema(const Value& schema, const std::string& path);

}  // namespace apiserver
