// The rules that make a schema structural: every part of an object is described once, outside of
// allOf, anyOf, oneOf and not.
//
// Source: apiextensions-apiserver/pkg/apiserver/schema/{convert,validation,complete}.go. Threads:
// any, no shared state.
#pragma once

#include <optional>
#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"
#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// Why no structural schema can be made of `schema`, or nullopt.
std::optional<std::string> FindUnreadablePart(const Value& schema);

// Sorted by their words, as upstream sorts them.
FieldErrors ValidateStructuralSchema(const Value& schema, const FieldPath& path);

}  // namespace apiserver
