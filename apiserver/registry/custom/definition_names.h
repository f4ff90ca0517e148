// The rules of the names of a definition.
//
// Source: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go. Threads: any, no
// shared state.
#pragma once

#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"

namespace apiserver {

// `names` is a CustomResourceDefinitionNames at `path`.
void CheckNames(const Value& names, const std::string& path, FieldErrors& errors);

}  // namespace apiserver
