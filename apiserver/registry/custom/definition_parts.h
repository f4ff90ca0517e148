// The rules of the parts of a definition's version, and of its conversion.
//
// Source: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go. Threads: any, no
// shared state.
#pragma once

#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"

namespace apiserver {

void CheckSubresources(const Value& subresources, const std::string& path, FieldErrors& errors);
void CheckColumns(const Value& columns, const std::string& path, FieldErrors& errors);
void CheckSelectableFields(const Value& fields, const Value& schema, const std::string& path,
                           FieldErrors& errors);
// A definition that is served must have a bundle of authorities that can be read.
void CheckConversion(const Value& definition, bool was_established, FieldErrors& errors);

}  // namespace apiserver
