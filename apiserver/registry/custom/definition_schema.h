// All that is checked of one version's schema when a definition is written.
//
// Source: validateCustomResourceDefinitionValidation in
// apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go. Threads: any, no shared
// state.
#pragma once

#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"

namespace apiserver {

enum class StatusSubresource : std::uint8_t { kNone, kThere };

// `holder` has the member schema.openAPIV3Schema; `path` is where its schema is shown.
void CheckSchema(const Value& holder, const std::string& path, StatusSubresource status,
                 FieldErrors& errors);

}  // namespace apiserver
